//! Events beside the ones that AWS sends.

use super::*;
use std::time::Duration;

fn route() -> Route {
    Route {
        method: "POST".into(),
        path: "/books/{bookId}".into(),
        function: "BooksFunction".into(),
        binary: "books".into(),
        key_required: true,
        timeout: Duration::from_secs(10),
        streamed: false,
    }
}

fn api() -> Api {
    Api { stage: "v1".into(), binary_media_types: vec!["image/*".into()], ..Api::default() }
}

fn call(uri: &str, headers: &[(&'static str, &[u8])]) -> Call {
    let (parts, ()) = axum::http::Request::post(uri).body(()).expect("it is a request").into_parts();
    let mut call = Call::new([192, 0, 2, 7].into(), &parts, "v1");
    call.id = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef".into();
    call.time = "2020-03-04T19:15:17.135Z".parse().expect("it is a time");
    for (name, value) in headers {
        call.headers.append(*name, value.to_vec().try_into().expect("it is a header"));
    }
    call
}

fn event(call: &Call) -> Value {
    call.event(&api(), &route(), &[("bookId".into(), "a%2Fb".into())])
}

/// The example of AWS's developer guide ("Input format of a Lambda function for proxy integration"), with the
/// values of this request. Every field of it is here, but for the authorizer and the client certificate, which
/// an API without them does not send.
#[test]
fn an_event_is_the_one_that_aws_documents() {
    let mut call = call(
        "/v1/books/a%2Fb?parameter1=value1&parameter1=value+2&%C3%A9=%26",
        &[
            ("host", b"localhost:9000"),
            ("user-agent", b"curl/8"),
            ("header1", b"value1"),
            ("header1", b"value2"),
            ("x-api-key", b"local-website"),
        ],
    );
    call.body = Bytes::from_static(b"Hello from Lambda!");
    let trace = "Root=1-5e5ffe45-c6af9ac67b6111e69a4193e8";
    assert_eq!(
        event(&call),
        json!({
            "resource": "/books/{bookId}",
            "path": "/books/a%2Fb",
            "httpMethod": "POST",
            "headers": {
                "header1": "value2",
                "host": "localhost:9000",
                "user-agent": "curl/8",
                "x-amzn-trace-id": trace,
                "x-api-key": "local-website",
                "x-forwarded-for": "192.0.2.7",
                "x-forwarded-port": "9000",
                "x-forwarded-proto": "http"
            },
            "multiValueHeaders": {
                "header1": ["value1", "value2"],
                "host": ["localhost:9000"],
                "user-agent": ["curl/8"],
                "x-amzn-trace-id": [trace],
                "x-api-key": ["local-website"],
                "x-forwarded-for": ["192.0.2.7"],
                "x-forwarded-port": ["9000"],
                "x-forwarded-proto": ["http"]
            },
            "queryStringParameters": {"parameter1": "value 2", "é": "&"},
            "multiValueQueryStringParameters": {"parameter1": ["value1", "value 2"], "é": ["&"]},
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "local",
                "deploymentId": "local",
                "domainName": "localhost:9000",
                "domainPrefix": "localhost:9000",
                "extendedRequestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
                "httpMethod": "POST",
                "identity": {
                    "accessKey": null,
                    "accountId": null,
                    "apiKey": "local-website",
                    "apiKeyId": "local-website",
                    "caller": null,
                    "cognitoAuthenticationProvider": null,
                    "cognitoAuthenticationType": null,
                    "cognitoIdentityId": null,
                    "cognitoIdentityPoolId": null,
                    "principalOrgId": null,
                    "sourceIp": "192.0.2.7",
                    "user": null,
                    "userAgent": "curl/8",
                    "userArn": null
                },
                "path": "/v1/books/a%2Fb",
                "protocol": "HTTP/1.1",
                "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
                "requestTime": "04/Mar/2020:19:15:17 +0000",
                "requestTimeEpoch": 1_583_349_317_135_i64,
                "resourceId": "local",
                "resourcePath": "/books/{bookId}",
                "stage": "v1"
            },
            "pathParameters": {"bookId": "a%2Fb"},
            "stageVariables": null,
            "body": "Hello from Lambda!",
            "isBase64Encoded": false
        })
    );
}

#[test]
fn a_missing_part_is_null() {
    let event = call("/v1/books", &[]).event(&api(), &route(), &[]);
    for field in ["queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "body"] {
        assert_eq!(event[field], Value::Null, "{field}");
    }
}

#[test]
fn fc5_a_body_is_base64_if_its_type_is_binary_and_text_otherwise() {
    let encoded = |kind: &'static [u8], body: &'static [u8]| {
        let mut call = call("/v1/books", &[("content-type", kind)]);
        call.body = Bytes::from_static(body);
        let event = event(&call);
        (event["body"].as_str().unwrap_or_default().to_owned(), event["isBase64Encoded"] == true)
    };
    assert_eq!(encoded(b"application/json; charset=utf-8", b"{}"), ("{}".into(), false));
    assert_eq!(encoded(b"IMAGE/png", b"{}"), ("e30=".into(), true));
    // What is not UTF-8 is lost.
    assert_eq!(encoded(b"application/json", b"J\xf6rg"), ("J\u{fffd}rg".into(), false));
    assert_eq!(encoded(b"image/png", b"\xff"), ("/w==".into(), true));
}

#[test]
fn bytes_reach_a_client_that_names_a_binary_type_first() {
    let accepts = |accept: &'static [u8]| call("/v1/books", &[("accept", accept)]).accepts_bytes(&api());
    for accept in [&b"image/png"[..], b"IMAGE/jpeg;q=0.5, text/html", b"image/avif,image/webp,*/*;q=0.8"] {
        assert!(accepts(accept), "{accept:?}");
    }
    for accept in [&b"*/*"[..], b"text/html,image/png", b""] {
        assert!(!accepts(accept), "{accept:?}");
    }
    assert!(!call("/v1/books", &[]).accepts_bytes(&api()));
}

#[test]
fn the_caller_is_appended_to_x_forwarded_for_and_cannot_set_its_own_address() {
    let call = call("/v1/books", &[("x-forwarded-for", b"10.0.0.1"), ("x-forwarded-proto", b"gopher")]);
    let event = event(&call);
    assert_eq!(event["headers"]["x-forwarded-for"], "10.0.0.1, 192.0.2.7");
    assert_eq!(event["headers"]["x-forwarded-proto"], "http");
    assert_eq!(event["requestContext"]["identity"]["sourceIp"], "192.0.2.7");
}

#[test]
fn a_header_that_is_not_utf8_still_passes() {
    assert_eq!(event(&call("/v1/books", &[("a", b"caf\xe9"), ("b", "café".as_bytes())]))["headers"]["a"], "café");
    assert_eq!(event(&call("/v1/books", &[("b", "café".as_bytes())]))["headers"]["b"], "café");
}

#[test]
fn a_path_outside_the_stage_is_empty() {
    for (whole, within) in
        [("/v1", "/"), ("/v1/", "/"), ("/v1/a", "/a"), ("/v1//a", "//a"), ("/v10/a", ""), ("/", ""), ("/v2/v1/a", "")]
    {
        assert_eq!(call(whole, &[]).path, within, "{whole}");
    }
}

//! The gateway in front of a function of the test.

use std::net::SocketAddr;

use super::*;
use crate::database::Data;
use crate::surroundings::{LOOPBACK, Port, Served, Surroundings};
use axum::body::to_bytes;
use axum::extract::{Path, RawQuery, Request as AxumRequest};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures_util::FutureExt;
use lambda_http::RequestExt;
use serde_json::Value;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Notify;

/// Where the gateway of a test would be.
const ORIGIN: &str = "http://127.0.0.1:9000";

const TEMPLATE: &str = r#"
Resources:
  EchoFunction:
    Type: AWS::Serverless::Function
    Metadata: {BuildProperties: {Binary: echo}}
    Properties:
      Events:
        Get: {Type: Api, Properties: {Path: '/books/{id}', Method: get}}
        Post: {Type: Api, Properties: {Path: /books, Method: post}}
        Stream: {Type: Api, Properties: {Path: /stream, Method: post, ResponseTransferMode: RESPONSE_STREAM}}
        Crash: {Type: Api, Properties: {Path: /crash, Method: get}}
        Sleep: {Type: Api, Properties: {Path: /sleep, Method: get}}
        Missing: {Type: Api, Properties: {Path: /missing, Method: get}}
        Free: {Type: Api, Properties: {Path: /free, Method: get, Auth: {ApiKeyRequired: false}}}
  OnePlan: {Type: AWS::ApiGateway::UsagePlan, Properties: {Throttle: {RateLimit: 0.001, BurstLimit: 1}}}
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: v1
      Auth: {ApiKeyRequired: true}
      DefinitionBody:
        paths:
          '/books/{id}':
            options:
              responses: {'200': {headers: {Access-Control-Allow-Origin: {type: string}, Access-Control-Allow-Headers: {type: string}}}}
              x-amazon-apigateway-integration:
                type: mock
                requestTemplates: {application/json: '{"statusCode":200}'}
                responses:
                  default:
                    responseParameters: {method.response.header.Access-Control-Allow-Headers: "'X-Api-Key'"}
                    responseTemplates:
                      application/json: >-
                        #set($permitted = "")
                        #foreach($allowed in ["https://a.example","https://b.example","http://localhost:*"])
                        #if($allowed == $input.params().header.origin || $allowed == $input.params().header.Origin)#set($permitted = $allowed)#end
                        #end
                        #if($permitted != "")#set($context.responseOverride.header.Access-Control-Allow-Origin = $permitted)#end
      BinaryMediaTypes: [image~1png]
      GatewayResponses:
        MISSING_AUTHENTICATION_TOKEN:
          StatusCode: 404
          ResponseParameters: {Headers: {Content-Type: "'application/problem+json'"}}
          ResponseTemplates: {application/json: '{"at":"$context.path","id":"$context.requestId","no":"$context.nothing"}'}
        DEFAULT_5XX: {StatusCode: 500, ResponseTemplates: {application/json: '{}'}}
"#;

async fn echo(body: Bytes) -> impl IntoResponse {
    ([(header::CONNECTION, "close"), (header::TRANSFER_ENCODING, "chunked")], body)
}

fn gateway() -> Gateway {
    let function = Router::new()
        .route(
            "/books/{id}",
            get(async |Path(id): Path<String>, RawQuery(query): RawQuery| {
                format!("{id} {}", query.unwrap_or_default())
            }),
        )
        .route("/books", post(echo))
        .route("/stream", post(echo))
        .route(
            "/crash",
            get(async || {
                if true {
                    panic!("on purpose")
                }
            }),
        )
        .route("/sleep", get(async || std::future::pending::<()>().await))
        .route("/free", get(seen));
    gateway_of(function)
}

fn gateway_of(function: Router) -> Gateway {
    let mut template = Template::read(TEMPLATE).expect("the template is right");
    for route in template.routes.iter_mut().filter(|route| route.path == "/sleep") {
        route.timeout = Duration::from_millis(1);
    }
    let plans = Plans::new(&template.plans);
    Gateway::new(&template, ORIGIN, [("echo".to_owned(), function)].into(), Some(plans), 1_000, Log { on: false })
        .expect("the function is there")
}

/// Answers with what a function can see of its event.
async fn seen(request: AxumRequest) -> String {
    let context = request.lambda_context();
    let deadline = context.deadline().duration_since(std::time::SystemTime::now()).is_ok_and(|left| !left.is_zero());
    format!("{} {} {} {deadline}", request.uri(), request.raw_http_path(), context.env_config.function_name)
}

async fn ask(gateway: &Gateway, request: Request<Body>) -> (StatusCode, HeaderMap, String) {
    let peer = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let (parts, body) = gateway.answer(peer, request, gateway.plans.as_ref()).await.response.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("the body is there");
    (parts.status, parts.headers, String::from_utf8_lossy(&body).into_owned())
}

fn get_request(uri: &str) -> Request<Body> {
    Request::get(uri).header("host", "localhost:9000").body(Body::empty()).expect("it is a request")
}

#[tokio::test]
async fn a_function_sees_paths_without_the_stage_and_its_context() {
    let (status, headers, text) = ask(&gateway(), get_request("/v1/free?a=b")).await;
    assert_eq!((status, text.as_str()), (StatusCode::OK, "http://localhost:9000/free?a=b /free EchoFunction true"));
    assert!(headers.contains_key("x-amzn-requestid"));
}

#[tokio::test]
async fn a_path_without_a_route_gets_the_templates_answer() {
    for uri in ["/", "/v1", "/v2/books/1", "/v1/nowhere", "/v1/books/%22/%5C", "/v1/books//", "*"] {
        let (status, headers, body) = ask(&gateway(), get_request(uri)).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{uri}");
        assert_eq!(headers["content-type"], "application/problem+json");
        let body: Value = serde_json::from_str(&body).expect("the body is JSON");
        assert_eq!(body["at"], uri);
        assert_eq!(headers["x-amzn-requestid"].to_str().ok(), body["id"].as_str());
        assert_eq!(body["no"], "");
    }
}

#[tokio::test]
async fn a_method_without_a_route_is_not_found() {
    for method in ["HEAD", "PURGE", "OPTIONS"] {
        let request =
            Request::builder().method(method).uri("/v1/nowhere").body(Body::empty()).expect("it is a request");
        assert_eq!(ask(&gateway(), request).await.0, StatusCode::NOT_FOUND, "{method}");
    }
}

#[tokio::test]
async fn a_preflight_is_answered_without_a_key() {
    let request =
        Request::options("/v1/books/1").header("x-api-key", "wrong").body(Body::empty()).expect("it is a request");
    let (status, headers, _) = ask(&gateway(), request).await;
    assert_eq!(status, StatusCode::OK);
    assert!(!headers.contains_key("access-control-allow-origin"), "it came from no page");
    assert_eq!(headers["access-control-allow-headers"], "X-Api-Key");
}

#[tokio::test]
async fn aw5_a_preflight_permits_each_allowed_origin_and_no_other() {
    let gateway = gateway();
    for (origin, is_allowed) in [
        ("https://a.example", true),
        ("https://b.example", true),
        ("http://localhost:5173", true),
        ("https://a.example.evil.example", false),
        ("http://localhost.evil.example", false),
        ("https://A.example", false),
        ("null", false),
    ] {
        let permitted = async |method: &str, uri: &str| {
            let request = Request::builder().method(method).uri(uri).header("origin", origin);
            let (_, headers, _) = ask(&gateway, request.body(Body::empty()).expect("it is a request")).await;
            headers.get("access-control-allow-origin").and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        assert_eq!(permitted("OPTIONS", "/v1/books/1").await.as_deref(), is_allowed.then_some(origin), "{origin}");
        // The runner lets a page of this machine read the gateway's own answers, which the cloud does for its first origin.
        let is_here = origin == "http://localhost:5173";
        assert_eq!(permitted("GET", "/v1/nowhere").await.as_deref(), is_here.then_some(origin), "{origin}");
    }
    // The template has no OPTIONS for this path.
    let request = Request::options("/v1/books").body(Body::empty()).expect("it is a request");
    assert_eq!(ask(&gateway, request).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_route_that_needs_a_key_checks_it_and_counts_the_call() {
    let gateway = gateway();
    let with_key = |uri: &str, key: &'static str| {
        let mut request = get_request(uri);
        request.headers_mut().insert("x-api-key", HeaderValue::from_static(key));
        request
    };
    assert_eq!(ask(&gateway, with_key("/v1/books/1", "nobody's")).await.0, StatusCode::FORBIDDEN);
    assert_eq!(ask(&gateway, with_key("/v1/books/1", "local-one")).await.0, StatusCode::OK);
    let (status, headers, _) = ask(&gateway, with_key("/v1/books/1", "local-one")).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    let seconds = headers["retry-after"].to_str().ok().and_then(|text| text.parse().ok());
    assert!(seconds.is_some_and(|seconds: u64| (900..=1000).contains(&seconds)), "{seconds:?}");
    assert_eq!(ask(&gateway, with_key("/v1/free", "nobody's")).await.0, StatusCode::OK);
    assert_eq!(ask(&gateway, get_request("/v1/books/1")).await.0, StatusCode::OK);
    assert_eq!(ask(&gateway, get_request("/v1/books/1")).await.0, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(gateway.send(get_request("/v1/books/1")).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn bodies_pass_unchanged_and_hop_by_hop_headers_do_not_pass() {
    let bytes: Vec<u8> = (0..=255).collect();
    for (uri, accept, comes_back) in [
        ("/v1/books", "image/png, */*", bytes.clone()),
        // As in the cloud: a client that does not ask for bytes gets base64.
        ("/v1/books", "*/*", BASE64.encode(&bytes).into_bytes()),
        ("/v1/stream", "*/*", bytes.clone()),
    ] {
        let request = Request::post(uri).header("content-type", "image/png").header("accept", accept);
        let response = gateway().send(request.body(Body::from(bytes.clone())).expect("it is a request")).await;
        let headers = response.headers();
        assert!(!headers.contains_key("connection") && !headers.contains_key("transfer-encoding"));
        let body = to_bytes(response.into_body(), 1000).await.expect("the body is there");
        assert_eq!(body, comes_back, "{uri} {accept}");
    }
}

#[tokio::test]
async fn a_request_that_is_too_large_is_refused() {
    let large = |size| Request::post("/v1/books").body(Body::from(vec![b'x'; size])).expect("it is a request");
    assert_eq!(gateway().send(large((10 << 20) + 1)).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    // The gateway would take these, but the events that they make are too large for a function.
    assert_eq!(gateway().send(large(EVENT_LIMIT)).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let image = |size| {
        let request = Request::post("/v1/stream").header("content-type", "image/png");
        request.body(Body::from(vec![0xFF; size])).expect("it is a request")
    };
    assert_eq!(gateway().send(image(EVENT_LIMIT / 4 * 3)).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let long = format!("/v1/books/1?{}", "q".repeat(URL_LIMIT));
    assert_eq!(gateway().send(get_request(&long)).await.status(), StatusCode::URI_TOO_LONG);
    let mut request = get_request("/v1/books/1");
    request.headers_mut().insert("x-long", HeaderValue::try_from("q".repeat(HEADERS_LIMIT)).expect("a value"));
    assert_eq!(gateway().send(request).await.status(), StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
}

#[tokio::test]
async fn fc3_an_answer_of_bytes_is_as_long_as_its_base64() {
    let answers = |bytes: usize| {
        gateway_of(Router::new().fallback(async move || ([("content-type", "image/png")], vec![0xFF; bytes])))
    };
    let status = async |bytes| answers(bytes).send(get_request("/v1/books/1")).await.status();
    assert_eq!(status(EVENT_LIMIT / 4 * 3).await, StatusCode::OK);
    assert_eq!(status(EVENT_LIMIT / 4 * 3 + 1).await, StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn fc11_a_query_is_read_as_api_gateway_reads_it() {
    let gateway = gateway();
    for raw in ["a|b", "a=|", "{a}", "a={", "}"] {
        let Ok(request) = Request::get(format!("/v1/books/1?{raw}")).body(Body::empty()) else { continue };
        let (status, headers, text) = ask(&gateway, request).await;
        assert_eq!((status, text.as_str()), (StatusCode::BAD_REQUEST, r#"{"message":"Bad Request"}"#), "{raw}");
        assert_eq!(headers["content-type"], "application/json");
    }
    assert_eq!(gateway.send(get_request("/v1/books/1?a=%7C%7B%7D")).await.status(), StatusCode::OK);
    let (_, _, text) = ask(&gateway, get_request("/v1/books/1?a=1;b=2")).await;
    assert!(["1 a=1&b=2", "1 b=2&a=1"].contains(&text.as_str()), "{text}");
}

#[tokio::test]
async fn fc14_an_authorization_header_on_an_unknown_route_is_taken_for_a_signature() {
    let gateway = gateway();
    // The template of this test has no answer for it.
    for (method, uri) in [("GET", "/v1/nowhere"), ("PUT", "/v1/books/1"), ("OPTIONS", "/v1/nowhere")] {
        let ask = async |authorization: &str| {
            let request = Request::builder().method(method).uri(uri).header("authorization", authorization);
            ask(&gateway, request.body(Body::empty()).expect("it is a request")).await.0
        };
        assert_eq!(ask("Bearer x").await, StatusCode::FORBIDDEN, "{method} {uri}");
        assert_eq!(ask("AWS4-HMAC-SHA256 Credential=x").await, StatusCode::NOT_FOUND, "{method} {uri}");
    }
}

#[tokio::test]
async fn headers_are_dropped_and_renamed_as_api_gateway_does() {
    let function = Router::new().route(
        "/free",
        get(async |request: AxumRequest| {
            let sent: Vec<_> = request.headers().keys().map(|name| name.as_str().to_owned()).collect();
            let answer =
                [("server", "me"), ("www-authenticate", "Bearer"), ("via", "me"), ("date", "now"), ("age", "1")];
            (answer, sent.join(" "))
        }),
    );
    let gateway = gateway_of(function);
    let mut request = get_request("/v1/free");
    for name in
        ["connection", "te", "expect", "content-md5", "max-forwards", "upgrade", "range", "referer", "authorization"]
    {
        let value = if name == "authorization" { "AWS4-HMAC-SHA256 x" } else { "x" };
        request.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    let (_, headers, text) = ask(&gateway, request).await;
    let sent: Vec<_> = text.split(' ').filter(|name| !name.starts_with("x-")).collect();
    assert_eq!(sent, ["host", "range", "referer"]);
    assert_eq!(headers["x-amzn-remapped-server"], "me");
    assert_eq!(headers["x-amzn-remapped-www-authenticate"], "Bearer");
    assert!(
        !["server", "www-authenticate", "via", "date"].iter().any(|name| headers.contains_key(*name)),
        "{headers:?}"
    );
    assert_eq!(headers["age"], "1");
    // The method is overridden, and the header of it does not reach the function.
    let mut request = Request::post("/v1/free").body(Body::empty()).expect("it is a request");
    request.headers_mut().insert("x-http-method-override", HeaderValue::from_static("GET"));
    let (status, _, text) = ask(&gateway, request).await;
    assert_eq!((status, text.contains("override")), (StatusCode::OK, false));
}

#[tokio::test]
async fn fc16_two_hosts_and_a_line_feed_alone_are_refused() {
    let gateway = Arc::new(gateway());
    let (address, _served) = serve(&gateway, Router::new());
    for (bytes, status) in [
        (&b"GET /v1/free HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"[..], "200"),
        (b"GET /v1/free HTTP/1.1\r\nhost: localhost\r\nhost: localhost\r\nconnection: close\r\n\r\n", "400"),
        (b"GET /v1/free HTTP/1.1\r\nhost: localhost\r\nHost: 127.0.0.1\r\nconnection: close\r\n\r\n", "400"),
        (b"GET /v1/free HTTP/1.1\nhost: localhost\nconnection: close\n\n", "400"),
        (b"GET /v1/free HTTP/1.1\r\nhost: localhost\nx: y\r\nconnection: close\r\n\r\n", "400"),
        (b"GET /v1/free HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\n", "400"),
        (b"POST /v1/books HTTP/1.1\r\nhost: localhost\r\ncontent-length: 3\r\nconnection: close\r\n\r\n\n\na", "200"),
    ] {
        let mut connection = tokio::net::TcpStream::connect(address).await.expect("it listens");
        connection.write_all(bytes).await.expect("it is sent");
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.expect("an answer");
        assert_eq!(answer.split(' ').nth(1), Some(status), "{:?}: {answer}", String::from_utf8_lossy(bytes));
    }
    // Also in the second request of a connection; bodies, and what follows `100 Continue`, are not looked at.
    let mut connection = tokio::net::TcpStream::connect(address).await.expect("it listens");
    let mut answers = String::new();
    for part in [
        &b"POST /v1/stream HTTP/1.1\r\nhost: localhost\r\nx-api-key: local-one\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n"[..],
        b"\n\n",
        b"GET /v1/free HTTP/1.1\r\nhost: localhost\r\n\r\n",
        b"GET /v1/free HTTP/1.1\nhost: localhost\r\n\r\n",
    ] {
        connection.write_all(part).await.expect("it is sent");
        let mut bytes = [0; 4_096];
        let length = connection.read(&mut bytes).await.expect("an answer");
        answers.push_str(&String::from_utf8_lossy(&bytes[..length]));
    }
    let statuses: Vec<_> = answers.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect();
    assert_eq!(statuses, ["100", "200", "200", "400"], "{answers}");
}

#[tokio::test]
async fn a_function_that_panics_or_is_too_slow_is_a_server_error() {
    let gateway = gateway();
    let (panicked, too_slow) =
        (Failure::Panicked("on purpose".to_owned()), Failure::TimedOut(Duration::from_millis(1)));
    for (path, failure) in [("/v1/crash", panicked), ("/v1/sleep", too_slow)] {
        let peer = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let answered = gateway.answer(peer, get_request(path), None).await;
        assert_eq!(answered.response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(answered.failure, Some(failure), "the log has the cause");
        assert_eq!(answered.response.headers()["x-amzn-requestid"], answered.id, "and the id of the answer");
    }
    assert_eq!(gateway.send(get_request("/v1/books/1")).await.status(), StatusCode::OK);
}

/// Serves a gateway and other routes as the runner does.
fn serve(gateway: &Arc<Gateway>, routes: Router) -> (SocketAddr, Served) {
    let port = Port { number: 0, flag: "--port" };
    let surroundings = Surroundings::start(LOOPBACK, port, 0, &Data::Memory, &[]).expect("the ports are free");
    (surroundings.address, surroundings.serve(Arc::clone(gateway).behind(routes)))
}

#[tokio::test]
async fn a_running_request_is_finished_before_the_stop() {
    let (arrived, leave) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let function = {
        let (arrived, leave) = (Arc::clone(&arrived), Arc::clone(&leave));
        Router::new().route(
            "/free",
            get(async move || {
                arrived.notify_one();
                leave.notified().await;
                "answered"
            }),
        )
    };
    let (address, served) = serve(&Arc::new(gateway_of(function)), Router::new());
    let client = tokio::spawn(async move {
        let mut connection = tokio::net::TcpStream::connect(address).await.expect("it listens");
        connection.write_all(b"GET /v1/free HTTP/1.1\r\nHost: localhost\r\n\r\n").await.expect("it is sent");
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.expect("it is answered, and the connection closed");
        answer
    });
    arrived.notified().await;
    let mut stopping = std::pin::pin!(served.stop(std::future::ready(())));
    assert!((&mut stopping).now_or_never().is_none());
    leave.notify_one();
    assert!(client.await.expect("no panic").ends_with("\r\n\r\nanswered"));
    stopping.await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_closed_gateway_refuses_new_requests_and_finishes_running_ones() {
    let (arrived, leave) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let function = {
        let (arrived, leave) = (Arc::clone(&arrived), Arc::clone(&leave));
        Router::new().route(
            "/free",
            get(async move || {
                arrived.notify_one();
                leave.notified().await;
                "answered"
            }),
        )
    };
    let gateway = Arc::new(gateway_of(function));
    let (address, _served) = serve(&gateway, Router::new().route("/dev", get(async || "here")));
    let url = format!("http://{address}");
    let client = tokio::spawn(crate::http::client().get(format!("{url}/v1/free")).send());
    arrived.notified().await;
    let mut closing = std::pin::pin!(gateway.close());
    assert!((&mut closing).now_or_never().is_none());

    let refused = crate::http::client().get(format!("{url}/v1/free")).send().await.expect("an answer");
    assert_eq!(refused.status(), StatusCode::INTERNAL_SERVER_ERROR, "the template has no other answer for it");
    assert_eq!(refused.headers()["connection"], "close");
    assert_eq!(
        crate::http::client().get(format!("{url}/dev")).send().await.expect("an answer").status(),
        StatusCode::OK
    );
    assert!((&mut closing).now_or_never().is_none());
    leave.notify_one();
    closing.await;
    assert_eq!(client.await.expect("no panic").expect("an answer").status(), StatusCode::OK);
}

#[tokio::test]
async fn a_template_that_names_an_unknown_function_is_refused() {
    let template = Template::read(TEMPLATE).expect("the template is right");
    let error = Gateway::new(&template, ORIGIN, Functions::new(), None, 1_000, Log { on: false })
        .expect_err("echo is not there");
    assert_eq!(error.to_string(), "template.yaml, EchoFunction: the runner does not know the function echo");
}

/// lambda_http unwraps what it makes of a path, a query and a host: none of them may get so far.
#[tokio::test]
async fn no_malformed_request_crashes_a_function() {
    let gateway = gateway();
    #[rustfmt::skip]
    let paths = [
        "%2F", "%00", "%", "%zz", "%ff%fe", "..", "%2e%2E", "../../..", "a b", "a%20b", "ü", "%E2%80%AE", r"\",
        "%5C..%5C", ";a=b", "|", "^", "[", "{}", "<>", "\"", "'", "`", "//", "%0d%0aSet-Cookie:x", "\u{7f}", "@:80",
    ];
    let queries = ["", "=", "&&", "%", "%ff", "a=%00", "[]=1", "a=ü", "a?b", "+", r#"{"a":1}"#];
    #[rustfmt::skip]
    let hosts = [
        "", ":", "a b", "1.2.3.999", "[::1", "a:99999", "a@b", "a/b", "a#b", "ü", "a?b", "%41", "xn--a", "localhost",
        "[::1]:9000",
    ];
    for path in paths {
        for query in queries {
            for host in hosts {
                let uri = format!("/v1/books/{path}?{query}");
                // What hyper lets through; the rest it refuses by itself.
                let Ok(request) = Request::get(&uri).header("host", host).body(Body::empty()) else { continue };
                let status = gateway.send(request).await.status();
                assert!(status == StatusCode::OK || status.is_client_error(), "{status} for {uri} at {host}");
            }
        }
    }
    for byte in 0..=255_u8 {
        for uri in [[b"/v1/books/", &[byte][..]].concat(), format!("/v1/books/%{byte:02x}?%{byte:02x}").into_bytes()] {
            let Ok(request) = Request::get(uri).header("a", &[byte][..]).body(Body::empty()) else { continue };
            let status = gateway.send(request).await.status();
            assert!(status == StatusCode::OK || status.is_client_error(), "{status} for byte {byte}");
        }
    }
}

#[tokio::test]
async fn log2_the_access_log_names_the_route_and_not_the_path() {
    let template = Template::embedded().expect("it is right");
    let functions = template.functions.iter().map(|binary| (binary.clone(), Router::new())).collect();
    let gateway =
        Gateway::new(template, ORIGIN, functions, None, 1_000, Log { on: false }).expect("every function is there");
    let peer = IpAddr::V4(Ipv4Addr::LOCALHOST);
    for (path, route) in [
        ("/v1/users/by-username/canary?q=canary", "/users/by-username/{username}"),
        ("/v1/books/canary", "/books/{bookId}"),
        ("/v1/canary", "(no route)"),
        ("/canary", "(no route)"),
    ] {
        let request = Request::get(path).header("host", "localhost").body(Body::empty()).expect("it is a request");
        let line = gateway.answer(peer, request, None).await.line("GET", Duration::ZERO);
        assert!(line.contains(&format!("GET     {route}  ")) && !line.contains("canary"), "{line}");
    }
}

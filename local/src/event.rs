//! The events of requests: REST API proxy events (payload version 1.0).

use std::net::IpAddr;

use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, Method, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use url::Url;
use uuid::Uuid;

use crate::template::{Api, Route};

/// A request within the stage.
#[derive(Debug)]
pub(crate) struct Call {
    /// API Gateway's id of the request.
    pub(crate) id: String,
    pub(crate) time: Timestamp,
    /// The address of the caller. No header can change it.
    pub(crate) peer: IpAddr,
    pub(crate) method: Method,
    /// The path as it was sent, percent-encoded, with the stage.
    pub(crate) whole_path: String,
    /// The path without the stage.
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Call {
    /// Reads a request without its body. A path outside the stage becomes empty.
    pub(crate) fn new(peer: IpAddr, request: &Parts, stage: &str) -> Self {
        let whole_path = request.uri.path().to_owned();
        let within = whole_path.strip_prefix('/').and_then(|path| path.strip_prefix(stage));
        let path = match within {
            Some("") => "/",
            Some(path) if path.starts_with('/') => path,
            _ => "",
        };
        Call {
            id: Uuid::new_v4().to_string(),
            time: Timestamp::now(),
            peer,
            method: method(request),
            path: path.to_owned(),
            whole_path,
            query: request.uri.query().map(str::to_owned),
            headers: request.headers.clone(),
            body: Bytes::new(),
        }
    }

    /// Returns whether API Gateway would read it: it has one valid host (RFC 9112, 3.2), and no character in the query that
    /// must be encoded (developer guide, "Important notes").
    pub(crate) fn is_well_formed(&self) -> bool {
        let host = self.host();
        let is_host =
            host.parse::<Authority>().is_ok() && !host.contains('@') && Url::parse(&format!("http://{host}")).is_ok();
        let hosts = self.headers.get_all(header::HOST).iter().count();
        is_host && hosts <= 1 && !self.query.as_deref().unwrap_or_default().contains(['|', '{', '}'])
    }

    /// Returns the length of the URL, which API Gateway limits.
    pub(crate) fn url_length(&self) -> usize {
        "https://".len()
            + self.host().len()
            + self.whole_path.len()
            + self.query.as_ref().map_or(0, |query| 1 + query.len())
    }

    /// Returns the size of the headers, which API Gateway limits.
    pub(crate) fn headers_size(&self) -> usize {
        self.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum()
    }

    /// Returns whether its `Authorization` header is of another kind than AWS's signatures.
    pub(crate) fn has_other_authorization(&self) -> bool {
        self.headers.get(header::AUTHORIZATION).is_some_and(|value| !value.as_bytes().starts_with(SIGNATURE))
    }

    pub(crate) fn host(&self) -> &str {
        self.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost")
    }

    /// Returns the event of this call.
    ///
    /// As in every REST API, `path` and `pathParameters` stay percent-encoded, and query parameters are decoded.
    pub(crate) fn event(&self, api: &Api, route: &Route, parameters: &[(String, String)]) -> Value {
        let headers = self.forwarded_headers();
        let query = self.query_parameters();
        let host = self.host();
        let (body, is_base64) = self.encoded_body(api);
        json!({
            "resource": route.path,
            "path": self.path,
            "httpMethod": self.method.as_str(),
            "headers": single(header_pairs(&headers)),
            "multiValueHeaders": multiple(header_pairs(&headers)),
            "queryStringParameters": single(query.iter().cloned()),
            "multiValueQueryStringParameters": multiple(query.iter().cloned()),
            "pathParameters": single(parameters.iter().cloned()),
            "stageVariables": null,
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "local",
                "deploymentId": "local",
                "domainName": host,
                "domainPrefix": host.split('.').next(),
                "extendedRequestId": self.id,
                "httpMethod": self.method.as_str(),
                "identity": self.identity(route),
                "path": self.whole_path,
                "protocol": "HTTP/1.1",
                "requestId": self.id,
                "requestTime": self.time.strftime("%d/%b/%Y:%H:%M:%S %z").to_string(),
                "requestTimeEpoch": self.time.as_millisecond(),
                "resourceId": "local",
                "resourcePath": route.path,
                "stage": api.stage,
            },
            "body": body,
            "isBase64Encoded": is_base64,
        })
    }

    /// Returns the API key of the call.
    pub(crate) fn api_key(&self) -> Option<&str> {
        self.headers.get("x-api-key").map(|key| key.to_str().unwrap_or(""))
    }

    fn identity(&self, route: &Route) -> Value {
        let mut identity = json!({
            "accessKey": null,
            "accountId": null,
            "caller": null,
            "cognitoAuthenticationProvider": null,
            "cognitoAuthenticationType": null,
            "cognitoIdentityId": null,
            "cognitoIdentityPoolId": null,
            "principalOrgId": null,
            "sourceIp": self.peer.to_string(),
            "user": null,
            "userAgent": self.headers.get(header::USER_AGENT).map(|agent| text(agent.as_bytes())),
            "userArn": null,
        });
        if let Some(key) = self.api_key().filter(|_| route.key_required) {
            identity["apiKey"] = json!(key);
            identity["apiKeyId"] = json!(key);
        }
        identity
    }

    /// Returns the caller's headers, with those that API Gateway adds or replaces.
    pub(crate) fn forwarded_headers(&self) -> HeaderMap {
        let mut headers = self.headers.clone();
        DROPPED.iter().for_each(|name| drop(headers.remove(*name)));
        if !self.has_other_authorization() {
            headers.remove(header::AUTHORIZATION);
        }
        let forwarded = headers.get("x-forwarded-for").map(|list| text(list.as_bytes()));
        let forwarded = forwarded.map_or_else(|| self.peer.to_string(), |list| format!("{list}, {}", self.peer));
        let port = self.host().rsplit_once(':').map_or("80", |(_, port)| port).to_owned();
        let random = self.id.chars().filter(char::is_ascii_hexdigit).take(24).collect::<String>();
        let trace = format!("Root=1-{:08x}-{random}", self.time.as_second());
        for (name, value) in [
            ("x-forwarded-for", forwarded),
            ("x-forwarded-port", port),
            ("x-forwarded-proto", "http".into()),
            ("x-amzn-trace-id", trace),
        ] {
            if let Ok(value) = value.parse() {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        headers
    }

    /// Returns the parameters of the query. A semicolon separates them too (developer guide, "Important notes").
    pub(crate) fn query_parameters(&self) -> Vec<(String, String)> {
        let query = self.query.as_deref().unwrap_or_default().replace(';', "&");
        serde_urlencoded::from_str(&query).unwrap_or_default()
    }

    /// Returns whether bytes reach this client as bytes. Only the first media type of `Accept` counts, and `*/*` has no special
    /// meaning.
    pub(crate) fn accepts_bytes(&self, api: &Api) -> bool {
        self.first_type_is_binary(header::ACCEPT, api)
    }

    fn first_type_is_binary(&self, name: HeaderName, api: &Api) -> bool {
        let kinds = self.headers.get(name).map(|kinds| text(kinds.as_bytes())).unwrap_or_default();
        let first = kinds.split([',', ';']).next().unwrap_or_default().trim();
        api.binary_media_types.iter().any(|pattern| matches(pattern, first))
    }

    /// Returns the body for the event, and whether it is base64. A body is text unless its type is one of the API's binary
    /// types: bytes that are not UTF-8 are lost (developer guide, "Content type conversions": `CONVERT_TO_TEXT`).
    fn encoded_body(&self, api: &Api) -> (Option<String>, bool) {
        if self.body.is_empty() {
            return (None, false);
        }
        if self.first_type_is_binary(header::CONTENT_TYPE, api) {
            (Some(BASE64.encode(&self.body)), true)
        } else {
            (Some(String::from_utf8_lossy(&self.body).into_owned()), false)
        }
    }
}

/// The beginning of AWS's signatures in `Authorization`.
const SIGNATURE: &[u8] = b"AWS4-";

/// Overrides the method (developer guide, "Important notes").
const METHOD_OVERRIDE: &str = "x-http-method-override";

/// The headers that API Gateway does not hand on to a function (developer guide, "Important notes").
const DROPPED: [&str; 13] = [
    "connection",
    "content-md5",
    "expect",
    "keep-alive",
    "max-forwards",
    "proxy-authenticate",
    "server",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "www-authenticate",
    METHOD_OVERRIDE,
];

/// Returns the method of a request as API Gateway sees it.
fn method(request: &Parts) -> Method {
    let instead = request.headers.get(METHOD_OVERRIDE).and_then(|name| Method::from_bytes(name.as_bytes()).ok());
    instead.unwrap_or_else(|| request.method.clone())
}

/// Returns whether a media type matches a pattern: `image/png`, `image/*` or `*/*`.
fn matches(pattern: &str, kind: &str) -> bool {
    let prefix = pattern.strip_suffix("/*").filter(|prefix| *prefix != "*");
    match prefix {
        Some(prefix) => kind.split('/').next().is_some_and(|first| first.eq_ignore_ascii_case(prefix)),
        None => pattern == "*/*" || pattern.eq_ignore_ascii_case(kind),
    }
}

pub(crate) fn header_pairs(headers: &HeaderMap) -> impl Iterator<Item = (String, String)> {
    headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes())))
}

/// Converts a header to text for JSON. Bytes that are not UTF-8 are read as Latin-1, where each byte is a character.
pub(crate) fn text(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).map_or_else(|_| bytes.iter().copied().map(char::from).collect(), str::to_owned)
}

/// Returns the last value of each name, or null without names.
pub(crate) fn single(pairs: impl IntoIterator<Item = (String, String)>) -> Value {
    let map: Map<String, Value> = pairs.into_iter().map(|(name, value)| (name, value.into())).collect();
    if map.is_empty() { Value::Null } else { Value::Object(map) }
}

/// Returns every value of each name, or null without names.
pub(crate) fn multiple(pairs: impl IntoIterator<Item = (String, String)>) -> Value {
    let mut map = Map::new();
    for (name, value) in pairs {
        if let Value::Array(values) = map.entry(name).or_insert_with(|| json!([])) {
            values.push(value.into());
        }
    }
    if map.is_empty() { Value::Null } else { Value::Object(map) }
}

#[cfg(test)]
mod tests;

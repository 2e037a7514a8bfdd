//! The gateway's own answers: the template's gateway responses.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::event::Call;
use crate::template::{Answer, Api};

/// Why API Gateway answers by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// No such route. API Gateway calls it a request without a signature.
    MissingAuthenticationToken,
    /// No such route, and the `Authorization` header is no signature.
    IncompleteSignature,
    InvalidApiKey,
    Throttled,
    QuotaExceeded,
    /// The function crashed or took too long.
    FunctionFailed,
    /// The function took longer than API Gateway waits.
    TimedOut,
    /// As many functions run as may run at once.
    TooManyCalls,
    /// The runner is stopping.
    Closing,
    /// It is not HTTP as API Gateway reads it.
    Malformed,
    UrlTooLong,
    HeadersTooLarge,
    /// The body, or the event that has it.
    RequestTooLarge,
}

impl Kind {
    /// Returns the status and message of API Gateway itself, and the name of its response type in the template. Nothing can
    /// change the answers without a name: the developer guide says so of the 413 ("Important notes"), and what is no request
    /// belongs to no API.
    fn about(self) -> (StatusCode, &'static str, Option<&'static str>) {
        match self {
            Kind::MissingAuthenticationToken => {
                (StatusCode::FORBIDDEN, "Missing Authentication Token", Some("MISSING_AUTHENTICATION_TOKEN"))
            }
            // It has no response type of its own.
            Kind::IncompleteSignature => (StatusCode::FORBIDDEN, "Invalid key=value pair", Some("DEFAULT_4XX")),
            Kind::InvalidApiKey => (StatusCode::FORBIDDEN, "Forbidden", Some("INVALID_API_KEY")),
            Kind::Throttled => (StatusCode::TOO_MANY_REQUESTS, "Too Many Requests", Some("THROTTLED")),
            Kind::QuotaExceeded => (StatusCode::TOO_MANY_REQUESTS, "Limit Exceeded", Some("QUOTA_EXCEEDED")),
            Kind::TooManyCalls | Kind::Closing => {
                (StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable", Some("INTEGRATION_FAILURE"))
            }
            Kind::TimedOut => (StatusCode::GATEWAY_TIMEOUT, "Endpoint request timed out", Some("INTEGRATION_TIMEOUT")),
            Kind::FunctionFailed => (StatusCode::BAD_GATEWAY, "Internal server error", Some("DEFAULT_5XX")),
            Kind::Malformed => (StatusCode::BAD_REQUEST, "Bad Request", None),
            Kind::UrlTooLong => (StatusCode::URI_TOO_LONG, "Request-URI Too Long", None),
            Kind::HeadersTooLarge => {
                (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "Request Header Fields Too Large", None)
            }
            Kind::RequestTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large", None),
        }
    }

    /// Returns the template's answer of this kind to `call`.
    pub(crate) fn answer(self, api: &Api, call: &Call) -> Response<Body> {
        let (status, message, name) = self.about();
        let default = Answer { body: Some(json!({ "message": message }).to_string()), ..Answer::default() };
        let fallback = if status.is_server_error() { "DEFAULT_5XX" } else { "DEFAULT_4XX" };
        let answer = name.and_then(|name| api.answers.get(name).or_else(|| api.answers.get(fallback)));
        let answer = answer.unwrap_or(&default);
        let status = answer.status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(status);
        let template = answer.body.as_deref().unwrap_or(r#"{"message":null}"#);
        let mut response = Response::new(Body::from(fill(template, api, call)));
        *response.status_mut() = status;
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, value) in &answer.headers {
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

/// Adds `Retry-After`, in whole seconds.
pub(crate) fn retry_after(mut response: Response<Body>, wait: Duration) -> Response<Body> {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    response.headers_mut().insert(header::RETRY_AFTER, seconds.max(1).into());
    response
}

/// Returns `template` with its variables filled in, escaped for a JSON string. An unknown variable is empty.
fn fill(template: &str, api: &Api, call: &Call) -> String {
    let mut result = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("$context.") {
        let end = after.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(after.len());
        let value = match &after[..end] {
            "requestId" => call.id.clone(),
            "path" => call.whole_path.clone(),
            "httpMethod" => call.method.to_string(),
            "stage" => api.stage.clone(),
            _ => String::new(),
        };
        result.push_str(before);
        let quoted = Value::String(value).to_string();
        result.push_str(&quoted[1..quoted.len() - 1]);
        rest = &after[end..];
    }
    result + rest
}

//! The gateway's own answers: the template's gateway responses.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::Value;

use crate::event::Call;
use crate::template::{Answer, Api};

/// API Gateway's response types, as far as the runner gives them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// No such route. API Gateway calls it a request without a signature.
    MissingAuthenticationToken,
    InvalidApiKey,
    Throttled,
    QuotaExceeded,
    RequestTooLarge,
    /// The request is malformed.
    BadRequest,
    /// The function crashed or took too long.
    FunctionFailed,
    /// The runner is stopping.
    Closing,
}

impl Kind {
    /// Returns the name in the template, its fallback, and API Gateway's own status.
    fn about(self) -> (&'static str, &'static str, StatusCode) {
        match self {
            Kind::MissingAuthenticationToken => ("MISSING_AUTHENTICATION_TOKEN", "DEFAULT_4XX", StatusCode::FORBIDDEN),
            Kind::InvalidApiKey => ("INVALID_API_KEY", "DEFAULT_4XX", StatusCode::FORBIDDEN),
            Kind::Throttled => ("THROTTLED", "DEFAULT_4XX", StatusCode::TOO_MANY_REQUESTS),
            Kind::QuotaExceeded => ("QUOTA_EXCEEDED", "DEFAULT_4XX", StatusCode::TOO_MANY_REQUESTS),
            Kind::RequestTooLarge => ("REQUEST_TOO_LARGE", "DEFAULT_4XX", StatusCode::PAYLOAD_TOO_LARGE),
            Kind::BadRequest => ("DEFAULT_4XX", "DEFAULT_4XX", StatusCode::BAD_REQUEST),
            Kind::Closing => ("INTEGRATION_FAILURE", "DEFAULT_5XX", StatusCode::SERVICE_UNAVAILABLE),
            Kind::FunctionFailed => ("DEFAULT_5XX", "DEFAULT_5XX", StatusCode::BAD_GATEWAY),
        }
    }

    /// Returns the template's answer of this kind to `call`.
    pub(crate) fn answer(self, api: &Api, call: &Call) -> Response<Body> {
        let (name, fallback, status) = self.about();
        let unknown = Answer::default();
        let answer = api.answers.get(name).or_else(|| api.answers.get(fallback)).unwrap_or(&unknown);
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

//! Answers of DynamoDB, its own and those that a proxy gives in its place.

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A whole answer.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) bytes: Bytes,
}

impl Answer {
    /// An answer of this body, in the form that the SDK expects.
    pub(super) fn json(status: StatusCode, body: &Value) -> Answer {
        let headers = [(CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.0"))];
        Answer { status, headers: headers.into_iter().collect(), bytes: body.to_string().into() }
    }

    /// An answer that is not DynamoDB's.
    pub(super) fn text(status: StatusCode, body: &'static str) -> Answer {
        let headers = [(CONTENT_TYPE, HeaderValue::from_static("text/html"))];
        Answer { status, headers: headers.into_iter().collect(), bytes: Bytes::from_static(body.as_bytes()) }
    }

    /// An error of DynamoDB.
    pub(super) fn error(status: StatusCode, code: &str) -> Answer {
        let code = format!("com.amazonaws.dynamodb.v20120810#{code}");
        Answer::json(status, &json!({"__type": code, "message": "injected"}))
    }

    /// A cancelled transaction, with a reason for each of its items.
    pub(super) fn cancelled(reasons: &[Value]) -> Answer {
        let code = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
        let body = json!({"__type": code, "Message": "injected", "CancellationReasons": reasons});
        Answer::json(StatusCode::BAD_REQUEST, &body)
    }

    /// The reasons of a cancelled transaction; empty for every other answer.
    pub(super) fn cancellation_reasons(&self) -> Vec<Value> {
        let body: Value = serde_json::from_slice(&self.bytes).unwrap_or_default();
        body["CancellationReasons"].as_array().cloned().unwrap_or_default()
    }

    /// The first bytes of the answer, after which the connection breaks.
    pub(super) fn broken_after(&self, length: usize) -> Response {
        broken(self.bytes.slice(..length))
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        (self.status, self.headers, self.bytes).into_response()
    }
}

/// An answer that begins like this, and whose connection breaks then.
pub(super) fn broken(beginning: Bytes) -> Response {
    let pieces = [Ok(beginning), Err(std::io::Error::other("the connection is lost"))];
    Body::from_stream(futures_util::stream::iter(pieces)).into_response()
}

//! What a request may end in, and how the client is told.
//!
//! Every error leaves as a problem document (RFC 9457). A variant says what the client should do next; the one
//! table [`Error::parts`] gives its status, slug and title. What broke on our side is logged, never sent.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use std::error::Error as StdError;
use utoipa::ToSchema;

use crate::runtime::chain::chain;
use crate::tables::Fault;

/// The answer of a handler.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a request was not answered as asked.
#[derive(Debug)]
pub enum Error {
    /// Mend what `errors` names and send it again. 400.
    Invalid(Vec<Invalid>),
    /// Sign in. 401, with a `WWW-Authenticate` challenge (RFC 6750).
    Unauthenticated(&'static str),
    /// Someone else may, you may not. 403.
    Forbidden(&'static str),
    /// There is no such thing, named here. 404.
    NotFound(&'static str),
    /// The path is right, the method is not. 405.
    MethodNotAllowed,
    /// The state of things is against it. 409.
    Conflict(&'static str),
    /// The resource has changed since you looked: get it again. 412.
    Stale,
    /// Send less. 413.
    TooLarge,
    /// Send this media type. 415.
    UnsupportedMediaType(&'static str),
    /// Wait so many seconds. 429, with `Retry-After` (RFC 6585, 4).
    TooMany {
        /// How many.
        retry_after: i64,
    },
    /// This Idempotency-Key went with another request. 422.
    KeyReused,
    /// Come back in a second or more. 503.
    Unavailable(Box<dyn StdError + Send + Sync>),
    /// Nothing the client can do. 500.
    Internal(Box<dyn StdError + Send + Sync>),
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Invalid {
    /// Where: a JSON Pointer (RFC 6901) into the body, `?name` for a query parameter, `{name}` for a part of the
    /// path, or a header's name.
    #[schema(example = "/isbn")]
    pub pointer: String,
    /// What is wrong there, for a person to read.
    #[schema(example = "the check digit should be 3")]
    pub detail: String,
}

/// A problem document (RFC 9457): how every error looks.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// The kind of problem, for programs.
    #[serde(rename = "type")]
    #[schema(example = "/problems/invalid-input")]
    pub kind: String,
    /// The kind of problem, for people.
    #[schema(example = "The request is not valid")]
    pub title: String,
    /// The HTTP status.
    #[schema(example = 400)]
    pub status: u16,
    /// What to do about it.
    #[schema(example = "/isbn: the check digit should be 3")]
    pub detail: String,
    /// The path that was asked for.
    #[schema(example = "/v1/books")]
    pub instance: String,
    /// The request's id, to name when asking for help.
    #[schema(example = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef")]
    pub request_id: String,
    /// Everything that is wrong with the request, where it is the request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<Invalid>,
}

impl Error {
    /// One thing wrong with the request, at `pointer`.
    pub fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Error::Invalid(vec![Invalid { pointer: pointer.into(), detail: detail.into() }])
    }

    /// The status that it is answered with.
    pub fn status(&self) -> StatusCode {
        self.parts().0
    }

    /// Status, slug and title of each variant.
    fn parts(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Error::Invalid(_) => (StatusCode::BAD_REQUEST, "invalid-input", "The request is not valid"),
            Error::Unauthenticated(_) => (StatusCode::UNAUTHORIZED, "unauthenticated", "Sign in first"),
            Error::Forbidden(_) => (StatusCode::FORBIDDEN, "forbidden", "Forbidden"),
            Error::NotFound(_) => (StatusCode::NOT_FOUND, "not-found", "Not found"),
            Error::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "Method not allowed"),
            Error::Conflict(_) => (StatusCode::CONFLICT, "conflict", "Conflict"),
            Error::Stale => (StatusCode::PRECONDITION_FAILED, "stale", "The resource has changed"),
            Error::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The request is too large"),
            Error::UnsupportedMediaType(_) => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "Unsupported media type")
            }
            Error::KeyReused => (StatusCode::UNPROCESSABLE_ENTITY, "key-reused", "The Idempotency-Key is taken"),
            Error::TooMany { .. } => (StatusCode::TOO_MANY_REQUESTS, "too-many-requests", "Too many requests"),
            Error::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Temporarily unavailable"),
            Error::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal", "Internal error"),
        }
    }

    /// The document that it is answered with, but for the path and the request's id.
    pub fn problem(&self) -> Problem {
        let (status, slug, title) = self.parts();
        Problem {
            kind: format!("/problems/{slug}"),
            title: title.into(),
            status: status.as_u16(),
            detail: self.detail(),
            instance: String::new(),
            request_id: String::new(),
            errors: if let Error::Invalid(errors) = self { errors.clone() } else { Vec::new() },
        }
    }

    fn detail(&self) -> String {
        match self {
            Error::Invalid(errors) => {
                let each = errors.iter().map(|error| match error.pointer.as_str() {
                    "" => error.detail.clone(),
                    pointer => format!("{pointer}: {}", error.detail),
                });
                each.collect::<Vec<_>>().join("; ")
            }
            Error::Unauthenticated(why) | Error::Forbidden(why) | Error::Conflict(why) => (*why).to_owned(),
            Error::NotFound(what) => format!("There is no such {what}."),
            Error::MethodNotAllowed => "This path does not answer that method; the Allow header says which.".into(),
            Error::Stale => "It is not the version that If-Match names any more. Get it again.".into(),
            Error::TooLarge => "The body is larger than this route takes.".into(),
            Error::UnsupportedMediaType(wanted) => format!("Send the body as {wanted}."),
            Error::KeyReused => "This Idempotency-Key was sent with another request before. Choose a new one.".into(),
            Error::TooMany { retry_after } => format!("Too many tries. Wait {retry_after} s."),
            Error::Unavailable(_) => "Try again in a moment.".into(),
            Error::Internal(_) => "Something went wrong on our side. The request id tells us what.".into(),
        }
    }
}

impl IntoResponse for Error {
    /// The response without its body: [`crate::edge`] writes the document, since only it knows the path and the
    /// request's id.
    fn into_response(self) -> Response {
        if let Error::Unavailable(source) | Error::Internal(source) = &self {
            tracing::error!(error = %chain(source.as_ref()), "request failed");
        }
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self.problem());
        match self {
            Error::Unauthenticated(_) => {
                let challenge = HeaderValue::from_static("Bearer realm=\"carrel\"");
                response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
            }
            Error::TooMany { retry_after } => {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after.max(1)));
            }
            Error::Unavailable(_) => {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
        response
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Busy(source) => Error::Unavailable(source),
            Fault::Broken(source) => Error::Internal(source),
        }
    }
}

/// The responses of [`Error`] for the contract, each to be named by the operations that give it.
pub mod problems {
    use super::Problem;
    use utoipa::IntoResponses;

    macro_rules! problem {
        ($name:ident, $status:literal, $description:literal) => {
            #[doc = $description]
            #[derive(IntoResponses)]
            #[response(status = $status, description = $description, content_type = "application/problem+json")]
            pub struct $name(pub Problem);
        };
    }

    problem!(Invalid, 400, "The request is not valid; `errors` names what.");
    problem!(Unauthenticated, 401, "Sign in first.");
    problem!(Forbidden, 403, "Someone else may, you may not.");
    problem!(NotFound, 404, "There is no such thing.");
    problem!(Conflict, 409, "The state of things is against it.");
    problem!(Stale, 412, "It is not the version that If-Match names any more.");
    problem!(TooLarge, 413, "The body is too large.");
    problem!(UnsupportedMediaType, 415, "The body is of a type that is not taken here.");
    problem!(TooMany, 429, "Too many requests; `Retry-After` says how long to wait.");
    problem!(KeyReused, 422, "The Idempotency-Key went with another request.");
}

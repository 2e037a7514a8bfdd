//! What a request may end in, and how the client is told.
//!
//! Every error leaves as a problem document (RFC 9457). What a client can mend is a refusal of the one table in
//! [`refusals`](crate::edge::refusals); what broke on our side goes into the request's log line, never to the client.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use std::error::Error as StdError;
use utoipa::ToSchema;

use crate::edge::problem::Problem;
use crate::edge::refusals::{self, Refusal};
use crate::runtime::log::chain;
use crate::tables::Fault;

/// The answer of a handler.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a request was not answered as asked.
#[derive(Debug)]
pub enum Error {
    /// One of the table of refusals.
    Refused(Refusal),
    /// Mend what `errors` names and send it again. 400.
    Invalid(Vec<Invalid>),
    /// Wait so many seconds. 429, with `Retry-After` (RFC 6585, 4).
    TooMany {
        /// How many.
        retry_after: i64,
    },
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

/// The cause of a 5xx, on its way from the handler's answer to the request's log line.
#[derive(Clone)]
pub(crate) struct Cause(pub(crate) String);

impl Error {
    /// One thing wrong with the request, at `pointer`.
    pub fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Error::Invalid(vec![Invalid { pointer: pointer.into(), detail: detail.into() }])
    }

    /// Returns the status that it is answered with.
    pub fn status(&self) -> StatusCode {
        self.refusal().kind.status
    }

    /// Returns what broke on our side, with all that caused it, for the log.
    pub fn cause(&self) -> Option<String> {
        match self {
            Error::Unavailable(source) | Error::Internal(source) => Some(chain(source.as_ref())),
            _ => None,
        }
    }

    fn refusal(&self) -> Refusal {
        match self {
            Error::Refused(refusal) => *refusal,
            Error::Invalid(_) => refusals::Invalid::Input.refusal(),
            Error::TooMany { .. } => refusals::TooMany::Requests.refusal(),
            Error::Unavailable(_) => refusals::Unavailable::Busy.refusal(),
            Error::Internal(_) => refusals::Internal::Fault.refusal(),
        }
    }

    /// Returns the document that it is answered with, but for the path and the request's id.
    pub fn problem(&self) -> Problem {
        let mut problem = Problem::of(self.refusal());
        match self {
            Error::Invalid(errors) => {
                problem.detail = in_one_line(errors);
                problem.errors.clone_from(errors);
            }
            Error::TooMany { retry_after } => problem.detail = format!("Too many tries. Wait {retry_after} s."),
            _ => {}
        }
        problem
    }
}

fn in_one_line(errors: &[Invalid]) -> String {
    let each = errors.iter().map(|error| match error.pointer.as_str() {
        "" => error.detail.clone(),
        pointer => format!("{pointer}: {}", error.detail),
    });
    each.collect::<Vec<_>>().join("; ")
}

impl IntoResponse for Error {
    /// Returns the response without its body: the edge writes the document, since only it knows the path and the
    /// request's id.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self.problem());
        if let Some(cause) = self.cause() {
            response.extensions_mut().insert(Cause(cause));
        }
        if self.status() == StatusCode::UNAUTHORIZED {
            // RFC 6750, 3.
            let challenge = HeaderValue::from_static("Bearer realm=\"carrel\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        let retry_after = match self {
            Error::TooMany { retry_after } => retry_after.max(1),
            Error::Unavailable(_) => 1,
            _ => return response,
        };
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
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

/// The responses of [`Error`] for the contract, for operations that list them by hand.
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

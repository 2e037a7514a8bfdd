//! Errors of requests, and their responses.
//!
//! Every error becomes a problem document (RFC 9457). Its status, title and code come from the table in
//! [`refusals`]. The cause of a 5xx is logged and never sent to the client.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use std::error::Error as StdError;
use utoipa::ToSchema;

use crate::edge::details::Details;
use crate::edge::problem::Problem;
use crate::edge::refusals::{self, Refusal};
use crate::runtime::log::chain;
use crate::tables::Fault;

/// The result of a handler.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a request failed.
#[derive(Debug)]
pub enum Error {
    /// The request is refused.
    Refused(Refusal),
    /// The request is refused, with details for the desk.
    Detailed(Refusal, Box<Details>),
    /// These parts of the request are invalid. 400.
    Invalid(Vec<Invalid>),
    /// The client must wait. 429, with `Retry-After` (RFC 6585, 4).
    TooMany {
        /// The seconds to wait.
        retry_after: i64,
    },
    /// The same, with a refusal of its own: the client knows what it has done before.
    Again {
        /// The refusal.
        refusal: Refusal,
        /// The seconds to wait.
        retry_after: i64,
    },
    /// The client should retry after a second. 503.
    Unavailable(Box<dyn StdError + Send + Sync>),
    /// The error is ours, and the client cannot do anything about it. 500.
    Internal(Box<dyn StdError + Send + Sync>),
}

/// An invalid part of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Invalid {
    /// The part: a JSON Pointer (RFC 6901) into the body, `?name` for a query parameter, `{name}` for a part of the
    /// path, or the name of a header.
    #[schema(example = "/isbn")]
    pub pointer: String,
    /// What is wrong with it, for people.
    #[schema(example = "the check digit should be 3")]
    pub detail: String,
}

/// The cause of a 5xx: an extension of the response that the request's log line includes.
#[derive(Clone)]
pub(crate) struct Cause(pub(crate) String);

impl Error {
    /// Returns the error of a request with one invalid part.
    pub fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Error::Invalid(vec![Invalid { pointer: pointer.into(), detail: detail.into() }])
    }

    /// Returns the status of the response.
    pub fn status(&self) -> StatusCode {
        self.refusal().kind.status
    }

    /// Returns the cause of a 5xx, for the log; `None` for other errors.
    pub fn cause(&self) -> Option<String> {
        match self {
            Error::Unavailable(source) | Error::Internal(source) => Some(chain(source.as_ref())),
            _ => None,
        }
    }

    fn refusal(&self) -> Refusal {
        match self {
            Error::Refused(refusal) | Error::Detailed(refusal, _) | Error::Again { refusal, .. } => *refusal,
            Error::Invalid(_) => refusals::Invalid::Input.refusal(),
            Error::TooMany { .. } => refusals::TooMany::Requests.refusal(),
            Error::Unavailable(_) => refusals::Unavailable::Busy.refusal(),
            Error::Internal(_) => refusals::Internal::Fault.refusal(),
        }
    }

    /// Returns the problem document, without the path and the request's id.
    pub fn problem(&self) -> Problem {
        let mut problem = Problem::of(self.refusal());
        match self {
            Error::Invalid(errors) => {
                problem.detail = in_one_line(errors);
                problem.errors.clone_from(errors);
            }
            Error::Detailed(_, details) => {
                let Details { reasons, candidates, reservation } = (**details).clone();
                (problem.reasons, problem.candidates, problem.reservation) = (reasons, candidates, reservation);
            }
            Error::TooMany { retry_after } => problem.detail = format!("Too many attempts. Wait {retry_after} s."),
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
    /// Returns the response without its body. [`problem`](crate::edge::problem) writes the problem document, because it
    /// knows the path and the request's id.
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
            Error::TooMany { retry_after } | Error::Again { retry_after, .. } => retry_after.max(1),
            _ if self.status() == StatusCode::SERVICE_UNAVAILABLE => 1,
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
            Fault::Denied(why) => why.into(),
        }
    }
}

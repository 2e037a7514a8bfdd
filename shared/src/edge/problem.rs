//! Problem documents (RFC 9457).

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderValue, header};
use serde::Serialize;
use utoipa::ToSchema;

use crate::edge::Edge;
use crate::edge::details::{Candidate, Reason};
use crate::edge::error::Invalid;
use crate::edge::log::request_id;
use crate::edge::refusals::Refusal;
use crate::tables::library::lending::Reservation;

/// A problem document (RFC 9457): the body of every error.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// The kind of problem, for programs.
    #[serde(rename = "type")]
    #[schema(example = "/problems/invalid-input")]
    pub kind: String,
    /// The exact problem, for programs.
    #[schema(example = "invalid-input")]
    pub code: String,
    /// The kind of problem, for people.
    #[schema(example = "The request is not valid")]
    pub title: String,
    /// The HTTP status.
    #[schema(example = 400)]
    pub status: u16,
    /// An explanation, for people.
    #[schema(example = "/isbn: the check digit should be 3")]
    pub detail: String,
    /// The path of the request.
    #[schema(example = "/v1/books")]
    pub instance: String,
    /// The request's id. Support needs it to find the request.
    #[schema(example = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef")]
    pub request_id: String,
    /// All invalid parts of the request, in their order, and the missing ones; at most 100. Only with status 400.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<Invalid>,
    /// Every reason why a loan at the desk was refused. `code` is the first of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub reasons: Vec<Reason>,
    /// The reservations from which the desk must choose.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub candidates: Vec<Candidate>,
    /// What the reader has already.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reservation: Option<Reservation>,
}

impl Problem {
    /// Returns the document of a refusal, without the path and the request's id.
    pub(crate) fn of(refusal: Refusal) -> Self {
        Problem {
            kind: format!("/problems/{}", refusal.kind.slug),
            code: refusal.code.into(),
            title: refusal.kind.title.into(),
            status: refusal.kind.status.as_u16(),
            detail: refusal.sentence.into(),
            instance: String::new(),
            request_id: String::new(),
            errors: Vec::new(),
            reasons: Vec::new(),
            candidates: Vec::new(),
            reservation: None,
        }
    }
}

/// Writes the problem document of a failed request.
pub(super) async fn explain(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let (instance, request_id) = (edge.settings.url(request.uri().path()), request_id(&request));
    let mut response = next.run(request).await;
    let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
    let problem = Problem { instance, request_id, ..problem };
    let (mut parts, _) = response.into_parts();
    let body = serde_json::to_vec(&problem).expect("a problem document can be serialised");
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(body))
}

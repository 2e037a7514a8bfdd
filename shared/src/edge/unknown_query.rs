//! Refuses query parameters of operations that have none. Operations with query parameters refuse unknown ones
//! themselves: [`Query`](crate::edge::extract::Query) and [`Listing`](crate::edge::page::Listing) do so.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::Method;

use crate::edge::Edge;
use crate::edge::error::Error;
use crate::edge::extract::NOT_KNOWN;

/// Refuses (400) a query of an operation without query parameters, and names the first parameter.
pub(super) async fn refuse_unknown_query(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    match unknown_parameter(&edge, &request) {
        Some(name) => Error::invalid(format!("?{name}"), NOT_KNOWN).into_response(),
        None => next.run(request).await,
    }
}

fn unknown_parameter(edge: &Edge, request: &Request) -> Option<String> {
    let (name, _) = form_urlencoded::parse(request.uri().query()?.as_bytes()).next()?;
    let route = request.extensions().get::<MatchedPath>()?.as_str().to_owned();
    // A HEAD is answered by the handler of the GET.
    let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
    edge.without_query.contains(&(method.clone(), route)).then(|| name.into_owned())
}

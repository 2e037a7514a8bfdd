//! ETags of answers (RFC 9110, 8.8.3).

use std::fmt::Display;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{self, HeaderValue};

use crate::edge::extract::IfNoneMatch;

/// Adds a representation's validator, a version or whatever else names these very bytes. A client that has it already gets
/// 304 (RFC 9110, 15.4.5) with the same headers, since a cache takes them over (RFC 9111, 4.3.4).
///
/// The answer may be cached but is validated each time, unless `response` has a Cache-Control of its own.
pub fn with_etag(response: impl IntoResponse, tag: impl Display, known: Option<&IfNoneMatch>) -> Response {
    let etag = format!("\"{tag}\"");
    let mut response = response.into_response();
    if known.is_some_and(|known| known.has(&etag)) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
    }
    let etag = HeaderValue::try_from(etag).expect("a version or a hash in quotes is a header value");
    response.headers_mut().insert(header::ETAG, etag);
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    response
}

//! ETags of answers (RFC 9110, 8.8.3).

use std::fmt::Display;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{self, HeaderValue};

use crate::edge::extract::IfNoneMatch;

/// Adds an `ETag` to a response. The tag is a version or a hash of the body. A client that has this version gets a 304
/// (RFC 9110, 15.4.5) with the same headers, because a cache updates its own with them (RFC 9111, 4.3.4).
/// A cache may store the response and must validate it each time, unless `response` has a `Cache-Control`.
pub fn with_etag(response: impl IntoResponse, tag: impl Display, known: Option<&IfNoneMatch>) -> Response {
    let tag = tag.to_string();
    let mut response = response.into_response();
    if known.is_some_and(|known| known.has(&tag)) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
    }
    let etag = HeaderValue::try_from(format!("\"{tag}\"")).expect("a version or a hash in quotes is a header value");
    response.headers_mut().insert(header::ETAG, etag);
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    response
}

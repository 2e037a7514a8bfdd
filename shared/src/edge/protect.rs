//! Security headers (OWASP REST Security Cheat Sheet).

use axum::response::Response;
use http::header::{self, HeaderName, HeaderValue};

/// The headers of every answer.
const ALWAYS: [(HeaderName, &str); 3] = [
    (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
];

/// Default headers, which a handler can replace: a page loads its own scripts, and a picture may be cached.
const BY_DEFAULT: [(HeaderName, &str); 2] = [
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::CACHE_CONTROL, "no-store"),
];

/// Adds the security headers to an answer of any status.
pub(super) async fn protect(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in BY_DEFAULT {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

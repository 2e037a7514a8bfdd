//! The origins of the websites that may use the API. `AllowedOrigins` lists them (CORS, Fetch Standard).

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderMap;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue, ORIGIN,
    VARY,
};

use crate::edge::Edge;

/// The response headers that a page of an allowed origin may read.
const EXPOSED: &str = "ETag, Link, Location, Retry-After, X-Request-Id";

/// Returns whether pages of an origin may use the API.
pub fn is_allowed(origin: &[u8], allowed: &[String]) -> bool {
    allowed.iter().any(|allowed| allowed.as_bytes() == origin)
}

/// Permits pages of allowed origins to read the answer (CORS).
pub(super) async fn permit(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let origin = request.headers().get(ORIGIN).cloned();
    let mut response = next.run(request).await;
    let allowed = origin.filter(|origin| is_allowed(origin.as_bytes(), &edge.settings.allowed_origins));
    add_permission(allowed, response.headers_mut());
    response
}

fn add_permission(allowed: Option<HeaderValue>, headers: &mut HeaderMap) {
    headers.append(VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = allowed {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    }
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    #[test]
    fn only_an_exact_origin_is_allowed() {
        let allowed = ["https://library.example".to_owned(), "https://other.example".to_owned()];
        for (origin, is_one) in [
            ("https://library.example", true),
            ("https://other.example", true),
            ("https://library.example.evil.example", false),
            ("https://evillibrary.example", false),
            ("http://library.example", false),
            ("https://library.example:8443", false),
            ("https://LIBRARY.example", false),
            ("null", false),
            ("", false),
        ] {
            assert_eq!(is_allowed(origin.as_bytes(), &allowed), is_one, "{origin}");
        }
    }
}

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

/// Returns whether pages of an origin may use the API. `http://localhost:*` in the list allows every port; only the local
/// runner has such entries, and the template's parameter takes none.
pub fn is_allowed(origin: &[u8], allowed: &[String]) -> bool {
    allowed.iter().any(|allowed| match allowed.strip_suffix(":*") {
        None => allowed.as_bytes() == origin,
        Some(host) => origin.strip_prefix(host.as_bytes()).is_some_and(|rest| match rest.strip_prefix(b":") {
            Some(port) => !port.is_empty() && port.iter().all(u8::is_ascii_digit),
            None => rest.is_empty(),
        }),
    })
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
    fn every_port_of_a_machine_can_be_allowed() {
        let allowed = ["http://localhost:*".to_owned()];
        for (origin, is_one) in [
            ("http://localhost:5173", true),
            ("http://localhost", true),
            ("http://localhost:", false),
            ("http://localhost:x", false),
            ("http://localhost:80.evil.example", false),
            ("http://localhost.evil.example", false),
            ("http://localhost.evil.example:80", false),
            ("https://localhost:5173", false),
            ("http://127.0.0.1:5173", false),
        ] {
            assert_eq!(is_allowed(origin.as_bytes(), &allowed), is_one, "{origin}");
        }
    }

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

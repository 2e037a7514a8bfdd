//! Protection against cross-site request forgery (CSRF): a page of another origin sends a request with a reader's
//! cookies (OWASP CSRF Prevention Cheat Sheet, "Fetch Metadata").

use axum::extract::{FromRef, FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, HOST, HeaderName, HeaderValue, ORIGIN};
use http::request::Parts;
use http::{HeaderMap, Method};

use crate::edge::Edge;
use crate::edge::error::Error;
use crate::edge::origin::is_allowed;
use crate::edge::refusals::{Forbidden, Refusal};
use crate::edge::refuses::Refuses;
use crate::runtime::app::App;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses (403) requests from pages of foreign origins, except for safe methods.
pub(super) async fn refuse_forgery(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    if may_be_forged(request.method(), request.headers(), &edge.settings.allowed_origins) {
        return Error::from(Forbidden::ForeignOrigin).into_response();
    }
    next.run(request).await
}

/// A request that no page of a foreign origin has sent: for a safe method that leaves something behind. A link of another
/// website sends the reader's cookies with it.
///
/// # Errors
/// 403 if such a page may have sent it.
pub struct NotForged;

impl Refuses for NotForged {
    fn refusals() -> Vec<Refusal> {
        vec![Forbidden::ForeignOrigin.refusal()]
    }
}

impl<S: Send + Sync> FromRequestParts<S> for NotForged
where
    App: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        match is_of_foreign_page(&parts.headers, &App::from_ref(state).settings.allowed_origins) {
            true => Err(Forbidden::ForeignOrigin.into()),
            false => Ok(NotForged),
        }
    }
}

fn may_be_forged(method: &Method, headers: &HeaderMap, allowed: &[String]) -> bool {
    !method.is_safe() && is_of_foreign_page(headers, allowed)
}

fn is_of_foreign_page(headers: &HeaderMap, allowed: &[String]) -> bool {
    // A browser never adds an `Authorization` header by itself, because nothing here asks for one with a challenge that it knows.
    // A page of another origin can send one only if CORS allows its origin (Fetch, "CORS-preflight fetch").
    if headers.contains_key(AUTHORIZATION) {
        return false;
    }
    let site = headers.get(SEC_FETCH_SITE).map(HeaderValue::as_bytes);
    match (site, headers.get(ORIGIN)) {
        // The browser says that the page has our origin, or that no page sent the request.
        (Some(b"same-origin" | b"none"), _) | (None, None) => false,
        (_, Some(origin)) => !(is_allowed(origin.as_bytes(), allowed) || site.is_none() && is_own(origin, headers)),
        (Some(_), None) => true,
    }
}

/// Returns whether the origin is the host of the request, for browsers without `Sec-Fetch-Site`.
fn is_own(origin: &HeaderValue, headers: &HeaderMap) -> bool {
    let authority = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, authority)| authority);
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    host.is_some() && authority == host
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue, Method};

    use super::may_be_forged;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).expect("a header value"))
        };
        pairs.iter().map(pair).collect()
    }

    fn allowed() -> Vec<String> {
        vec!["https://library.example".to_owned(), "https://other.example".to_owned()]
    }

    #[test]
    fn requests_of_foreign_pages_may_be_forged_unless_their_method_is_safe() {
        for foreign in [
            &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")][..],
            &[("sec-fetch-site", "same-site"), ("origin", "https://evil.library.example")],
            &[("sec-fetch-site", "cross-site")],
            &[("origin", "https://evil.example"), ("host", "api.example")],
            &[("origin", "null"), ("host", "api.example")],
            &[("origin", "https://library.example.evil.example")],
            &[("sec-fetch-site", "cross-site"), ("origin", "https://api.example"), ("host", "api.example")],
        ] {
            assert!(may_be_forged(&Method::POST, &headers(foreign), &allowed()), "{foreign:?}");
            assert!(!may_be_forged(&Method::GET, &headers(foreign), &allowed()), "{foreign:?}");
        }
    }

    #[test]
    fn requests_of_programs_and_of_own_and_allowed_pages_are_not_forged() {
        for ours in [
            &[][..],
            &[("sec-fetch-site", "same-origin"), ("origin", "https://api.example")],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "cross-site"), ("origin", "https://other.example")],
            &[("origin", "https://api.example"), ("host", "api.example")],
            &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("authorization", "Bearer x")],
        ] {
            assert!(!may_be_forged(&Method::DELETE, &headers(ours), &allowed()), "{ours:?}");
        }
    }
}

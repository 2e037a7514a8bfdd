//! What browsers need and must not be able to do: CORS, and no requests forged by other sites.
//!
//! A page of another origin may use the API only where `AllowedOrigins` names that origin, exactly (Fetch Standard; OWASP
//! CSRF Prevention Cheat Sheet, "Fetch Metadata"). Who sends an `Authorization` header cannot have been tricked into it:
//! browsers never add one by themselves.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, AUTHORIZATION, HOST,
    HeaderName, HeaderValue, ORIGIN, VARY,
};
use http::{HeaderMap, Method};

use crate::edge::error::{Error, Result};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What a page of an allowed origin may read beside the body.
const EXPOSED: &str = "ETag, Link, Location, Retry-After, X-Request-Id";

/// Lets through what no page of a foreign origin can have sent in a reader's name.
///
/// # Errors
/// 403 for a request that changes something, has no `Authorization` header, and comes from a foreign page.
pub(crate) fn refuse_forgery(method: &Method, headers: &HeaderMap, allowed: &[String]) -> Result<()> {
    if method.is_safe() || headers.contains_key(AUTHORIZATION) {
        return Ok(());
    }
    let site = headers.get(SEC_FETCH_SITE).map(HeaderValue::as_bytes);
    let ours = match (site, headers.get(ORIGIN)) {
        // The browser itself says that the page is ours, or that there is none.
        (Some(b"same-origin" | b"none"), _) | (None, None) => true,
        (_, Some(origin)) => is_allowed(origin, allowed) || site.is_none() && is_own(origin, headers),
        (Some(_), None) => false,
    };
    if ours { Ok(()) } else { Err(Error::Forbidden("Pages of this origin may not do this.")) }
}

fn is_allowed(origin: &HeaderValue, allowed: &[String]) -> bool {
    allowed.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes())
}

/// Whether the origin is the host that was asked, for browsers that don't say so themselves.
fn is_own(origin: &HeaderValue, headers: &HeaderMap) -> bool {
    let authority = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, authority)| authority);
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    host.is_some() && authority == host
}

/// Lets the page of an allowed origin read the answer. All others get no word of permission.
pub(crate) fn permit(origin: Option<&HeaderValue>, headers: &mut HeaderMap, allowed: &[String]) {
    headers.append(VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin.filter(|origin| is_allowed(origin, allowed)) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue, Method};

    use super::{permit, refuse_forgery};

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
    fn foreign_pages_change_nothing() {
        for foreign in [
            &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")][..],
            &[("sec-fetch-site", "same-site"), ("origin", "https://evil.library.example")],
            &[("sec-fetch-site", "cross-site")],
            &[("origin", "https://evil.example"), ("host", "api.example")],
            &[("origin", "null"), ("host", "api.example")],
            &[("origin", "https://library.example.evil.example")],
            &[("sec-fetch-site", "cross-site"), ("origin", "https://api.example"), ("host", "api.example")],
        ] {
            assert!(refuse_forgery(&Method::POST, &headers(foreign), &allowed()).is_err(), "{foreign:?}");
            assert!(refuse_forgery(&Method::GET, &headers(foreign), &allowed()).is_ok(), "{foreign:?}");
        }
    }

    #[test]
    fn programs_own_pages_and_allowed_pages_may() {
        for ours in [
            &[][..],
            &[("sec-fetch-site", "same-origin"), ("origin", "https://api.example")],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "cross-site"), ("origin", "https://other.example")],
            &[("origin", "https://api.example"), ("host", "api.example")],
            &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("authorization", "Bearer x")],
        ] {
            assert!(refuse_forgery(&Method::DELETE, &headers(ours), &allowed()).is_ok(), "{ours:?}");
        }
    }

    #[test]
    fn only_an_exact_origin_is_let_read() {
        for (origin, let_in) in [
            ("https://library.example", true),
            ("https://library.example.evil.example", false),
            ("https://evillibrary.example", false),
            ("http://library.example", false),
            ("https://library.example:8443", false),
            ("null", false),
        ] {
            let mut answer = HeaderMap::new();
            permit(Some(&HeaderValue::from_str(origin).expect("a header value")), &mut answer, &allowed());
            assert_eq!(answer.contains_key("access-control-allow-origin"), let_in, "{origin}");
        }
    }
}

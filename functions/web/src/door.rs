//! Where a page was asked for.
//!
//! The site has two places: beside the API at `/v1/web`, and at the root of the library's own domain. On a laptop it has both. An event
//! has the whole path in its request context, in both kinds of APIs, and with or without a domain.

use axum::http::header::{HOST, HeaderName};
use axum::http::request::Parts;
use lambda_http::request::RequestContext;
use shared::edge::headers::text;

const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The site's place, and a page in it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Door {
    /// The place, the beginning of every link: `/v1/web`, or nothing.
    pub(crate) base: String,
    /// The page's path in the site: `/books/1`. It has no slash at its end.
    pub(crate) page: String,
}

impl Door {
    /// Reads the place from a request. `base_path` is the stage, with which the paths of the API begin.
    pub(crate) fn of(parts: &Parts, base_path: &str) -> Self {
        let whole = match parts.extensions.get::<RequestContext>() {
            Some(RequestContext::ApiGatewayV1(context)) => context.path.as_deref(),
            Some(RequestContext::ApiGatewayV2(context)) => context.http.path.as_deref(),
            _ => None,
        };
        Door::at(whole.unwrap_or(parts.uri.path()), base_path)
    }

    fn at(path: &str, base_path: &str) -> Self {
        let beside = format!("{base_path}/web");
        let (base, page) = match path.strip_prefix(&beside) {
            Some(page) if page.is_empty() || page.starts_with('/') => (beside, page),
            _ => (String::new(), path),
        };
        let page = if page.is_empty() { "/" } else { page };
        let without_slash = page.strip_suffix('/').filter(|page| !page.is_empty() && !page.ends_with('/'));
        Door { base, page: without_slash.unwrap_or(page).to_owned() }
    }

    /// Returns whether the site is at the root of a host.
    pub(crate) fn is_root(&self) -> bool {
        self.base.is_empty()
    }
}

/// Returns the origin that the client sees: `https://library.example`. API Gateway finds the API by the host, so nobody else's
/// host comes here.
pub(crate) fn origin(parts: &Parts) -> String {
    let scheme = match text(&parts.headers, &FORWARDED_PROTO).as_deref() {
        Some("http") => "http",
        _ => "https",
    };
    format!("{scheme}://{}", text(&parts.headers, &HOST).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::Door;

    #[test]
    fn wb9_the_place_of_the_site_is_told_by_the_whole_path() {
        for (path, base, page) in [
            ("/v1/web", "/v1/web", "/"),
            ("/v1/web/", "/v1/web", "/"),
            ("/v1/web/books/1", "/v1/web", "/books/1"),
            ("/v1/web/search/", "/v1/web", "/search"),
            ("/", "", "/"),
            ("/search", "", "/search"),
            ("/web", "", "/web"),
            ("//", "", "//"),
            ("/v1/website", "", "/v1/website"),
        ] {
            assert_eq!(Door::at(path, "/v1"), Door { base: base.to_owned(), page: page.to_owned() }, "{path}");
        }
    }
}

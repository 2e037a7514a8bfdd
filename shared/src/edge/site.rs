//! Sites. A browser keeps our cookies for pages of the same site only (`SameSite=Lax`, RFC 6265bis, 5.6.7).

use http::HeaderMap;
use http::header::{HOST, HeaderName, ORIGIN};
use http::uri::Authority;

use crate::edge::error::{Error, Result};
use crate::edge::headers::text;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The names of the machine itself. For a browser they are different sites.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Refuses (400 at `pointer`) cookies for a page of another site: the browser would drop them, and the page would look signed
/// out.
///
/// # Errors
/// 400 that says which host the page should call.
pub fn refuse_other_site(headers: &HeaderMap, pointer: &str) -> Result<()> {
    let authority = |name: &HeaderName| {
        let value = text(headers, name)?;
        value.rsplit("://").next()?.parse::<Authority>().ok()
    };
    let (page, here) = (authority(&ORIGIN), authority(&HOST));
    let is_other = match text(headers, &SEC_FETCH_SITE) {
        Some(site) => site == "cross-site",
        // An old browser, or no browser. The port is not part of a site.
        None => page.as_ref().is_some_and(|page| here.as_ref().is_none_or(|here| page.host() != here.host())),
    };
    if !is_other {
        return Ok(());
    }
    let names = page.as_ref().zip(here.as_ref()).map(|(page, here)| (page.host(), here.host()));
    let detail = match names {
        Some((page, own)) if LOOPBACK.contains(&page) && LOOPBACK.contains(&own) => {
            let port =
                here.as_ref().and_then(|here| here.port_u16()).map_or_else(String::new, |port| format!(":{port}"));
            format!(
                "should be \"token\" here: for a browser, {page} and {own} are two sites, and it keeps no cookies between \
                 them. Call this library at {page}{port}"
            )
        }
        Some((page, own)) => format!(
            "should be \"token\" here: a browser keeps no cookies of {own} for a page of {page}, which is another site"
        ),
        None => "should be \"token\" here: a browser keeps no cookies for a page of another site".to_owned(),
    };
    Err(Error::invalid(pointer, detail))
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};

    use super::refuse_other_site;

    fn refusal(pairs: &[(&'static str, &'static str)]) -> Option<String> {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        let headers: HeaderMap = pairs.iter().map(pair).collect();
        refuse_other_site(&headers, "/session").err().map(|error| error.problem().detail)
    }

    #[test]
    fn aw4_cookies_are_refused_where_a_browser_would_drop_them() {
        for (headers, says) in [
            (
                &[("origin", "https://library.example"), ("host", "abc.execute-api.eu-central-1.amazonaws.com")][..],
                "no cookies of abc.",
            ),
            (&[("origin", "http://localhost:5173"), ("host", "127.0.0.1:9000")], "Call this library at localhost:9000"),
            (&[("origin", "http://127.0.0.1:5173"), ("host", "localhost:9000")], "Call this library at 127.0.0.1:9000"),
            (
                &[("sec-fetch-site", "cross-site"), ("origin", "https://a.example"), ("host", "b.example")],
                "another site",
            ),
            (&[("sec-fetch-site", "cross-site")], "a page of another site"),
            (&[("origin", "null"), ("host", "api.example")], "no cookies of api.example"),
        ] {
            let refusal = refusal(headers).expect("refused");
            assert!(refusal.starts_with("/session: should be \"token\"") && refusal.contains(says), "{refusal}");
        }
        for fine in [
            &[][..],
            &[("host", "api.example")],
            &[("origin", "http://localhost:5173"), ("host", "localhost:9000")],
            &[
                ("sec-fetch-site", "same-site"),
                ("origin", "https://www.library.example"),
                ("host", "api.library.example"),
            ],
            &[("sec-fetch-site", "same-origin"), ("origin", "https://api.example"), ("host", "api.example")],
            &[("sec-fetch-site", "none")],
        ] {
            assert_eq!(refusal(fine), None, "{fine:?}");
        }
    }
}

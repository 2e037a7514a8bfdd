//! Conditional requests (RFC 9110, 13).

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::HeaderValue;
use http::header;
use http::request::Parts;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

use crate::edge::error::{Error, Result};
use crate::edge::extract::{header_parameter, text};
use crate::edge::refusals::{self, Refusal, Stale};
use crate::edge::refuses::Refuses;

/// `If-Match` (RFC 9110, 13.1.1): the versions that the client wants to change.
///
/// # Errors
/// 400 if the header is not a list of at most 100 ETags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// Every version: there is no header, or it is `*`.
    Any,
    /// One of these versions. Tags that are not versions match nothing, and are left out.
    Versions(Vec<u64>),
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let wrong = || Error::invalid("If-Match", "should be a list of ETags such as \"3\"");
        let mut tags = Vec::new();
        for value in parts.headers.get_all(header::IF_MATCH) {
            match value.to_str().map_err(|_| wrong())?.trim() {
                "*" => return Ok(IfMatch::Any),
                list => tags.extend(list.split(',').map(str::trim)),
            }
        }
        if !tags.iter().all(|tag| is_etag(tag)) {
            return Err(wrong());
        }
        // The contract has this limit too.
        if tags.len() > 100 {
            return Err(Error::invalid("If-Match", "should have at most 100 ETags"));
        }
        let sent = parts.headers.contains_key(header::IF_MATCH);
        let versions = tags.into_iter().filter_map(version).collect();
        Ok(if sent { IfMatch::Versions(versions) } else { IfMatch::Any })
    }
}

/// Returns whether a text is an entity tag (RFC 9110, 8.8.3). Between its quotes are visible characters except quotes.
fn is_etag(tag: &str) -> bool {
    let quoted = tag.strip_prefix("W/").unwrap_or(tag);
    let opaque = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    opaque.is_some_and(|opaque| opaque.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"'))
}

/// Returns the version in a tag. Tags are compared byte by byte, so "+1" and "01" are not versions. Weak tags never
/// match.
fn version(tag: &str) -> Option<u64> {
    let text = tag.strip_prefix('"')?.strip_suffix('"')?;
    text.parse().ok().filter(|version: &u64| version.to_string() == text)
}

impl Refuses for IfMatch {
    fn refusals() -> Vec<Refusal> {
        vec![refusals::Invalid::Input.refusal(), Stale::Version.refusal()]
    }
}

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        // Tags with a comma are excluded, because a comma separates tags. Ours have none.
        let tag = r#"(W/)?"[!#-+\--~]*""#;
        let list = format!(r"^(\*|{tag}([ \t]*,[ \t]*{tag}){{0,99}})$");
        vec![header_parameter(
            "If-Match",
            "The ETag of the version that you want to change.",
            text().min_length(Some(1)).pattern(Some(list)),
        )]
    }
}

/// `If-None-Match` (RFC 9110, 13.1.2): the versions that the client has.
#[derive(Debug, Clone)]
pub struct IfNoneMatch(Option<HeaderValue>);

impl IfNoneMatch {
    /// Returns whether the client has the version with that ETag. Weak tags match too (RFC 9110, 13.1.2).
    pub fn has(&self, etag: &str) -> bool {
        let list = self.0.as_ref().and_then(|value| value.to_str().ok()).unwrap_or_default();
        list.split(',').map(str::trim).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(IfNoneMatch(parts.headers.get(header::IF_NONE_MATCH).cloned()))
    }
}

impl Refuses for IfNoneMatch {
    fn refusals() -> Vec<Refusal> {
        Vec::new()
    }
}

impl IntoParams for IfNoneMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![header_parameter("If-None-Match", "The ETag of the version that you have.", text())]
    }
}

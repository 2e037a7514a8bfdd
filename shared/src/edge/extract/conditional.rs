//! Conditional requests (RFC 9110, 13).

use std::convert::Infallible;
use std::fmt::Display;

use axum::extract::FromRequestParts;
use http::header::{HeaderName, IF_MATCH, IF_NONE_MATCH};
use http::request::Parts;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

use crate::edge::error::{Error, Result};
use crate::edge::extract::{header_parameter, text};
use crate::edge::refusals::{self, Refusal, Stale};
use crate::edge::refuses::Refuses;
use crate::tables::library::books::Versions;

/// The most ETags that a change may list. The contract has this limit too.
const MOST: usize = 100;

/// `If-Match` and `If-None-Match` of a change (RFC 9110, 13.2): the versions that the client wants to change.
///
/// # Errors
/// 400 if one of the headers is not a list of at most 100 ETags.
#[derive(Debug)]
pub struct Precondition {
    one_of: Option<Tags>,
    none_of: Option<Tags>,
}

impl Precondition {
    /// Returns whether the change may be made while the resource has this tag: a version, or a hash of it.
    pub fn allows(&self, tag: impl Display) -> bool {
        let tag = tag.to_string();
        self.one_of.as_ref().is_none_or(|tags| tags.have(&tag, Comparison::Strong))
            && !self.none_of.as_ref().is_some_and(|tags| tags.have(&tag, Comparison::Weak))
    }

    /// Returns the versions that the change applies to, where each tag is a version. Tags that are not versions match
    /// nothing, and are left out.
    pub fn versions(&self) -> Versions {
        let excluded = match &self.none_of {
            Some(Tags::Any) => return Versions::OneOf(Vec::new()),
            Some(Tags::List(tags)) => tags.iter().filter_map(Tag::version).collect(),
            None => Vec::new(),
        };
        match &self.one_of {
            Some(Tags::List(tags)) => {
                let strong = tags.iter().filter(|tag| !tag.is_weak).filter_map(Tag::version);
                Versions::OneOf(strong.filter(|version| !excluded.contains(version)).collect())
            }
            Some(Tags::Any) | None if excluded.is_empty() => Versions::Any,
            Some(Tags::Any) | None => Versions::NoneOf(excluded),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Precondition {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let read = |name: HeaderName, shown: &str| match sent(parts, &name) {
            Some((_, Complete(false))) => Err(Error::invalid(shown, "should be a list of ETags such as \"3\"")),
            Some((Tags::List(tags), _)) if tags.len() > MOST => {
                Err(Error::invalid(shown, format!("should have at most {MOST} ETags")))
            }
            sent => Ok(sent.map(|(tags, _)| tags)),
        };
        Ok(Precondition { one_of: read(IF_MATCH, "If-Match")?, none_of: read(IF_NONE_MATCH, "If-None-Match")? })
    }
}

impl Refuses for Precondition {
    fn refusals() -> Vec<Refusal> {
        vec![refusals::Invalid::Input.refusal(), Stale::Version.refusal()]
    }
}

impl IntoParams for Precondition {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        // In our tags there are only these bytes, and no comma.
        let tag = r#"(W/)?"[!#-+\--~]*""#;
        let list = format!(r"^(\*|{tag}([ \t]*,[ \t]*{tag}){{0,{}}})$", MOST - 1);
        let parameter = |name: &str, description: &str| {
            header_parameter(name, description, text().min_length(Some(1)).pattern(Some(list.clone())))
        };
        vec![
            parameter("If-Match", "The ETag of the version that you want to change."),
            parameter("If-None-Match", "The ETags of versions that you do not want to change."),
        ]
    }
}

/// `If-None-Match` of a read (RFC 9110, 13.1.2): the versions that the client has. What is not a list of tags is ignored.
#[derive(Debug)]
pub struct IfNoneMatch(Option<Tags>);

impl IfNoneMatch {
    /// Returns whether the client has the version with that tag. Weak tags match too.
    pub fn has(&self, tag: &str) -> bool {
        self.0.as_ref().is_some_and(|tags| tags.have(tag, Comparison::Weak))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(IfNoneMatch(sent(parts, &IF_NONE_MATCH).map(|(tags, _)| tags)))
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

/// What a header lists.
#[derive(Debug, PartialEq, Eq)]
enum Tags {
    /// `*`
    Any,
    List(Vec<Tag>),
}

/// An entity tag (RFC 9110, 8.8.3). It may have commas, and bytes that are not ASCII.
#[derive(Debug, PartialEq, Eq)]
struct Tag {
    is_weak: bool,
    /// What is between the quotes.
    opaque: Vec<u8>,
}

/// Whether the whole header could be read.
#[derive(Debug, PartialEq, Eq)]
struct Complete(bool);

/// How tags are compared (RFC 9110, 8.8.3.2): weak tags are never equal in a strong comparison.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Strong,
    Weak,
}

impl Tags {
    fn have(&self, opaque: &str, comparison: Comparison) -> bool {
        match self {
            Tags::Any => true,
            Tags::List(tags) => tags
                .iter()
                .any(|tag| tag.opaque == opaque.as_bytes() && (comparison == Comparison::Weak || !tag.is_weak)),
        }
    }
}

impl Tag {
    /// Returns the version that the tag is. Tags are compared byte by byte, so "+1" and "01" are not versions.
    fn version(&self) -> Option<u64> {
        let text = std::str::from_utf8(&self.opaque).ok()?;
        text.parse().ok().filter(|version: &u64| version.to_string() == text)
    }
}

/// Returns what a request lists in a header, or nothing if it has no such header.
fn sent(parts: &Parts, name: &HeaderName) -> Option<(Tags, Complete)> {
    // Several lines are one list (RFC 9110, 5.3).
    let lines: Vec<_> = parts.headers.get_all(name).iter().map(http::HeaderValue::as_bytes).collect();
    (!lines.is_empty()).then(|| list(&lines.join(&b',')))
}

/// Reads a list of tags. A part that is not a tag is skipped.
fn list(value: &[u8]) -> (Tags, Complete) {
    let mut rest = value.trim_ascii();
    if rest == b"*" {
        return (Tags::Any, Complete(true));
    }
    let (mut tags, mut complete) = (Vec::new(), true);
    while !rest.is_empty() {
        if let Some((found, after)) = tag(rest) {
            tags.push(found);
            rest = after.trim_ascii_start();
        }
        // Between two tags is a comma. Empty elements are permitted (RFC 9110, 5.6.1).
        let next = rest.iter().position(|byte| *byte == b',');
        complete &= next.unwrap_or(rest.len()) == 0;
        rest = next.map_or(&[][..], |comma| rest[comma + 1..].trim_ascii_start());
    }
    complete &= !tags.is_empty();
    (Tags::List(tags), Complete(complete))
}

/// Reads the tag at the beginning of a list. Returns it and the rest.
fn tag(list: &[u8]) -> Option<(Tag, &[u8])> {
    let (is_weak, quoted) = list.strip_prefix(b"W/").map_or((false, list), |rest| (true, rest));
    let inner = quoted.strip_prefix(b"\"")?;
    let end = inner.iter().position(|byte| *byte == b'"')?;
    let (opaque, rest) = (&inner[..end], &inner[end + 1..]);
    let is_visible = |byte: &u8| byte.is_ascii_graphic() || !byte.is_ascii();
    opaque.iter().all(is_visible).then(|| (Tag { is_weak, opaque: opaque.to_vec() }, rest))
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    type Headers<'a> = [(&'a str, &'a [u8])];

    async fn precondition(headers: &Headers<'_>) -> Result<Precondition> {
        let request =
            headers.iter().fold(Request::put("/books/1"), |request, (name, value)| request.header(*name, *value));
        let (mut parts, ()) = request.body(()).expect("a request").into_parts();
        Precondition::from_request_parts(&mut parts, &()).await
    }

    #[tokio::test]
    async fn fl18_both_headers_decide_about_a_change() {
        let cases: [(&Headers<'_>, Versions, bool); 12] = [
            (&[], Versions::Any, true),
            (&[("if-match", b"*")], Versions::Any, true),
            (&[("if-match", b"\"3\"")], Versions::OneOf(vec![3]), true),
            (&[("if-match", b"\"1\" ,, \"3\",")], Versions::OneOf(vec![1, 3]), true),
            (&[("if-match", b"\"1\""), ("if-match", b"\"3\"")], Versions::OneOf(vec![1, 3]), true),
            (&[("if-match", b"W/\"3\"")], Versions::OneOf(vec![]), false),
            // A valid tag that is no version: with a comma, or with bytes that are not ASCII.
            (&[("if-match", b"\"a,b\", \"\xe9\"")], Versions::OneOf(vec![]), false),
            (&[("if-none-match", b"*")], Versions::OneOf(vec![]), false),
            (&[("if-none-match", b"\"2\", \"x\"")], Versions::NoneOf(vec![2]), true),
            (&[("if-none-match", b"W/\"3\"")], Versions::NoneOf(vec![3]), false),
            (&[("if-match", b"\"3\", \"4\""), ("if-none-match", b"\"3\"")], Versions::OneOf(vec![4]), false),
            (&[("if-match", b"*"), ("if-none-match", b"\"x,\xe9\"")], Versions::Any, true),
        ];
        for (headers, versions, allows) in cases {
            let precondition = precondition(headers).await.expect("valid");
            assert_eq!(precondition.versions(), versions, "{headers:?}");
            assert_eq!(precondition.allows(3), allows, "{headers:?}");
            assert_eq!(precondition.versions().allow(3), allows, "{headers:?}");
        }
    }

    #[tokio::test]
    async fn fl18_what_is_not_a_list_of_tags_is_refused() {
        for wrong in
            ["", " ", ",", "3", "\"3", "3\"", "\"1\" \"3\"", "W/3", "*, \"3\"", "\"3\", *", "\"a b\"", "\"1\"x"]
        {
            for name in ["if-match", "if-none-match"] {
                assert!(precondition(&[(name, wrong.as_bytes())]).await.is_err(), "{name}: {wrong}");
            }
        }
        let many = |count: usize| vec!["\"7\""; count].join(",");
        assert!(precondition(&[("if-match", many(100).as_bytes())]).await.is_ok());
        assert!(precondition(&[("if-match", many(101).as_bytes())]).await.is_err());
    }

    #[test]
    fn fc1_one_unreadable_tag_voids_no_other() {
        let has = |value: &[u8]| IfNoneMatch(Some(list(value).0)).has("3");
        for value in [&b"\"3\""[..], b"x, \"3\"", b"\"\xff\", W/\"3\"", b"caf\xe9,\"3\"", b"\"a,b\",\"3\"", b"*"] {
            assert!(has(value), "{value:?}");
        }
        for value in [&b""[..], b"3", b"\"3", b"\"33\"", b"\"a,\"3\"\"", b"\"a,3\""] {
            assert!(!has(value), "{value:?}");
        }
    }
}

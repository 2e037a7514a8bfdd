//! What a handler may ask of a request. Each part is parsed once, here, or the request ends in a problem document
//! that names the part.

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{FromRequest, FromRequestParts, Request};
use http::HeaderValue;
use http::header::{self, HeaderName};
use http::request::Parts;
use serde::de::DeserializeOwned;
use std::convert::Infallible;
use std::str::FromStr;
use utoipa::IntoParams;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use crate::edge::error::{Error, Result};

/// A JSON body.
///
/// # Errors
/// 415 where the content type is another; 413 over the function's limit; 400 naming the field for what is not
/// JSON, of the wrong type, unknown, missing or given twice.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        if !is_json(request.headers()) {
            return Err(Error::UnsupportedMediaType("application/json"));
        }
        let bytes = whole_body(request, state).await?;
        parse_json(&bytes).map(Body)
    }
}

/// All of a body.
///
/// # Errors
/// 413 over the route's limit.
pub async fn whole_body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes> {
    match Bytes::from_request(request, state).await {
        Ok(bytes) => Ok(bytes),
        Err(BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_))) => Err(Error::TooLarge),
        Err(_) => Err(Error::invalid("", "the body did not arrive whole")),
    }
}

/// `application/json`, or its merge-patch kind, in UTF-8 or without a word about it.
fn is_json(headers: &http::HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let mut parts = value.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let json =
        ["application/json", "application/merge-patch+json"].iter().any(|known| essence.eq_ignore_ascii_case(known));
    json && parts.all(|parameter| parameter.replace('"', "").eq_ignore_ascii_case("charset=utf-8"))
}

fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    // Every body is an object. serde would take an array for one: the values of the fields in their order.
    if bytes.trim_ascii_start().first().is_some_and(|first| *first != b'{') {
        return Err(Error::invalid("", "the body should be a JSON object"));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let pointer = pointer(error.path());
        let error = error.into_inner();
        match error.classify() {
            serde_json::error::Category::Data => {
                let (field, detail) = plain(&error);
                let pointer = match field {
                    Some(name) => format!("{}/{}", parent(&pointer, &name), escape(&name)),
                    None => pointer,
                };
                Error::invalid(pointer, detail)
            }
            _ => Error::invalid("", format!("the body is not JSON: {error}")),
        }
    })?;
    json.end().map_err(|_| Error::invalid("", "there is something after the JSON value"))?;
    Ok(value)
}

/// The JSON Pointer (RFC 6901) of a place in the body.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let segments = path.iter().map(|segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", escape(key)),
        Segment::Enum { variant } => format!("/{variant}"),
        Segment::Unknown => String::new(),
    });
    segments.collect()
}

fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// `pointer` without `name` at its end: serde_path_to_error names the field already in some cases.
fn parent<'a>(pointer: &'a str, name: &str) -> &'a str {
    pointer.strip_suffix(&escape(name)).and_then(|parent| parent.strip_suffix('/')).unwrap_or(pointer)
}

/// What serde says, for a person, without the line that the pointer replaces; and the field that it says it of.
/// Neither what was sent, which may be a password, nor the types of our own.
fn plain(error: &impl ToString) -> (Option<String>, String) {
    let message = error.to_string();
    let message = message.rfind(" at line ").map_or(message.as_str(), |end| &message[..end]);
    let field = |says: &str| {
        let rest = message.strip_prefix(says)?.strip_prefix(" field `")?;
        rest.split("`, ").next().map(|name| name.trim_end_matches('`').to_owned())
    };
    for (says, detail) in [("missing", "is missing"), ("duplicate", "is given twice"), ("unknown", "is not known here")]
    {
        if let Some(name) = field(says) {
            return (Some(name), detail.into());
        }
    }
    match message.strip_prefix("invalid ").and_then(|message| message.rsplit_once(", expected ")) {
        Some((_, expected)) if expected.starts_with("struct ") => (None, "should be an object".into()),
        Some((_, expected)) if expected.trim_start_matches(['i', 'u']).parse::<u8>().is_ok() => {
            (None, "should be a whole number".into())
        }
        Some((_, expected)) => (None, format!("should be {expected}")),
        // Rust's words for what is no number, or beyond its types.
        None if message == "invalid digit found in string" => (None, "should be a whole number".into()),
        None if message.starts_with("number too ") => (None, "is too far from 0".into()),
        None => (None, message.to_owned()),
    }
}

/// The query string.
///
/// # Errors
/// 400 naming the parameter that is unknown, given twice, or not as it should be.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
        let parsed = serde_path_to_error::deserialize(pairs);
        parsed.map(Query).map_err(|error| {
            let name = error.path().to_string();
            let (field, detail) = plain(&error.into_inner());
            Error::invalid(format!("?{}", field.unwrap_or(name)), detail)
        })
    }
}

/// The one id in the path.
///
/// # Errors
/// 400 where it is not of the form of an id.
pub struct Path<T>(pub T);

impl<T: FromStr<Err = &'static str>, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let captured = axum::extract::RawPathParams::from_request_parts(parts, state).await;
        let captured = captured.map_err(|_| Error::NotFound("route"))?;
        let (name, value) = captured.iter().next().ok_or(Error::NotFound("route"))?;
        value.parse().map(Path).map_err(|detail| Error::invalid(format!("{{{name}}}"), detail))
    }
}

/// `If-Match` (RFC 9110, 13.1.1): the versions that the client will have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// No header or `*`: whatever is there.
    Any,
    /// One of these. Tags that we never gave match nothing.
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
        // DynamoDB's IN takes no more.
        if tags.len() > 100 {
            return Err(Error::invalid("If-Match", "should have at most 100 ETags"));
        }
        let sent = parts.headers.contains_key(header::IF_MATCH);
        let versions = tags.into_iter().filter_map(version).collect();
        Ok(if sent { IfMatch::Versions(versions) } else { IfMatch::Any })
    }
}

/// Whether it is an entity tag (RFC 9110, 8.8.3). Between its quotes may be everything that is visible, but quotes.
fn is_etag(tag: &str) -> bool {
    let quoted = tag.strip_prefix("W/").unwrap_or(tag);
    let opaque = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    opaque.is_some_and(|opaque| opaque.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"'))
}

/// The version that a tag means. Tags are equal to the letter, so "+1" and "01" mean none, and weak ones never match.
fn version(tag: &str) -> Option<u64> {
    let text = tag.strip_prefix('"')?.strip_suffix('"')?;
    text.parse().ok().filter(|version: &u64| version.to_string() == text)
}

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        // Commas stand between tags only: ours have none inside.
        let tag = r#"(W/)?"[!#-+\--~]*""#;
        let list = format!(r"^(\*|{tag}([ \t]*,[ \t]*{tag}){{0,99}})$");
        vec![header_parameter(
            "If-Match",
            "The ETag of the version that is meant.",
            text().min_length(Some(1)).pattern(Some(list)),
        )]
    }
}

/// `If-None-Match` (RFC 9110, 13.1.2): the versions that the client has.
#[derive(Debug, Clone)]
pub struct IfNoneMatch(Option<HeaderValue>);

impl IfNoneMatch {
    /// Whether the client has that one. Weak tags count: what is equal but for its bytes need not be sent again.
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

impl IntoParams for IfNoneMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![header_parameter("If-None-Match", "The ETag of the version that you have.", text())]
    }
}

/// `Idempotency-Key`: the client's name for one intention, so that sending it again does not do it again.
#[derive(Debug, Clone)]
pub struct IdempotencyKey(pub String);

/// The header's name.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

impl<S: Send + Sync> axum::extract::OptionalFromRequestParts<S> for IdempotencyKey {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>> {
        let mut values = parts.headers.get_all(IDEMPOTENCY_KEY).iter();
        let Some(value) = values.next() else { return Ok(None) };
        match value.to_str() {
            Ok(key) if (1..=128).contains(&key.len()) && values.next().is_none() => {
                Ok(Some(IdempotencyKey(key.into())))
            }
            _ => Err(Error::invalid("Idempotency-Key", "should be one value of 1 to 128 visible ASCII characters")),
        }
    }
}

impl IntoParams for IdempotencyKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let name = text().min_length(Some(1)).max_length(Some(128));
        vec![header_parameter("Idempotency-Key", "Your name for this one intention.", name)]
    }
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn header_parameter(name: &str, description: &str, schema: ObjectBuilder) -> Parameter {
    let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header).required(Required::False);
    parameter.description(Some(description)).schema(Some(schema)).build()
}

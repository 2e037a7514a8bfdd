//! Bodies.

use axum::body::{Bytes, HttpBody};
use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{FromRequest, OptionalFromRequest, Request};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use serde::de::DeserializeOwned;
use utoipa::PartialSchema;
use utoipa::openapi::{RefOr, Schema};

use crate::edge::error::{Error, Invalid, Result};
use crate::edge::extract::fields;
use crate::edge::extract::json::{Json, escape};
use crate::edge::headers::media_type;
use crate::edge::refusals::{self, Refusal, TooLarge, UnsupportedMediaType};
use crate::edge::refuses::Refuses;

/// A JSON body.
///
/// # Errors
/// 415 for another content type or an encoded body; 413 over the route's limit; 400 if there is no body, if it is not JSON,
/// or if fields are unknown, missing, given twice, or of a wrong type or value. The problem document names all of these
/// fields, at most 100.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + PartialSchema, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        match media_type(request.headers()).as_deref() {
            Some("application/json" | "application/merge-patch+json") => {}
            None if !request.headers().contains_key(CONTENT_TYPE) && request.body().is_end_stream() => {
                return Err(Error::Invalid(missing::<T>()));
            }
            _ => return Err(UnsupportedMediaType::Json.into()),
        }
        parse(&whole_body(request, state).await?).map(Body).map_err(Error::Invalid)
    }
}

impl<T: DeserializeOwned + PartialSchema, S: Send + Sync> OptionalFromRequest<S> for Body<T> {
    type Rejection = Error;

    /// Reads the body, if there is one.
    async fn from_request(request: Request, state: &S) -> Result<Option<Self>> {
        if request.body().is_end_stream() {
            return Ok(None);
        }
        <Self as FromRequest<S>>::from_request(request, state).await.map(Some)
    }
}

impl<T> Refuses for Option<Body<T>> {
    fn refusals() -> Vec<Refusal> {
        Body::<T>::refusals()
    }
}

impl<T> Refuses for Body<T> {
    fn refusals() -> Vec<Refusal> {
        let of_type = [UnsupportedMediaType::Json.refusal(), UnsupportedMediaType::Encoded.refusal()];
        [vec![refusals::Invalid::Input.refusal(), TooLarge::Body.refusal()], of_type.into()].concat()
    }
}

/// Reads a whole body.
///
/// # Errors
/// 415 if the body is compressed or encoded in another way; 413 over the route's limit; 400 if the body is not complete.
pub async fn whole_body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes> {
    let codings = request
        .headers()
        .get_all(CONTENT_ENCODING)
        .iter()
        .flat_map(|value| value.as_bytes().split(|&byte| byte == b','));
    // RFC 9110, 8.4.1: the body as it is.
    if codings.map(<[u8]>::trim_ascii).any(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case(b"identity")) {
        return Err(UnsupportedMediaType::Encoded.into());
    }
    match Bytes::from_request(request, state).await {
        Ok(bytes) => Ok(bytes),
        Err(BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_))) => Err(TooLarge::Body.into()),
        Err(_) => Err(Error::invalid("", "the body is not complete")),
    }
}

/// Says that there is no body, and what it needs.
fn missing<T: DeserializeOwned + PartialSchema>() -> Vec<Invalid> {
    let body = Invalid { pointer: String::new(), detail: "the body is missing; send a JSON object".into() };
    let fields = parse::<T>(b"{}").err().unwrap_or_default();
    [body].into_iter().chain(fields).collect()
}

fn parse<T: DeserializeOwned + PartialSchema>(bytes: &[u8]) -> Result<T, Vec<Invalid>> {
    let one = |pointer: String, detail: String| vec![Invalid { pointer, detail }];
    let Json::Object(fields) = Json::parse(bytes).map_err(|error| vec![error])? else {
        return Err(one(String::new(), "the body should be a JSON object".into()));
    };
    fields::read(fields, required::<T>).map_err(|wrong| {
        let invalid = wrong.into_iter().map(|wrong| Invalid {
            pointer: wrong.path.iter().map(|name| format!("/{}", escape(name))).collect(),
            detail: wrong.detail,
        });
        invalid.collect()
    })
}

/// Returns the required fields of a body, as the contract names them: serde can name the first of those that are missing
/// only.
fn required<T: PartialSchema>() -> Vec<String> {
    match T::schema() {
        RefOr::T(Schema::Object(object)) => object.required,
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use utoipa::ToSchema;

    use super::parse;
    use crate::values::{Bounded, Email, Text};

    #[derive(Debug, PartialEq, Deserialize, ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Order {
        title: Text<10>,
        email: Option<Email>,
        #[serde(default)]
        copies: Option<Bounded<1, 10>>,
        express: Option<bool>,
        speed: Option<Speed>,
        tags: Option<Vec<String>>,
        sender: Option<Sender>,
    }

    #[derive(Debug, PartialEq, Deserialize, ToSchema)]
    #[serde(rename_all = "lowercase")]
    enum Speed {
        Slow,
        Fast,
    }

    #[derive(Debug, PartialEq, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    struct Sender {
        name: Text<5>,
    }

    /// Returns the pointers and details of the errors of a body.
    fn wrong(body: &str) -> Vec<(String, String)> {
        let errors = parse::<Order>(body.as_bytes()).expect_err(body);
        errors.into_iter().map(|error| (error.pointer, error.detail)).collect()
    }

    fn pair(pointer: &str, detail: &str) -> (String, String) {
        (pointer.to_owned(), detail.to_owned())
    }

    #[test]
    fn a_body_is_read() {
        let body =
            r#"{"title": " Emma ", "copies": 5.0, "speed": "fast", "tags": ["a", "\u00e9"], "sender": {"name": "J"}}"#;
        let order = parse::<Order>(body.as_bytes()).expect("valid");
        assert_eq!(order.title.as_str(), "Emma");
        assert_eq!(order.copies.map(Bounded::get), Some(5));
        assert_eq!((order.speed, order.express, order.email), (Some(Speed::Fast), None, None));
        assert_eq!(order.tags, Some(vec!["a".to_owned(), "é".to_owned()]));
        assert_eq!(order.sender.expect("a sender").name.as_str(), "J");
    }

    #[test]
    fn all_invalid_fields_are_named_at_once() {
        let body = r#"{"title": "", "email": "nobody", "copies": 11, "express": "yes", "speed": "faster", "color": 1,
            "tags": [1, "a", 2], "sender": {"name": "J. Doe", "age": 1}, "name": 1}"#;
        let named = [
            pair("/title", "should have 1 to 10 characters"),
            pair("/email", "should be an email address such as jane@example.com"),
            pair("/copies", "should be a whole number from 1 to 10"),
            pair("/express", "should be a boolean"),
            pair("/speed", "should be `slow` or `fast`"),
            pair("/color", "is not known here"),
            pair("/tags/0", "should be a string"),
            pair("/tags/2", "should be a string"),
            pair("/sender/name", "should have 1 to 5 characters"),
            pair("/sender/age", "is not known here"),
            pair("/name", "is not known here"),
        ];
        assert_eq!(wrong(body), named);
    }

    #[test]
    fn missing_and_repeated_fields_are_named_with_the_others() {
        assert_eq!(wrong("{}"), [pair("/title", "is missing")]);
        assert_eq!(wrong(r#"{"copies": 0}"#).len(), 2);
        assert_eq!(
            wrong(r#"{"title": "a", "copies": 1, "\u0063opies": null, "express": 1}"#),
            [pair("/copies", "is given twice"), pair("/express", "should be a boolean")]
        );
        assert_eq!(wrong(r#"{"title": "a", "sender": {}}"#), [pair("/sender/name", "is missing")]);
        assert_eq!(
            wrong(r#"{"title": "a", "sender": {"name": "J", "name": "K"}}"#),
            [pair("/sender/name", "is given twice")]
        );
    }

    #[derive(Debug, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "it is never read whole")]
    struct Book {
        title: Text<10>,
        author: Text<10>,
        pages: Option<u32>,
        #[schema(required = false)]
        #[serde(default)]
        copies: u32,
        isbn: Text<13>,
    }

    #[test]
    fn all_missing_fields_are_named_after_the_invalid_ones() {
        for (body, named) in [
            ("{}", vec![("/title", "is missing"), ("/author", "is missing"), ("/isbn", "is missing")]),
            (
                r#"{"isbn": 7, "color": 1, "pages": "x"}"#,
                vec![
                    ("/isbn", "should be a string"),
                    ("/color", "is not known here"),
                    ("/pages", "should be a whole number"),
                    ("/title", "is missing"),
                    ("/author", "is missing"),
                ],
            ),
        ] {
            let errors = parse::<Book>(body.as_bytes()).expect_err(body);
            let errors: Vec<_> = errors.iter().map(|error| (error.pointer.as_str(), error.detail.as_str())).collect();
            assert_eq!(errors, named, "{body}");
        }
    }

    #[test]
    fn fl17_a_byte_order_mark_before_the_body_is_skipped() {
        assert!(parse::<Order>("\u{feff}{\"title\": \"Emma\"}".as_bytes()).is_ok());
        assert!(parse::<Order>("\u{feff}\u{feff}{\"title\": \"Emma\"}".as_bytes()).is_err());
    }

    #[test]
    fn fc5_a_text_that_was_not_sent_in_utf_8_is_refused() {
        let damaged = "has characters that were not sent in UTF-8; send UTF-8";
        for title in ["J\u{fffd}rg", "J\\ufffdrg"] {
            assert_eq!(wrong(&format!(r#"{{"title": "{title}"}}"#)), [pair("/title", damaged)]);
        }
        assert_eq!(wrong(r#"{"title": "a", "speed": "\ufffd", "tags": ["\ufffd"]}"#).len(), 2);
        let latin = parse::<Order>(b"{\"title\": \"J\xf6rg\"}").expect_err("Latin-1");
        assert_eq!(latin[0].detail, "the body is not UTF-8; send UTF-8");
    }

    #[test]
    fn a_pointer_escapes_names() {
        assert_eq!(wrong(r#"{"title": "a", "a/b~c": 1}"#), [pair("/a~1b~0c", "is not known here")]);
        assert_eq!(wrong(r#"{"title": "a", "": 1}"#), [pair("/", "is not known here")]);
    }

    #[test]
    fn a_body_that_is_not_an_object_is_refused() {
        for body in ["null", "1", "\"a\"", "[]", "[{}]", "true"] {
            assert_eq!(wrong(body), [pair("", "the body should be a JSON object")], "{body}");
        }
        for body in ["", " ", "{", "{} {}", "{}x", "{'a': 1}", r#"{"title": "\ud800"}"#, r#"{"title": 1e999}"#] {
            assert!(wrong(body)[0].1.starts_with("the body is not JSON: "), "{body}");
        }
        assert_eq!(wrong(r#"{"title": {}}"#), [pair("/title", "should be a string")]);
        assert_eq!(wrong(r#"{"title": "a", "sender": []}"#), [pair("/sender", "should be an object")]);
    }

    #[test]
    fn a_value_has_sixteen_levels_at_most() {
        let nested = |levels: usize| format!(r#"{{"title": {}{}}}"#, "[".repeat(levels), "]".repeat(levels));
        assert_eq!(wrong(&nested(15)), [pair("/title", "should be a string")]);
        for levels in [16, 1_000] {
            assert_eq!(wrong(&nested(levels)), [pair("/title", "is nested too deeply")], "{levels}");
        }
        assert_eq!(wrong(&"[".repeat(60_000)), [pair("", "is nested too deeply")]);
        assert_eq!(
            wrong(&format!(r#"{{"title":{}"#, r#"{"a":"#.repeat(10_000))),
            [pair("/title", "is nested too deeply")]
        );
    }

    #[test]
    fn at_most_a_hundred_fields_are_named() {
        let unknown: Vec<_> = (0..5_000).map(|number| format!(r#""{number}": 1"#)).collect();
        assert_eq!(wrong(&format!("{{{}}}", unknown.join(","))).len(), 100);
    }
}

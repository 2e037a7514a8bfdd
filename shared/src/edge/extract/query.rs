//! The query string.

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::edge::error::{Error, Invalid, Result};
use crate::edge::extract::fields;
use crate::edge::extract::json::Json;
use crate::edge::refusals::{self, Refusal};
use crate::edge::refuses::Refuses;

/// The query string.
///
/// # Errors
/// 400 with the name of each parameter that is unknown, missing, given twice, or of a wrong type or value.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        parse(parts.uri.query().unwrap_or_default()).map(Query).map_err(Error::Invalid)
    }
}

impl<T> Refuses for Query<T> {
    fn refusals() -> Vec<Refusal> {
        vec![refusals::Invalid::Input.refusal()]
    }
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Vec<Invalid>> {
    parse_pairs(form_urlencoded::parse(query.as_bytes()).into_owned())
}

/// Reads `T` from the pairs of a query.
///
/// # Errors
/// The parameters that are unknown, missing, given twice, or of a wrong type or value.
pub(crate) fn parse_pairs<T: DeserializeOwned>(
    pairs: impl IntoIterator<Item = (String, String)>,
) -> Result<T, Vec<Invalid>> {
    let parameters = pairs.into_iter().map(|(name, value)| (name, Json::Parameter(value)));
    fields::read(parameters, Vec::new).map_err(|wrong| {
        let invalid = wrong.into_iter().map(|wrong| Invalid {
            pointer: format!("?{}", wrong.path.first().map_or("", String::as_str)),
            detail: wrong.detail,
        });
        invalid.collect()
    })
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::parse;
    use crate::values::Bounded;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Params {
        title: String,
        limit: Option<Bounded<1, 100>>,
        all: Option<bool>,
        after: Option<i64>,
    }

    #[test]
    fn a_parameter_is_read_as_the_type_of_its_field() {
        let params = parse::<Params>("title=5&limit=7&all=true&after=-3").expect("valid");
        assert_eq!(params.title, "5");
        assert_eq!((params.limit.map(Bounded::get), params.all, params.after), (Some(7), Some(true), Some(-3)));
    }

    #[test]
    fn every_invalid_parameter_is_named() {
        let errors = parse::<Params>("limit=0&limits=1&all=1&after=x&title=a&title=b").expect_err("all wrong");
        let named: Vec<_> = errors.iter().map(|error| (error.pointer.as_str(), error.detail.as_str())).collect();
        let expected = [
            ("?limit", "should be a whole number from 1 to 100"),
            ("?limits", "is not known here"),
            ("?all", "should be a boolean"),
            ("?after", "should be a whole number"),
            ("?title", "is given twice"),
        ];
        assert_eq!(named, expected);
        let errors = parse::<Params>("").expect_err("no title");
        assert_eq!((errors[0].pointer.as_str(), errors[0].detail.as_str()), ("?title", "is missing"));
    }
}

//! The id in a path.

use std::str::FromStr;

use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;

use crate::edge::error::{Error, Result};
use crate::edge::refusals::{self, NotFound, Refusal};
use crate::edge::refuses::Refuses;

/// The one id in the path.
///
/// # Errors
/// 400 where it is not of the form of an id.
pub struct Path<T>(pub T);

impl<T: FromStr<Err = &'static str>, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        // A path whose percent-encoding is not UTF-8 names nothing.
        let captured = RawPathParams::from_request_parts(parts, state).await.map_err(|_| NotFound::Route)?;
        let (name, value) = captured.iter().next().ok_or(NotFound::Route)?;
        value.parse().map(Path).map_err(|detail| Error::invalid(format!("{{{name}}}"), detail))
    }
}

impl<T> Refuses for Path<T> {
    fn refusals() -> Vec<Refusal> {
        vec![refusals::Invalid::Input.refusal()]
    }
}

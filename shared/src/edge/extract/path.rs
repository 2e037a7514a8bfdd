//! The parameter of a path.

use std::str::FromStr;

use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;

use crate::edge::error::{Error, Result};
use crate::edge::refusals::{self, NotFound, Refusal};
use crate::edge::refuses::Refuses;

/// The only parameter of the path: an id or a name.
///
/// # Errors
/// 400 if it does not have the form of a `T`; 404 if the path is not UTF-8.
pub struct Path<T>(pub T);

impl<T: FromStr<Err = &'static str>, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        // A path that is not UTF-8 after percent-decoding matches no resource.
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

//! The parameter of a path.

use std::fmt::Display;
use std::str::FromStr;

use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;

use crate::edge::error::{Error, Result};
use crate::edge::refusals::{self, NotFound, Refusal};
use crate::edge::refuses::Refuses;

/// A parameter of the path: an id or a name. `Path<Barcode, 1>` is the second one.
///
/// # Errors
/// 400 if it does not have the form of a `T`; 404 if the path is not UTF-8.
pub struct Path<T, const AT: usize = 0>(pub T);

impl<T: FromStr<Err: Display>, S: Send + Sync, const AT: usize> FromRequestParts<S> for Path<T, AT> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        // A path that is not UTF-8 after percent-decoding matches no resource.
        let captured = RawPathParams::from_request_parts(parts, state).await.map_err(|_| NotFound::Route)?;
        let (name, value) = captured.iter().nth(AT).ok_or(NotFound::Route)?;
        value.parse().map(Path).map_err(|detail: T::Err| Error::invalid(format!("{{{name}}}"), detail.to_string()))
    }
}

impl<T, const AT: usize> Refuses for Path<T, AT> {
    fn refusals() -> Vec<Refusal> {
        vec![refusals::Invalid::Input.refusal()]
    }
}

//! `Idempotency-Key`.

use axum::extract::OptionalFromRequestParts;
use http::header::HeaderName;
use http::request::Parts;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

use crate::edge::error::{Error, Result};
use crate::edge::extract::{header_parameter, text};
use crate::edge::refusals::{self, KeyReused, Refusal};
use crate::edge::refuses::Refuses;

/// `Idempotency-Key`: the client's name for one intention. A repeated request with the same key is not carried out
/// again.
///
/// # Errors
/// 400 if the header is sent twice, or is not 1 to 128 ASCII characters.
#[derive(Debug, Clone)]
pub struct IdempotencyKey(pub String);

/// The header's name.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

impl<S: Send + Sync> OptionalFromRequestParts<S> for IdempotencyKey {
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

impl Refuses for Option<IdempotencyKey> {
    fn refusals() -> Vec<Refusal> {
        vec![refusals::Invalid::Input.refusal(), KeyReused::Key.refusal()]
    }
}

impl IntoParams for IdempotencyKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let name = text().min_length(Some(1)).max_length(Some(128));
        vec![header_parameter(
            "Idempotency-Key",
            "Your name for this intention. A request with the same key is carried out only once.",
            name,
        )]
    }
}

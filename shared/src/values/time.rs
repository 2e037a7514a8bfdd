//! Times in answers.

use jiff::Timestamp;
use serde::Serializer;

/// Serialises a time, or none, with three digits after the second (RFC 3339), so that times sort as text and strict
/// programs read them all. For `#[serde(serialize_with = "milliseconds")]`.
///
/// # Errors
/// Those of the serializer.
pub fn milliseconds<'t, S: Serializer>(
    time: impl Into<Option<&'t Timestamp>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match time.into() {
        Some(time) => serializer.collect_str(&format_args!("{time:.3}")),
        None => serializer.serialize_none(),
    }
}

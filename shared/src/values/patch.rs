//! Fields of merge patches (RFC 7396).

use serde::{Deserialize, Deserializer, de};

/// A field of a merge patch (RFC 7396): `null` removes it, a value sets it, its absence leaves it alone.
///
/// Goes with `#[serde(default, deserialize_with = "removable")]`.
///
/// # Errors
/// Where the value is neither `null` nor a `T`.
pub fn removable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// A field of a merge patch that every resource has: a value sets it, `null` is refused.
///
/// # Errors
/// Where the value is not a `T`.
pub fn required<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    match Option::deserialize(deserializer)? {
        None => Err(de::Error::custom("cannot be removed")),
        some => Ok(some),
    }
}

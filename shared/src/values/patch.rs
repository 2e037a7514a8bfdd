//! Fields of merge patches (RFC 7396).

use serde::{Deserialize, Deserializer, de};

/// A field that can be removed. `null` removes it, a value sets it, and an absent field is not changed.
///
/// Requires `#[serde(default)]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// The field was not sent.
    #[default]
    Keep,
    /// The field was `null`.
    Remove,
    /// The field gets this value.
    Set(T),
}

impl<T> Patch<T> {
    /// Applies the patch to a field.
    pub fn apply(self, field: &mut Option<T>) {
        match self {
            Patch::Keep => {}
            Patch::Remove => *field = None,
            Patch::Set(value) => *field = Some(value),
        }
    }

    /// Returns whether the field was not sent.
    pub fn is_keep(&self) -> bool {
        matches!(self, Patch::Keep)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Patch::Remove, Patch::Set))
    }
}

/// Reads an optional field that cannot be `null`: a client leaves it out instead.
///
/// For `#[serde(default, deserialize_with = "required")]`.
///
/// # Errors
/// If the value is not a `T`.
pub fn required<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    match Option::deserialize(deserializer)? {
        None => Err(de::Error::custom("cannot be null; leave it out")),
        some => Ok(some),
    }
}

//! Reads stored values without validating them.
//!
//! The rules for input change, and values that were stored under older rules must stay readable. So a value that breaks
//! the current rules is returned unchanged. A value of a wrong type is left out or, if the field is required, replaced
//! by a default.

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};

/// A value that is stored as a `Raw`.
pub(crate) trait Stored: Sized {
    /// The type in the item.
    type Raw: DeserializeOwned;

    /// Returns the value; `None` if it cannot be read.
    fn from_raw(raw: Self::Raw) -> Option<Self>;
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Found<R> {
    Right(R),
    Wrong(IgnoredAny),
}

/// Reads an optional field, for `#[serde(default, deserialize_with = "stored::optional")]`.
///
/// # Errors
/// Never.
pub(crate) fn optional<'de, T: Stored, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    let value = match Found::<T::Raw>::deserialize(deserializer) {
        Ok(Found::Right(raw)) => T::from_raw(raw),
        Ok(Found::Wrong(_)) | Err(_) => None,
    };
    if value.is_none() {
        tracing::error!(kind = std::any::type_name::<T>(), "a stored value cannot be read, and is left out");
    }
    Ok(value)
}

/// Reads a required field, for `#[serde(default, deserialize_with = "stored::required")]`. The default replaces a value
/// that cannot be read.
///
/// # Errors
/// Never.
pub(crate) fn required<'de, T: Stored + Default, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(optional(deserializer)?.unwrap_or_default())
}

/// Reads a list, for `#[serde(default, deserialize_with = "stored::list")]`. A value that cannot be read is left out.
///
/// # Errors
/// Never.
pub(crate) fn list<'de, T: Stored, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let raw = match Found::<Vec<Found<T::Raw>>>::deserialize(deserializer) {
        Ok(Found::Right(raw)) => raw,
        Ok(Found::Wrong(_)) | Err(_) => Vec::new(),
    };
    let read = |found| match found {
        Found::Right(raw) => T::from_raw(raw),
        Found::Wrong(_) => None,
    };
    Ok(raw.into_iter().filter_map(read).collect())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use crate::values::{Bounded, Email, Isbn, Text, Username};

    #[derive(Deserialize)]
    struct Item {
        #[serde(default, deserialize_with = "super::required")]
        title: Text<5>,
        #[serde(default, deserialize_with = "super::optional")]
        pages: Option<Bounded<1, 10>>,
        #[serde(default, deserialize_with = "super::optional")]
        email: Option<Email>,
        #[serde(default, deserialize_with = "super::optional")]
        username: Option<Username>,
        #[serde(default, deserialize_with = "super::optional")]
        isbn: Option<Isbn>,
    }

    fn item(json: &str) -> Item {
        serde_json::from_str(json).expect("every item can be read")
    }

    #[test]
    fn a_stored_value_that_breaks_the_rules_is_read() {
        let found = item(r#"{"title": "longer\tthan", "pages": 700, "email": "İ@x", "username": "a", "isbn": "1"}"#);
        assert_eq!(found.title.as_str(), "longer\tthan");
        assert_eq!(found.pages.map(Bounded::get), Some(700));
        assert_eq!(found.email.as_ref().map(Email::as_str), Some("İ@x"));
        assert_eq!(found.username.as_ref().map(Username::as_str), Some("a"));
        assert_eq!(found.isbn.as_ref().map(Isbn::as_str), Some("1"));
    }

    #[test]
    fn a_value_of_a_wrong_type_hides_no_other_value() {
        let found = item(r#"{"title": 7, "pages": [1], "email": {"a": 1}, "username": "jane"}"#);
        assert_eq!(found.title.as_str(), "(unreadable)");
        assert!(found.pages.is_none() && found.email.is_none() && found.isbn.is_none());
        assert_eq!(found.username.as_ref().map(Username::as_str), Some("jane"));
        assert_eq!(item("{}").title.as_str(), "(unreadable)");
    }
}

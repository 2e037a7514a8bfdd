//! Reads stored values as they are.
//!
//! Rules for input change; what was stored under older ones must still be readable. So a stored value is not validated
//! again: a value that no longer parses is shown as it is, and one of the wrong type is left out, or shown as unreadable
//! where something must be shown.

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};

/// A value that is stored as a `Raw`.
pub(crate) trait Stored: Sized {
    /// How it is stored.
    type Raw: DeserializeOwned;

    /// The value that was stored so; `None` if it cannot be shown.
    fn from_raw(raw: Self::Raw) -> Option<Self>;
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Found<R> {
    Right(R),
    Wrong(IgnoredAny),
}

/// For `#[serde(default, deserialize_with = "stored::optional")]`.
///
/// # Errors
/// Never.
pub(crate) fn optional<'de, T: Stored, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Ok(match Found::<T::Raw>::deserialize(deserializer) {
        Ok(Found::Right(raw)) => T::from_raw(raw),
        Ok(Found::Wrong(_)) | Err(_) => None,
    })
}

/// For `#[serde(default = "…", deserialize_with = "stored::required")]`: the default stands for what cannot be shown.
///
/// # Errors
/// Never.
pub(crate) fn required<'de, T: Stored + Default, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(optional(deserializer)?.unwrap_or_default())
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
        serde_json::from_str(json).expect("it always reads")
    }

    #[test]
    fn a_stored_value_is_read_whatever_the_rules_are_now() {
        let found = item(r#"{"title": "longer\tthan", "pages": 700, "email": "İ@x", "username": "a", "isbn": "1"}"#);
        assert_eq!(found.title.as_str(), "longer\tthan");
        assert_eq!(found.pages.map(Bounded::get), Some(700));
        assert_eq!(found.email.as_ref().map(Email::as_str), Some("İ@x"));
        assert_eq!(found.username.as_ref().map(Username::as_str), Some("a"));
        assert_eq!(found.isbn.as_ref().map(Isbn::as_str), Some("1"));
    }

    #[test]
    fn a_value_of_the_wrong_type_hides_nothing_else() {
        let found = item(r#"{"title": 7, "pages": [1], "email": {"a": 1}, "username": "jane"}"#);
        assert_eq!(found.title.as_str(), "(unreadable)");
        assert!(found.pages.is_none() && found.email.is_none() && found.isbn.is_none());
        assert_eq!(found.username.as_ref().map(Username::as_str), Some("jane"));
        assert_eq!(item("{}").title.as_str(), "(unreadable)");
    }
}

//! Text of one line.

use std::borrow::Cow;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::stored::Stored;

/// One line of text: 1 to `MAX` characters of any script, without control characters, and without spaces at its ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Text<const MAX: usize>(String);

impl<const MAX: usize> Text<MAX> {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The characters of `char::is_control` and of `str::trim`, for a pattern (ECMA-262). Not every engine supports
/// character classes by name.
const CONTROL: &str = r"\u0000-\u001F\u007F-\u009F";
const SPACE: &str = r"\u0020\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000";

impl<const MAX: usize> FromStr for Text<MAX> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // Before trimming: a line break at the end counts as a space, but is a control character.
        if text.chars().any(char::is_control) {
            return Err("should have no control characters".into());
        }
        let text = text.trim();
        if text.is_empty() || text.chars().count() > MAX {
            return Err(format!("should have 1 to {MAX} characters"));
        }
        Ok(Text(text.to_owned()))
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Text<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl<const MAX: usize> PartialSchema for Text<MAX> {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(MAX));
        text.pattern(Some(format!("^[^{CONTROL}]*[^{CONTROL}{SPACE}][^{CONTROL}]*$"))).into()
    }
}

impl<const MAX: usize> ToSchema for Text<MAX> {
    fn name() -> Cow<'static, str> {
        format!("TextTo{MAX}").into()
    }
}

impl<const MAX: usize> Stored for Text<MAX> {
    type Raw = String;

    fn from_raw(raw: String) -> Option<Self> {
        Some(Text(raw))
    }
}

impl<const MAX: usize> Default for Text<MAX> {
    /// Returns the value that replaces a stored text that cannot be read.
    fn default() -> Self {
        Text("(unreadable)".to_owned())
    }
}

/// The name of a person, a country or a language.
pub type Name = Text<100>;
/// A book's title.
pub type Title = Text<500>;
/// The author of a book.
pub type Author = Text<200>;

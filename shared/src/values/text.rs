//! Text of one line.

use std::borrow::Cow;
use std::str::FromStr;

use icu_properties::CodePointSetData;
use icu_properties::props::DefaultIgnorableCodePoint;
use serde::{Deserialize, Deserializer, Serialize, de};
use unicode_normalization::UnicodeNormalization;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::characters::is_visible;
use super::stored::Stored;

/// One line of text: 1 to `MAX` characters of any script, without control characters, and without spaces at its ends. It
/// is in Unicode's composed form (NFC), so that é is one character from every keyboard. Invisible characters stay,
/// because some scripts and emoji need them; but one character is visible.
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
const SPACE: &str = r"\u0020\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u2800\u3000";

/// Returns the invisible characters for a pattern. Those above U+FFFF have no form that every engine supports.
fn invisible() -> String {
    let ranges = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let ranges = ranges.iter_ranges().filter(|range| *range.end() <= 0xffff);
    ranges.map(|range| format!(r"\u{:04X}-\u{:04X}", range.start(), range.end())).collect()
}

impl<const MAX: usize> FromStr for Text<MAX> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // Before trimming: a line break at the end counts as a space, but is a control character.
        if text.chars().any(char::is_control) {
            return Err("should have no control characters".into());
        }
        let composed: String = text.nfc().collect();
        let text = composed.trim();
        if text.is_empty() || text.chars().count() > MAX {
            return Err(format!("should have 1 to {MAX} characters"));
        }
        if !text.contains(is_visible) {
            return Err("should have a visible character".into());
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
        text.pattern(Some(format!("^[^{CONTROL}]*[^{CONTROL}{SPACE}{}][^{CONTROL}]*$", invisible()))).into()
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
/// Why a librarian or an assistant does something.
pub type Reason = Text<200>;
/// Where a book stands.
pub type ShelfMark = Text<20>;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Name, Text, Title};
    use crate::values::characters::scalars;
    use crate::values::fold;

    #[test]
    fn fl20_a_text_is_composed_before_it_is_counted() {
        let title: Title = "e\u{301}".repeat(500).parse().expect("500 characters");
        assert_eq!(title.as_str(), "\u{e9}".repeat(500));
        assert!("e\u{301}".repeat(501).parse::<Title>().is_err());
        assert!("x".repeat(100).parse::<Name>().is_ok() && "x".repeat(101).parse::<Name>().is_err());
    }

    #[test]
    fn fl6_a_text_has_a_visible_character_and_keeps_the_invisible_ones() {
        for text in ["\u{200b}", "\u{feff}", "\u{200e} \u{200f}", "\u{3164}", "\u{2060}\u{ad}", "\u{e0020}", "\u{2800}"]
        {
            assert_eq!(text.parse::<Title>(), Err("should have a visible character".into()), "{text:?}");
        }
        for text in ["می\u{200c}خواهم", "👩\u{200d}🚀", "❤\u{fe0f}", "क्\u{200d}ष"] {
            assert_eq!(text.parse::<Title>().expect(text).as_str(), text);
        }
    }

    fn stays(text: &str) -> Result<(), String> {
        let Ok(once) = text.parse::<Text<12>>() else { return Ok(()) };
        let again = once.as_str().parse();
        if again.as_ref() != Ok(&once) || fold(text) != fold(once.as_str()) {
            return Err(format!("{text:?} is read as {once:?} and then as {again:?}"));
        }
        Ok(())
    }

    #[test]
    fn can1_every_letter_of_a_text_that_is_accepted_is_accepted_again() {
        for letter in scalars() {
            for text in
                [letter.to_string(), format!("a{letter}b"), letter.to_string().repeat(12), format!(" {letter} ")]
            {
                stays(&text).unwrap_or_else(|wrong| panic!("{wrong}"));
            }
        }
    }

    proptest! {
        #[test]
        fn can1_every_text_that_is_accepted_is_accepted_again(text in any::<String>()) {
            stays(&text).map_err(TestCaseError::fail)?;
        }
    }
}

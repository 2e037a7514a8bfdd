//! The languages of letters.

use std::borrow::Cow;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::stored::Stored;

/// A language in which letters are written: `en`, `de`, `fr` or `es`. What follows, such as `-AT`, is left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub enum Language {
    /// English.
    #[default]
    English,
    /// German.
    German,
    /// French.
    French,
    /// Spanish.
    Spanish,
}

impl Language {
    /// Every language.
    pub const ALL: [Language; 4] = [Language::English, Language::German, Language::French, Language::Spanish];

    /// Returns its code (ISO 639).
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::German => "de",
            Language::French => "fr",
            Language::Spanish => "es",
        }
    }
}

impl From<Language> for &'static str {
    fn from(language: Language) -> Self {
        language.code()
    }
}

impl FromStr for Language {
    type Err = &'static str;

    /// Reads a language tag (BCP 47) by its first part.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('-');
        let language = parts.next().and_then(|first| Language::ALL.into_iter().find(|known| known.code() == first));
        let is_part =
            |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let is_tag = text.len() <= 35 && parts.all(is_part);
        language.filter(|_| is_tag).ok_or("should be a language that letters are written in: en, de, fr or es")
    }
}

impl TryFrom<String> for Language {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl PartialSchema for Language {
    fn schema() -> RefOr<Schema> {
        let tag = ObjectBuilder::new().schema_type(Type::String).max_length(Some(35)).description(Some(
            "A language in which letters are written: `en`, `de`, `fr` or `es`. What follows, such as `-AT`, is left out.",
        ));
        tag.pattern(Some("^(en|de|fr|es)(-[A-Za-z0-9]{1,8})*$")).examples(["de"]).into()
    }
}

impl ToSchema for Language {
    fn name() -> Cow<'static, str> {
        "Language".into()
    }
}

impl Stored for Language {
    type Raw = String;

    fn from_raw(raw: String) -> Option<Self> {
        raw.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn dk61_a_language_is_the_first_part_of_its_tag() {
        for (tag, language) in [("de", Language::German), ("de-AT", Language::German), ("es-419", Language::Spanish)] {
            assert_eq!(tag.parse(), Ok(language), "{tag}");
        }
        for tag in ["", "pl", "DE", "deu", "de-", "de_AT", "de AT", "de-123456789", "-de"] {
            assert!(tag.parse::<Language>().is_err(), "{tag}");
        }
    }
}

//! Usernames.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_security::MixedScript;
use utoipa::ToSchema;

use super::stored::Stored;

/// A name of 3 to 32 letters of one script, digits, `.`, `_` or `-`. It keeps its case, but two names that differ only
/// in case are the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, format = "username", min_length = 3, max_length = 32, example = "jane")]
pub struct Username(String);

impl Username {
    /// Returns the name in its user's spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the name in the form in which names are compared.
    pub fn folded(&self) -> String {
        // Full case folding: letters with the same upper case become equal (ß and ss, ς and σ). The dotless ı becomes
        // an i, because it looks like one. The first step is lower case, because ẞ has no other upper case.
        let lower = self.0.chars().flat_map(char::to_lowercase);
        lower.flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfkc().collect()
    }
}

impl FromStr for Username {
    type Err = &'static str;

    /// Parses a name in Unicode's compatibility form (NFKC), in which IETF PRECIS compares usernames (RFC 8265).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name: String = text.trim().nfkc().collect();
        if !(3..=32).contains(&name.chars().count()) {
            return Err("should have 3 to 32 characters");
        }
        if !name.chars().all(|letter| is_visible(letter) || matches!(letter, '.' | '_' | '-')) {
            return Err("should have letters, digits, '.', '_' and '-' only");
        }
        if !name.contains(is_visible) {
            return Err("should have at least one letter or digit");
        }
        // Scripts that are written together, for example the three of Japanese, count as one (UTS 39).
        if !name.is_single_script() {
            return Err("should have letters of one script: those of two can be mistaken for each other");
        }
        Ok(Username(name))
    }
}

/// Returns whether it is a visible letter or digit. The two fillers of Hangul are invisible letters.
fn is_visible(letter: char) -> bool {
    letter.is_alphanumeric() && !matches!(letter, '\u{115f}' | '\u{1160}')
}

impl TryFrom<String> for Username {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl Stored for Username {
    type Raw = String;

    fn from_raw(raw: String) -> Option<Self> {
        Some(Username(raw))
    }
}

#[cfg(test)]
mod tests {
    use super::Username;

    fn parse(text: &str) -> Result<Username, &'static str> {
        text.parse()
    }

    #[test]
    fn a_name_keeps_its_case_and_is_compared_without_it() {
        for (one, other) in [
            ("Jane.Doe", "jane.doe"),
            ("STRASSE", "straße"),
            ("STRAẞE", "straße"),
            ("ΣΊΣΥΦΟΣ", "σίσυφος"),
            ("ΙΛΙΆΣ", "ιλιάσ"),
            ("ＪＡＮＥ", "jane"),
            ("ﬁona", "FIONA"),
            ("rene\u{301}e", "RENÉE"),
            ("ΙΡΙΝΑ", "ιρινα"),
            ("ИРИНА", "ирина"),
            ("ıvan", "IVAN"),
        ] {
            let [one, other] = [one, other].map(|name| parse(name).expect("a username"));
            assert_eq!(one.folded(), other.folded());
        }
        assert_eq!(serde_json::to_string(&parse(" Jane.Doe ").expect("a username")).expect("JSON"), "\"Jane.Doe\"");
        assert_ne!(parse("renée").expect("a username").folded(), parse("renee").expect("a username").folded());
    }

    #[test]
    fn folding_twice_is_folding_once() {
        for letter in '\0'..='\u{1ffff}' {
            let Ok(name) = parse(&letter.to_string().repeat(3)) else { continue };
            let folded = name.folded();
            if let Ok(again) = parse(&folded) {
                assert_eq!(again.folded(), folded, "{letter}");
            }
        }
    }

    #[test]
    fn names_of_many_scripts_are_accepted() {
        for name in [
            "jane",
            "007",
            "J_2.0",
            "ирина",
            "ελένη",
            "さくらサクラ桜",
            "スーパーマン",
            "김철수",
            "王小明",
            "דוד",
            "فاطمة",
            "राम",
        ] {
            assert!(parse(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn letters_of_two_scripts_do_not_mix() {
        // Each has at least one letter of another script that looks like a letter of the first.
        for name in ["jаne", "аdmin", "Αdmin", "pаypal", "ирuна", "ελενη\u{430}", "jane김", "sakuraさ", "jane\u{9ea}"]
        {
            assert!(parse(name).is_err_and(|reason| reason.contains("one script")), "{name}");
        }
    }

    #[test]
    fn an_invalid_name_is_refused() {
        let long = "a".repeat(33);
        for text in [
            "",
            "ab",
            "...",
            "-_-",
            "jane@example.com",
            "jane＠example.com",
            "jane doe",
            "jane\u{0}",
            "jane\u{200d}doe",
            "jane\u{202e}",
            "jane/doe",
            "jane／doe",
            "login#x",
            "\u{3164}\u{3164}\u{3164}",
            "\u{115f}\u{1160}\u{ffa0}",
            "😀😀😀",
            &long,
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse(&"é".repeat(32)).is_ok());
    }
}

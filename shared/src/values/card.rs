//! The numbers of readers' cards.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Isbn;
use super::stored::Stored;

/// The number of a reader's card: 4 to 32 ASCII letters and digits, with at least one digit. It is text: `0041` is not
/// `41`. Upper and lower case are the same, and blanks and hyphens between its characters are no part of it.
///
/// A card shares its codes with books. So it is no ISBN, and not 13 digits that begin with 29, which label copies.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, min_length = 4, max_length = 100, pattern = "[0-9]", example = "2041 0077")]
pub struct Card(String);

impl Card {
    /// Returns the number in the form in which it is stored and compared: `2041 0077` → `20410077`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The longest text that is read.
const LONGEST: usize = 100;

impl FromStr for Card {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let blanks = |letter: char| letter.is_whitespace() || letter == '-';
        let number: String = text.chars().take(LONGEST + 1).filter(|&letter| !blanks(letter)).collect();
        if text.len() > LONGEST
            || !(4..=32).contains(&number.len())
            || !number.bytes().all(|byte| byte.is_ascii_alphanumeric())
        {
            return Err("should have 4 to 32 letters and digits");
        }
        if !number.bytes().any(|byte| byte.is_ascii_digit()) {
            return Err("should have at least one digit");
        }
        let is_number_of_a_book = number.len() == 13 && number.parse::<Isbn>().is_ok();
        let is_label =
            number.starts_with("29") && number.len() == 13 && number.bytes().all(|byte| byte.is_ascii_digit());
        if is_number_of_a_book || is_label {
            return Err("is the number of a book");
        }
        Ok(Card(number.to_ascii_uppercase()))
    }
}

impl TryFrom<String> for Card {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl Stored for Card {
    type Raw = String;

    fn from_raw(raw: String) -> Option<Self> {
        Some(Card(raw))
    }
}

#[cfg(test)]
mod tests {
    use super::Card;

    #[test]
    fn dk25_a_card_is_text_without_blanks_hyphens_and_case() {
        let card = |text: &str| text.parse::<Card>().map(|card| card.as_str().to_owned());
        for text in ["2041 0077", "2041-0077", " 20410077 ", "2041\u{a0}0077"] {
            assert_eq!(card(text).as_deref(), Ok("20410077"), "{text:?}");
        }
        assert_eq!(card("ab12").as_deref(), Ok("AB12"));
        assert_eq!(card("0041").as_deref(), Ok("0041"), "a leading zero counts");
        for text in [
            "",
            "41",
            "004",
            "card",
            "2041/0077",
            "２０４１",
            "é123",
            "9780306406157",
            "978-0-306-40615-7",
            "2900000000018",
        ] {
            assert!(card(text).is_err(), "{text:?}");
        }
        assert!(card("2900").is_ok() && card("290000000001A").is_ok());
        assert!(card(&"1".repeat(32)).is_ok() && card(&"1".repeat(33)).is_err());
        assert!(card(&"1 ".repeat(2_000)).is_err());
    }
}

//! The numbers of readers' cards.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Code;
use super::code::IN_HOUSE;
use super::stored::Stored;

/// The number of a reader's card: 4 to 32 ASCII letters and digits, with at least one digit. It is text: `0041` is not
/// `41`. Upper and lower case are the same, and blanks and hyphens between its characters are no part of it.
///
/// A card shares its codes with books. So it is no ISBN, and not 13 digits that begin with 29, which are on copies.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, min_length = 4, max_length = 500, pattern = "[0-9]", example = "2041 0077")]
pub struct Card(String);

impl Card {
    /// Returns the number in the form in which it is stored and compared: `2041 0077` → `20410077`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Card {
    type Err = String;

    /// Reads a number as it is typed or scanned: what scanners add falls off, as from every [`Code`].
    fn from_str(text: &str) -> Result<Self, String> {
        let Code::Number(number) = text.parse()? else { return Err("is the number of a book".into()) };
        if !number.bytes().any(|byte| byte.is_ascii_digit()) {
            return Err("should have at least one digit".into());
        }
        if number.len() == 13 && number.starts_with(IN_HOUSE) && number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err("is the number of a copy".into());
        }
        Ok(Card(number))
    }
}

impl TryFrom<String> for Card {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
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
        for text in ["2041 0077", "2041-0077", " 20410077 ", "2041\u{a0}0077", "*20410077*", "]C120410077"] {
            assert_eq!(card(text).as_deref(), Ok("20410077"), "{text:?}");
        }
        assert_eq!(card("ab12").as_deref(), Ok("AB12"));
        assert_eq!(card("２０４１").as_deref(), Ok("2041"), "as a keyboard for Japanese writes it");
        assert_eq!(card("0041").as_deref(), Ok("0041"), "a leading zero counts");
        for text in
            ["", "41", "004", "card", "2041/0077", "é123", "9780306406157", "978-0-306-40615-7", "2900000000018"]
        {
            assert!(card(text).is_err(), "{text:?}");
        }
        assert!(card("2900").is_ok() && card("290000000001A").is_ok());
        assert!(card(&"1".repeat(32)).is_ok() && card(&"1".repeat(33)).is_err());
        assert!(card(&"1 ".repeat(2_000)).is_err());
    }
}

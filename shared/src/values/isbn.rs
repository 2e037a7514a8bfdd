//! ISBNs (ISO 2108): ISBN-10 and ISBN-13, with or without hyphens, are stored as 13 digits.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::stored::Stored;

/// A valid ISBN in its 13-digit form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, format = "isbn", example = "9780807083697")]
pub struct Isbn(String);

impl Isbn {
    /// Returns the 13 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Isbn {
    type Err = String;

    /// Parses both forms. The error says what is wrong, and names the expected check digit.
    fn from_str(text: &str) -> Result<Self, String> {
        if text.len() > 32 {
            return Err("is too long for an ISBN".into());
        }
        let digits: String = text.chars().filter(|letter| !matches!(letter, '-' | ' ')).collect();
        parse(&digits).ok_or_else(|| match check_digit(&digits) {
            Some(digit) => format!("the check digit should be {digit}"),
            None => "should be an ISBN of 10 or 13 digits, the 13 beginning with 978 or 979".into(),
        })
    }
}

impl TryFrom<String> for Isbn {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl fmt::Display for Isbn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Parses digits without hyphens: 13 of them, or the ten of an ISBN-10 (ISO 2108, annexes A and E).
fn parse(text: &str) -> Option<Isbn> {
    let (body, check) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let digits: Vec<u32> = body.chars().map(|digit| digit.to_digit(10)).collect::<Option<_>>()?;
    let thirteen = match digits.len() {
        9 if check.eq_ignore_ascii_case(check_of_ten(&digits)) => format!("978{body}"),
        12 if (text.starts_with("978") || text.starts_with("979")) && check == check_of_thirteen(body) => {
            body.to_owned()
        }
        _ => return None,
    };
    let check = check_of_thirteen(&thirteen);
    Some(Isbn(thirteen + check))
}

const CHECK_DIGITS: [&str; 11] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "X"];

/// Returns the check digit of an ISBN-10: the weighted sum, with weights from 10 to 1, is a multiple of 11.
fn check_of_ten(digits: &[u32]) -> &'static str {
    let sum: u32 = (2..=10).rev().zip(digits).map(|(weight, digit)| weight * digit).sum();
    CHECK_DIGITS[(11 - sum as usize % 11) % 11]
}

/// Returns the check digit of an ISBN-13: the weighted sum, with weights 1 and 3 in turns, is a multiple of 10.
fn check_of_thirteen(body: &str) -> &'static str {
    let digits = body.bytes().map(|digit| usize::from(digit - b'0'));
    let sum: usize = [1, 3].into_iter().cycle().zip(digits).map(|(weight, digit)| weight * digit).sum();
    CHECK_DIGITS[(10 - sum % 10) % 10]
}

/// Returns the check digit that would make these digits an ISBN.
fn check_digit(digits: &str) -> Option<&'static str> {
    let (rest, _) = digits.split_at_checked(digits.len().checked_sub(1)?)?;
    CHECK_DIGITS.into_iter().find(|digit| parse(&format!("{rest}{digit}")).is_some())
}

impl Stored for Isbn {
    type Raw = String;

    fn from_raw(raw: String) -> Option<Self> {
        Some(Isbn(raw))
    }
}

#[cfg(test)]
mod tests {
    use super::Isbn;

    fn parse(text: &str) -> Result<String, String> {
        text.parse().map(|isbn: Isbn| isbn.to_string())
    }

    #[test]
    fn every_form_becomes_the_same_thirteen_digits() {
        for spelling in ["9780306406157", "978-0-306-40615-7", "978 0 306 40615 7", "0306406152", "0-306-40615-2"] {
            assert_eq!(parse(spelling).as_deref(), Ok("9780306406157"), "{spelling}");
        }
        assert_eq!(parse("0-8044-2957-X").as_deref(), Ok("9780804429573"));
        assert_eq!(parse("0-8044-2957-x").as_deref(), Ok("9780804429573"));
    }

    #[test]
    fn a_wrong_check_digit_is_named() {
        assert_eq!(parse("9780306406158"), Err("the check digit should be 7".into()));
        assert_eq!(parse("0-8044-2957-3"), Err("the check digit should be X".into()));
    }

    #[test]
    fn an_invalid_isbn_is_refused() {
        for text in [
            "",
            "-",
            "X",
            "12345",
            "97803064061571",
            "1230306406157",
            "978030640615x",
            "ÄÖÜ0306406152",
            "０３０６４０６１５２",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}

//! ISBNs (ISO 2108): ISBN-10 and ISBN-13, with or without hyphens, are stored as 13 digits.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::characters::{digit, is_dash, is_ignorable};
use super::stored::Stored;

/// A valid ISBN in its 13-digit form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
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

    /// Parses both forms as people paste them: `ISBN-13: 978-0-306-40615-7 (pbk.)`. Dashes, spaces and invisible
    /// characters count for nothing. The error says what is wrong, and names the expected check digit.
    fn from_str(text: &str) -> Result<Self, String> {
        if text.len() > 200 {
            return Err("is too long for an ISBN".into());
        }
        let counts = |letter: &char| !letter.is_whitespace() && !is_dash(*letter) && !is_ignorable(*letter);
        let plain = |letter: char| digit(letter).unwrap_or(letter.to_ascii_lowercase());
        let compact: String = text.chars().filter(counts).map(plain).collect();
        let digits = without_label(without_note(&compact)).to_ascii_uppercase();
        parse(&digits).ok_or_else(|| match check_digit(&digits) {
            Some(digit) => format!("the check digit should be {digit}"),
            None => "should be an ISBN of 10 or 13 digits, the 13 beginning with 978 or 979".into(),
        })
    }
}

/// Removes a note in brackets at the end: `(pbk.)`. A second ISBN is no note.
fn without_note(text: &str) -> &str {
    let rest = text.strip_suffix([')', ']']).and_then(|text| text.rsplit_once(['(', '[']));
    match rest {
        Some((rest, note)) if note.bytes().filter(u8::is_ascii_digit).count() < 9 => rest,
        _ => text,
    }
}

/// Removes a label in front: `isbn:`, `isbn13`, `urn:isbn:`, `e-isbn`.
fn without_label(text: &str) -> &str {
    let Some((before, rest)) = text.split_once("isbn") else { return text };
    if before.len() > 8 || !before.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b':') {
        return text;
    }
    let rest = rest.trim_start_matches([':', '.', '#', '=']);
    // The number of digits belongs to the label if that many follow it.
    let numbered = ["10", "13"].into_iter().zip([10, 13]).find_map(|(label, digits)| {
        let rest = rest.trim_start_matches('(').strip_prefix(label)?.trim_start_matches([')', ':', '.', '#', '=']);
        (rest.len() == digits).then_some(rest)
    });
    numbered.unwrap_or(rest)
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
pub(super) fn check_of_thirteen(body: &str) -> &'static str {
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
    use proptest::prelude::*;

    use super::Isbn;
    use crate::values::characters::scalars;

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
            "9780306406157 0306406152",
            "0306406152 (9780306406157)",
            "B000FC1PJI",
            "ASIN: B000FC1PJI",
            "isbn",
            "ISBN-13:",
            "978030640615７7",
            "978 0306406157 (pbk.) 1",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn fl8_a_pasted_isbn_is_read() {
        for spelling in [
            "978\u{2011}0\u{2011}306\u{2011}40615\u{2011}7",
            "978\u{a0}0306406157",
            "\u{200e}9780306406157\u{feff}",
            "\t9780306406157\n",
            "ISBN-13: 978-0-306-40615-7",
            "ISBN-13 \u{200f}: \u{200e} 978-0306406157",
            "ISBN-10 0-306-40615-2",
            "ISBN10: 0306406152",
            "ISBN 13 978-0306406157",
            "ISBN (13): 9780306406157",
            "isbn 0306406152",
            "e-ISBN: 9780306406157",
            "urn:isbn:978-0-306-40615-7",
            "URN:ISBN:0306406152",
            "0306406152 (pbk.)",
            "0306406152 (v. 2 : alk. paper)",
            "9780306406157 [hardcover]",
            "978–0–306–40615–7",
            "978−0306406157",
            "０３０６４０６１５２",
            "۹۷۸۰۳۰۶۴۰۶۱۵۷",
        ] {
            assert_eq!(parse(spelling).as_deref(), Ok("9780306406157"), "{spelling}");
        }
        // What looks like the number of digits is the beginning of the ISBN.
        assert_eq!(parse("ISBN 1000000001").as_deref(), Ok("9781000000009"));
        assert_eq!(parse("ISBN 1-316-00000-1").as_deref(), Ok("9781316000007"));
        assert_eq!(parse("ISBN: 0-8044-2957-x (pbk.)").as_deref(), Ok("9780804429573"));
        assert_eq!(parse("ISBN-13: 9780306406158"), Err("the check digit should be 7".into()));
    }

    #[test]
    fn can1_every_letter_in_an_isbn_that_is_accepted_is_accepted_again() {
        for letter in scalars() {
            for text in
                [format!("{letter}9780306406157"), format!("978{letter}0306406157"), format!("030640615{letter}")]
            {
                let Ok(once) = parse(&text) else { continue };
                assert_eq!(parse(&once).as_ref(), Ok(&once), "{text:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn can1_every_isbn_that_is_accepted_is_accepted_again(text in any::<String>(), label in "[isbnISBN:( 013-]{0,9}") {
            for text in [text, format!("{label}9780306406157"), format!("0306406152{label}")] {
                if let Ok(once) = parse(&text) {
                    prop_assert_eq!(parse(&once), Ok(once));
                }
            }
        }
    }
}

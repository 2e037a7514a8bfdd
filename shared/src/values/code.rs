//! What a scanner reads at the desk: the ISBN of a book, the barcode of a copy, the number of a card, or the address on a
//! label of the library.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::characters::{digit, is_dash, is_ignorable};
use super::stored::Stored;
use super::{BookId, Isbn};

/// What a code says by its form. Only the library knows whether a number is on a copy or on a card.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Code {
    /// The ISBN of a book.
    Isbn(Isbn),
    /// The id of a book, from the address on a label: `https://library.example/books/…`.
    Book(BookId),
    /// A number on a copy or a card: 4 to 32 letters and digits, in upper case.
    Number(String),
}

/// The longest code that is read: an address.
const LONGEST: usize = 500;

impl FromStr for Code {
    type Err = String;

    /// Reads a code as scanners send it and as people type it. Spaces, hyphens and letter case do not matter. What a
    /// scanner adds falls off: control characters at the ends, the identifier of the symbology (ISO/IEC 15424: `]E0`),
    /// and the stars of Code 39.
    fn from_str(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err("is too long for a code".into());
        }
        let text = text.trim_matches(|letter: char| letter.is_whitespace() || letter.is_control());
        if text.contains("://") {
            return of_address(text).ok_or_else(|| "is a link, but not to a book".into());
        }
        if text.contains(char::is_control) {
            return Err("is more than one code".into());
        }
        let counts = |letter: &char| !letter.is_whitespace() && !is_dash(*letter) && !is_ignorable(*letter);
        let plain = |letter: char| digit(letter).unwrap_or(letter.to_ascii_uppercase());
        let number: String = text.chars().filter(counts).map(plain).collect();
        let number = without_stars(without_symbology(&number));
        if looks_like_an_isbn(text, number) {
            return number.parse().map(Code::Isbn);
        }
        if !(4..=32).contains(&number.len()) || !number.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err("should be 4 to 32 letters and digits, an ISBN, or the address of a book".into());
        }
        Ok(Code::Number(number.to_owned()))
    }
}

impl Code {
    /// Returns how the number may be meant, if no copy and no card has it: an ISBN-10 without hyphens, or a number between
    /// the start and stop letters of Codabar (`A20410077B`).
    pub fn otherwise(&self) -> Option<Code> {
        let Code::Number(number) = self else { return None };
        if number.len() == 10
            && let Ok(isbn) = number.parse()
        {
            return Some(Code::Isbn(isbn));
        }
        let inner = number.strip_prefix(['A', 'B', 'C', 'D'])?.strip_suffix(['A', 'B', 'C', 'D'])?;
        let is_number = inner.len() >= 4 && inner.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| inner.parse().ok()).flatten()
    }
}

/// Returns the book that an address leads to: its path ends with `/books/` and an id, in either case.
fn of_address(address: &str) -> Option<Code> {
    let path = address.split(['?', '#']).next()?.trim_end_matches('/');
    let (before, id) = path.rsplit_once('/')?;
    let is_book = before.rsplit('/').next()?.eq_ignore_ascii_case("books");
    id.parse().ok().filter(|_| is_book).map(Code::Book)
}

fn without_symbology(text: &str) -> &str {
    let rest = text.strip_prefix(']').and_then(|rest| rest.split_at_checked(2));
    match rest {
        Some((kind, rest)) if kind.bytes().all(|byte| byte.is_ascii_alphanumeric()) => rest,
        _ => text,
    }
}

fn without_stars(text: &str) -> &str {
    text.strip_prefix('*').and_then(|text| text.strip_suffix('*')).unwrap_or(text)
}

/// Returns whether a number can only be an ISBN, right or misread: 13 digits with the prefix of books; or ten digits with
/// three hyphens between them, or a right X at the end.
fn looks_like_an_isbn(text: &str, number: &str) -> bool {
    let is_prefixed = number.starts_with("978") || number.starts_with("979");
    let thirteen = is_prefixed && number.len() == 13 && number.bytes().all(|byte| byte.is_ascii_digit());
    let has_groups = || text.chars().filter(|letter| letter.is_whitespace() || is_dash(*letter)).count() == 3;
    let ten = number.len() == 10 && (number.ends_with('X') || has_groups()) && number.parse::<Isbn>().is_ok();
    thirteen || ten
}

impl TryFrom<String> for Code {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Code::Isbn(isbn) => isbn.fmt(f),
            Code::Book(id) => id.fmt(f),
            Code::Number(number) => f.write_str(number),
        }
    }
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl PartialSchema for Code {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(4)).max_length(Some(LONGEST));
        let text = text.description(Some("What a scanner reads: an ISBN, a barcode, or the address on a label."));
        text.examples(["9780807083697"]).into()
    }
}

impl ToSchema for Code {}

/// The barcode of a copy: 4 to 32 letters and digits, in upper case. It is text: leading zeros count. It is no ISBN, because
/// all copies of a book share that.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, min_length = 4, max_length = 500, example = "2900000000018")]
pub struct Barcode(String);

/// What begins the barcodes that the library prints itself: GS1 leaves 20 to 29 to each shop.
pub(super) const IN_HOUSE: &str = "29";

impl Barcode {
    /// Returns the barcode as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the barcode of the library's own series with that number: an EAN-13. `None` if the series has ended.
    pub fn in_house(number: u64) -> Option<Self> {
        let body = format!("{IN_HOUSE}{number:010}");
        (body.len() == 12).then(|| Barcode(format!("{body}{}", super::isbn::check_of_thirteen(&body))))
    }
}

impl FromStr for Barcode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse()? {
            Code::Number(number) => Ok(Barcode(number)),
            Code::Isbn(_) => Err("is an ISBN, which all copies of a book share".into()),
            Code::Book(_) => Err("should be 4 to 32 letters and digits".into()),
        }
    }
}

impl TryFrom<String> for Barcode {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl fmt::Display for Barcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Stored for Barcode {
    type Raw = String;

    fn from_raw(raw: String) -> Option<Self> {
        Some(Barcode(raw))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Barcode, Code};
    use crate::values::characters::scalars;

    const ID: &str = "0192f3a4-6f2d-7c10-8a35-d1e2f3a4b5c6";

    fn read(text: &str) -> String {
        match text.parse() {
            Ok(Code::Isbn(isbn)) => format!("isbn {isbn}"),
            Ok(Code::Book(id)) => format!("book {id}"),
            Ok(Code::Number(number)) => number,
            Err(wrong) => wrong,
        }
    }

    #[test]
    fn dk25_blanks_hyphens_and_case_do_not_matter_and_leading_zeros_do() {
        for text in ["20410077", "2041 0077", "2041-0077", " 20410077 ", "2041\u{a0}0077", "２０４１００７７"] {
            assert_eq!(read(text), "20410077", "{text:?}");
        }
        assert_eq!((read("0041").as_str(), read("ab12").as_str()), ("0041", "AB12"));
        for text in ["", "41", "a b c", "2041/0077", "é123", "*", "%%%%", &"1".repeat(33)] {
            assert!(text.parse::<Code>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn dk36_what_a_scanner_adds_falls_off() {
        for text in ["*20410077*", "\u{2}20410077\u{3}", " 20410077", "]C120410077", "20410077\r\n", "]E0*20410077*"] {
            assert_eq!(read(text), "20410077", "{text:?}");
        }
        // A card may begin and end with these letters, so what is between them counts only if nobody has the whole.
        let codabar: Code = "A20410077B".parse().expect("a code");
        assert_eq!(codabar.to_string(), "A20410077B");
        assert_eq!(codabar.otherwise().map(|code| code.to_string()).as_deref(), Some("20410077"));
        assert_eq!("20410077".parse::<Code>().expect("a code").otherwise(), None);
        assert_eq!(read("A1234\t9780306406157"), "is more than one code");
    }

    #[test]
    fn dk38_the_address_on_a_label_is_the_book() {
        for text in [
            format!("https://library.example/books/{ID}"),
            format!("https://library.example/v1/web/books/{ID}/?from=label#top"),
            format!("HTTPS://LIBRARY.EXAMPLE/BOOKS/{}", ID.to_uppercase()),
            format!(" http://localhost:3000/v1/web/books/{ID}\r\n"),
        ] {
            assert_eq!(read(&text), format!("book {ID}"), "{text}");
        }
        for text in [
            "https://example.com/",
            "https://example.com/books/9780306406157",
            &format!("https://example.com/shelves/{ID}"),
            &format!("https://example.com/books/{ID}/picture"),
        ] {
            assert_eq!(read(text), "is a link, but not to a book", "{text}");
        }
    }

    #[test]
    fn dk23_an_isbn_is_never_a_barcode() {
        for text in ["9780306406157", "978-0-306-40615-7", "]E09780306406157", "0-306-40615-2", "0 306 40615 2"] {
            assert_eq!(read(text), "isbn 9780306406157", "{text}");
            assert!(text.parse::<Barcode>().is_err(), "{text}");
        }
        assert_eq!(read("080442957X"), "isbn 9780804429573");
        assert_eq!(read("9780306406158"), "the check digit should be 7");
        // Ten digits may be a card. They are an ISBN only if nobody has them.
        let ten: Code = "0306406152".parse().expect("a code");
        assert_eq!(ten.to_string(), "0306406152");
        assert_eq!(ten.otherwise().map(|code| read(&code.to_string())).as_deref(), Some("isbn 9780306406157"));
    }

    #[test]
    fn dk32_the_librarys_own_labels_are_barcodes_with_a_check_digit() {
        let label = |number| Barcode::in_house(number).map(|label| label.to_string());
        assert_eq!(label(1).as_deref(), Some("2900000000018"));
        assert_eq!(label(9_999_999_999).as_deref(), Some("2999999999991"));
        assert_eq!(label(10_000_000_000), None);
        assert_eq!(read("2900000000018"), "2900000000018");
    }

    fn stays(text: &str) -> Result<(), String> {
        let Ok(once) = text.parse::<Code>() else { return Ok(()) };
        let again = match &once {
            Code::Book(id) => format!("https://library.example/books/{id}").parse(),
            other => other.to_string().parse(),
        };
        if again.as_ref() == Ok(&once) { Ok(()) } else { Err(format!("{text:?}: {once:?}, then {again:?}")) }
    }

    #[test]
    fn can1_every_letter_in_a_code_that_is_accepted_is_accepted_again() {
        for letter in scalars() {
            for text in [format!("{letter}2041"), format!("20{letter}41"), format!("030640615{letter}")] {
                stays(&text).unwrap_or_else(|wrong| panic!("{wrong}"));
            }
        }
    }

    proptest! {
        #[test]
        fn can1_every_code_that_is_accepted_is_accepted_again(text in any::<String>(), code in "[]*A-D0-9X -]{4,20}") {
            for text in [text, code] {
                stays(&text).map_err(TestCaseError::fail)?;
            }
        }
    }
}

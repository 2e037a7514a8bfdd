//! ISBNs, as files have them.
//!
//! The library's own parser is `shared::values::Isbn`, which reads what a person pastes, and refuses the rest. Here are the
//! damages of files: formulas, decimals, lost zeros, numbers of a spreadsheet.

use crate::problem::{Code, Problem};
use crate::text::Notes;

const POINTER: &str = "/isbn";

/// What one number in a cell is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Number {
    /// An ISBN, as 13 digits.
    Isbn(String),
    /// An ISBN that lost its first zero.
    ZeroAdded(String),
    /// An ISBN with a wrong check digit.
    CheckDigit(char),
    /// 13 digits that do not begin as an ISBN does.
    Prefix,
    /// A number that a spreadsheet rounded.
    Mangled,
    /// Another thing.
    Other,
}

/// Takes the first ISBN of these cells, and notes what is odd. Later cells count if earlier ones have none.
pub(crate) fn first<'a>(notes: &mut Notes, cells: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let mut found: Option<String> = None;
    let mut wrong = None;
    for text in cells {
        for part in text.split([';', '|']).flat_map(commas) {
            let part = clean(part);
            if part.is_empty() {
                continue;
            }
            let isbn = match number(part) {
                Number::Isbn(isbn) => isbn,
                Number::ZeroAdded(isbn) => {
                    let detail = "a zero in front was missing";
                    notes.add(Problem::at(POINTER, Code::IsbnZeroAdded, detail).of(part));
                    isbn
                }
                Number::CheckDigit(digit) => {
                    let detail = format!("the check digit should be {digit}");
                    wrong = wrong.or(Some(Problem::at(POINTER, Code::IsbnCheckDigit, detail).of(part)));
                    continue;
                }
                Number::Prefix => {
                    let detail = "is no ISBN: it does not begin with 978 or 979";
                    wrong = wrong.or(Some(Problem::at(POINTER, Code::IsbnCheckDigit, detail).of(part)));
                    continue;
                }
                Number::Mangled => {
                    let detail = "a spreadsheet rounded this number: format the column as text";
                    wrong = wrong.or(Some(Problem::at(POINTER, Code::IsbnMangled, detail).of(part)));
                    continue;
                }
                Number::Other => {
                    let detail = "should be an ISBN of 10 or 13 digits";
                    wrong = wrong.or(Some(Problem::at(POINTER, Code::IsbnBad, detail).of(part)));
                    continue;
                }
            };
            match &found {
                None => found = Some(isbn),
                Some(taken) if *taken == isbn => {}
                Some(_) => {
                    notes.add(Problem::at(POINTER, Code::IsbnTwo, "is a second ISBN, which was left out").of(&isbn))
                }
            }
        }
    }
    // A wrong number is of interest if it was the only one, or if it is a misprint.
    let told = wrong.filter(|wrong| found.is_none() || wrong.code == Code::IsbnCheckDigit);
    told.into_iter().for_each(|wrong| notes.add(wrong));
    found
}

/// Splits at commas, but not at the comma of a German number: `9,78014E+12`.
fn commas(text: &str) -> Vec<&str> {
    if is_scientific(text) { vec![text] } else { text.split(',').collect() }
}

/// Returns a number without what programs put around it: `="…"`, `[…]`, a leading `'`, a label, the qualifier, `.0`.
fn clean(text: &str) -> &str {
    let text = text.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}');
    let text = text.trim_start_matches(['=', '\'']).trim_matches('"');
    let text = text.trim_start_matches('[').split(['(', '[']).next().unwrap_or(text).trim_end_matches(']').trim();
    let text = text.trim_end_matches([':', '.']).trim_end();
    let text = text.strip_suffix(".0").unwrap_or(text);
    let lower = text.as_bytes();
    let after = ["urn:isbn:", "isbn-13", "isbn-10", "isbn13", "isbn10", "isbn"].iter().find_map(|label| {
        let start = lower.get(..label.len())?;
        start.eq_ignore_ascii_case(label.as_bytes()).then(|| text.get(label.len()..)).flatten()
    });
    after.map_or(text, |rest| rest.trim_start_matches([':', '.', '#', '=']).trim())
}

/// Returns whether a text is a number in scientific notation: `9.78E+12`, `9,78E+12`.
pub(crate) fn is_scientific(text: &str) -> bool {
    let text = text.trim();
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa_is_number = mantissa.split(['.', ',']).count() <= 2 && mantissa.split(['.', ',']).all(is_number);
    mantissa_is_number && is_number(exponent.trim_start_matches(['+', '-']))
}

/// Returns whether a cell has another thing than an ISBN, right or wrong.
pub(crate) fn is_other(text: &str) -> bool {
    number(clean(text)) == Number::Other
}

/// Says what a number is.
pub(crate) fn number(text: &str) -> Number {
    if is_scientific(text) {
        return Number::Mangled;
    }
    let is_separator =
        |letter: char| letter.is_whitespace() || matches!(letter, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    let digits: String =
        text.chars().filter(|letter| !is_separator(*letter)).map(|letter| letter.to_ascii_uppercase()).collect();
    if let Some(isbn) = thirteen(&digits) {
        return Number::Isbn(isbn);
    }
    if digits.len() == 9 && digits.bytes().take(8).all(|byte| byte.is_ascii_digit()) {
        return thirteen(&format!("0{digits}")).map_or(Number::Other, Number::ZeroAdded);
    }
    let Some((body, _)) = digits.split_at_checked(digits.len().saturating_sub(1)) else { return Number::Other };
    let right = |digit: &char| thirteen(&format!("{body}{digit}")).is_some();
    let is_prefixed = digits.len() == 10 || body.starts_with("978") || body.starts_with("979");
    match "0123456789X".chars().find(right).filter(|_| is_prefixed) {
        Some(digit) => Number::CheckDigit(digit),
        None if digits.len() == 13 && digits.bytes().all(|byte| byte.is_ascii_digit()) => Number::Prefix,
        None => Number::Other,
    }
}

/// Returns the 13 digits of an ISBN-10 or ISBN-13 whose check digit is right.
fn thirteen(digits: &str) -> Option<String> {
    let (body, check) = digits.split_at_checked(digits.len().checked_sub(1)?)?;
    if !body.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let check = check.chars().next()?;
    match digits.len() {
        10 if check == check_of_ten(body) => {
            let body = format!("978{body}");
            Some(format!("{body}{}", check_of_thirteen(&body)))
        }
        13 if (body.starts_with("978") || body.starts_with("979")) && check == check_of_thirteen(body) => {
            Some(digits.to_owned())
        }
        _ => None,
    }
}

/// The weighted sum, with weights from 10 to 1, is a multiple of 11.
fn check_of_ten(body: &str) -> char {
    let sum: u32 = body.bytes().zip((2..=10).rev()).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    match (11 - sum % 11) % 11 {
        10 => 'X',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    }
}

/// The weighted sum, with weights 1 and 3 in turns, is a multiple of 10.
fn check_of_thirteen(body: &str) -> char {
    let sum: u32 =
        body.bytes().zip([1, 3].into_iter().cycle()).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    char::from_digit((10 - sum % 10) % 10, 10).unwrap_or('0')
}

#[cfg(test)]
mod tests {
    use super::{Number, clean, first, number};
    use crate::text::Notes;

    #[test]
    fn what_programs_put_around_a_number_falls_off() {
        for text in [
            "9780306406157",
            "=\"9780306406157\"",
            "[0306406152]",
            "'9780306406157",
            "9780306406157.0",
            "0-306-40615-2",
            "ISBN-13: 978-0-306-40615-7",
            "urn:isbn:0306406152",
            "0306406152 (pbk. : alk. paper)",
            "0306406152(v. 1)",
            " 978 0 306 40615 7 :",
            "ISBN 0306406152.",
        ] {
            assert_eq!(number(clean(text)), Number::Isbn("9780306406157".into()), "{text}");
        }
    }

    #[test]
    fn a_damaged_number_is_never_another_book() {
        for text in ["9.7802E+12", "9.78E+12", "9,78014E+12", "9E12"] {
            assert_eq!(number(clean(text)), Number::Mangled, "{text}");
        }
        assert_eq!(number("306406152"), Number::ZeroAdded("9780306406157".into()));
        // Every ISSN would be an ISBN with two zeros.
        for text in ["03064061", "1234-5679", "", "B08XYZ1234", "not an isbn", "123456788", "ÄÖÜ"] {
            assert_eq!(number(clean(text)), Number::Other, "{text}");
        }
        assert_eq!(number("9780306406158"), Number::CheckDigit('7'));
        assert_eq!(number("0-8044-2957-3"), Number::CheckDigit('X'));
    }

    #[test]
    fn the_first_valid_number_counts() {
        let mut notes = Notes::default();
        assert_eq!(
            first(&mut notes, ["", "9780306406158", "0-8044-2957-x, 0306406152"]).as_deref(),
            Some("9780804429573")
        );
        let codes: Vec<_> = notes.into_problems().1.iter().map(|problem| problem.code.word()).collect();
        assert_eq!(codes, ["isbn-two", "isbn-check-digit"]);
    }
}

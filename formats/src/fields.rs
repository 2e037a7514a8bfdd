//! The fields of a book: what a text of a file becomes, with the limits of the library.

use std::collections::HashSet;

use crate::problem::{Code, Problem};
use crate::text::{Notes, is_visible};
use crate::{dates, languages};

/// The most subjects of a book.
const MOST_SUBJECTS: usize = 20;
/// The most copies of a book, and the most barcodes that a record may bring.
const MOST_COPIES: u32 = 10_000;

/// Returns the title. It is empty if nothing of it is visible, and that is noted.
pub(crate) fn title(notes: &mut Notes, text: &str) -> String {
    let line = notes.line("/title", text);
    if !is_visible(&line) {
        notes.without_title(Problem::at("/title", Code::TitleMissing, "there is no title"));
        return String::new();
    }
    notes.fitting("/title", Code::TitleCut, 500, line)
}

/// Returns the year of a text that should be one.
pub(crate) fn year(notes: &mut Notes, text: &str) -> Option<i32> {
    if text.trim().is_empty() {
        return None;
    }
    let year = dates::year(text).or_else(|| dates::year_within(text));
    if year.is_none() {
        notes.add(Problem::at("/publicationYear", Code::YearUnsure, "is no year, and was left out").of(text));
    }
    year
}

/// Returns the day of a text that should be one.
pub(crate) fn release_date(notes: &mut Notes, text: &str, day_first: Option<bool>) -> Option<String> {
    if text.trim().is_empty() {
        return None;
    }
    let day = dates::day(text, day_first);
    if day.is_none() {
        let detail = "is no date, or may be two, and was left out; 2020-02-14 is sure";
        notes.add(Problem::at("/releaseDate", Code::DateUnsure, detail).of(text));
    }
    day
}

/// Returns the number of pages: the first number with a `p` or an `S` after it, as in `xii, 264 p.`. If no number has one, the
/// first number counts, as in `264`. Returns `None` if there is no number, and if it is 0 or above 100,000.
pub(crate) fn pages(text: &str) -> Option<u32> {
    let is_digit = |letter: char| letter.is_ascii_digit();
    let mut first = None;
    let mut rest = text;
    while let Some(start) = rest.find(is_digit) {
        let run = rest.get(start..)?;
        let (digits, after) = run.split_at(run.find(|letter| !is_digit(letter)).unwrap_or(run.len()));
        first = first.or(Some(digits));
        rest = after;
        if after.trim_start_matches([' ', ']', ',']).starts_with(['p', 'P', 'S', 's']) {
            first = Some(digits);
            break;
        }
    }
    first?.parse().ok().filter(|pages| (1..=100_000).contains(pages))
}

/// Returns the number of pages of a cell, and notes what is no number.
pub(crate) fn pages_noted(notes: &mut Notes, text: &str) -> Option<u32> {
    let pages = pages(text);
    let says_none = text.trim().trim_matches(['0', '.']).is_empty();
    if pages.is_none() && !says_none {
        notes.add(Problem::at("/pages", Code::PagesUnsure, "is no number of pages, and was left out").of(text));
    }
    pages
}

/// Returns the number of copies. An empty cell is `None`. So is 0, and a text that is not a number; both are noted as problems.
pub(crate) fn copies(notes: &mut Notes, text: &str) -> Option<u32> {
    let text = text.trim();
    let number = text.strip_suffix(".0").unwrap_or(text).parse().ok();
    match number {
        _ if text.is_empty() => None,
        Some(0) => {
            notes.add(Problem::at("/copies", Code::CopiesUnsure, "a book comes with one copy").of(text));
            None
        }
        Some(copies) if copies <= MOST_COPIES => Some(copies),
        _ => {
            notes.add(Problem::at("/copies", Code::CopiesUnsure, "should be a number up to 10,000").of(text));
            None
        }
    }
}

/// The barcodes of a book, each once, in their order.
#[derive(Default)]
pub(crate) struct Barcodes {
    barcodes: Vec<String>,
    known: HashSet<String>,
}

impl Barcodes {
    /// Adds the barcodes of a text.
    pub(crate) fn add(&mut self, notes: &mut Notes, text: &str) {
        for part in text.split([';', ',', '|', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
            match number_of(part) {
                Some(barcode) if self.barcodes.len() < MOST_COPIES as usize => {
                    if self.known.insert(barcode.clone()) {
                        self.barcodes.push(barcode);
                    }
                }
                Some(_) => {}
                None => {
                    let detail = "should be 4 to 32 letters and digits, and was left out";
                    notes.add(Problem::at("/barcodes", Code::BarcodeBad, detail).of(part));
                }
            }
        }
    }

    pub(crate) fn into_list(self) -> Vec<String> {
        self.barcodes
    }
}

/// Returns the barcodes of a text.
pub(crate) fn barcodes(notes: &mut Notes, text: &str) -> Vec<String> {
    let mut barcodes = Barcodes::default();
    barcodes.add(notes, text);
    barcodes.into_list()
}

/// Returns the number on a copy or a card in its one form: 4 to 32 letters and digits, in upper case, without blanks and hyphens.
pub(crate) fn number_of(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches('\'').trim_matches('*');
    let number: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '-')
        .map(|letter| letter.to_ascii_uppercase())
        .collect();
    let fits = (4..=32).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_alphanumeric());
    fits.then_some(number)
}

/// Returns the shelf mark. One that is too long is left out: half of it is another place.
pub(crate) fn shelf_mark(notes: &mut Notes, text: &str) -> Option<String> {
    let line = notes.line("/shelfMark", text);
    if line.chars().count() > 20 {
        let detail = "should have at most 20 characters, and was left out";
        notes.add(Problem::at("/shelfMark", Code::ShelfMarkBad, detail).of(&line));
        return None;
    }
    is_visible(&line).then_some(line)
}

/// Returns the subjects: each once, no more than fit.
pub(crate) fn subjects<'a>(notes: &mut Notes, texts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut subjects: Vec<String> = Vec::new();
    for text in texts {
        let Some(subject) = notes.optional("/subjects", usize::MAX, text) else { continue };
        let subject = notes.fitting("/subjects", Code::SubjectsCut, 100, subject);
        if subjects.contains(&subject) {
            continue;
        }
        if subjects.len() == MOST_SUBJECTS {
            notes.add(Problem::at("/subjects", Code::SubjectsCut, "a book has at most 20 subjects"));
            break;
        }
        subjects.push(subject);
    }
    subjects
}

/// Returns the language: the first that is one, by its name in English where a code is known.
pub(crate) fn language(notes: &mut Notes, text: &str) -> Option<String> {
    let parts = text.split([',', ';', '|']).map(str::trim).filter(|part| !languages::is_none(part));
    let mut names = parts.map(|part| languages::name(part).unwrap_or(part)).filter(|part| is_visible(part));
    let first = names.next()?.to_owned();
    let others: Vec<&str> = names.filter(|name| *name != first).collect();
    if !others.is_empty() {
        let detail = format!("{first} was taken; {} left out", others.join(", "));
        notes.add(Problem::at("/language", Code::LanguageSeveral, detail));
    }
    notes.optional("/language", 100, &first)
}

#[cfg(test)]
mod tests {
    use super::{language, number_of, pages};
    use crate::text::Notes;

    #[test]
    fn pages_are_the_number_before_a_p() {
        for (text, number) in [
            ("264 p.", Some(264)),
            ("xii, 300 p.", Some(300)),
            ("1 v. (212 pages)", Some(212)),
            ("590 ", Some(590)),
            ("0", None),
            ("", None),
            ("99999999999", None),
        ] {
            assert_eq!(pages(text), number, "{text}");
        }
    }

    #[test]
    fn a_language_is_the_first_that_is_one() {
        let of = |text: &str| language(&mut Notes::default(), text);
        assert_eq!(of("und, deu").as_deref(), Some("German"));
        assert_eq!(of("mul"), None);
        assert_eq!(of("French").as_deref(), Some("French"));
    }

    #[test]
    fn a_number_keeps_its_zeros() {
        assert_eq!(number_of("'00123").as_deref(), Some("00123"));
        assert_eq!(number_of("ab 12-34").as_deref(), Some("AB1234"));
        assert_eq!(number_of("123"), None);
    }
}

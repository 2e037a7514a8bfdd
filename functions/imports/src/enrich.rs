//! Rows without a title or an author, filled with what a catalogue says about their ISBN.
//!
//! This function asks no catalogue. `GET /metadata/{isbn}` does, and stores what it hears. A part names the ISBNs that were not looked
//! up yet; the client looks them up, and sends the part again.

use std::collections::{HashMap, HashSet};

use formats::draft::{Book, Draft};
use formats::{Code, Problem, Row, UNKNOWN_AUTHOR};
use shared::tables::library::metadata::CatalogueRecord;
use shared::values::{Isbn, fold};

use crate::draft;
use crate::report::Note;

/// What is known of ISBNs that were looked up. `None`: no catalogue has the book.
pub(crate) type Known = HashMap<Isbn, Option<CatalogueRecord>>;

/// Returns the ISBNs of the rows that lack a title or an author, each once.
pub(crate) fn lacking(rows: &[Row]) -> Vec<Isbn> {
    let mut seen = HashSet::new();
    let books = rows.iter().filter_map(|row| row.untitled.as_deref().or_else(|| row.read.as_ref().ok()?.book()));
    books.filter_map(isbn_to_look_up).filter(|isbn| seen.insert(isbn.clone())).collect()
}

fn isbn_to_look_up(book: &Book) -> Option<Isbn> {
    let lacks = book.title.is_empty() || book.author == UNKNOWN_AUTHOR;
    book.isbn.as_ref().filter(|_| lacks)?.parse().ok()
}

/// Fills a row that lacks a title or an author. What the row says itself stays. Returns a note that says where the rest is from.
///
/// Files have wrong ISBNs, so a record with another title says nothing about a row that has one.
pub(crate) fn fill(mut row: Row, known: &Known) -> (Row, Option<Note>) {
    let untitled = row.untitled.take();
    let is_untitled = untitled.is_some();
    let book = untitled.as_deref().or_else(|| row.read.as_ref().ok()?.book());
    let Some((book, isbn)) = book.and_then(|book| Some((book, isbn_to_look_up(book)?))) else { return (row, None) };
    let Some(record) = known.get(&isbn).and_then(Option::as_ref) else {
        if is_untitled {
            let is_known = known.contains_key(&isbn);
            let why = if is_known { "no catalogue has this ISBN" } else { "no catalogue has answered with this ISBN" };
            row.read = Err(Problem::at("/title", Code::TitleMissing, why).of(isbn.as_str()));
        }
        return (row, None);
    };
    if !book.title.is_empty() && !is_of(record, &book.title) {
        return (row, None);
    }
    let filled = filled(book.clone(), record);
    let is_filled = filled != *book;
    row.warnings.retain(|warning| warning.code != Code::AuthorUnknown);
    if filled.author == UNKNOWN_AUTHOR {
        row.warnings.push(Problem::at("/author", Code::AuthorUnknown, "no author is named"));
    }
    row.read = Ok(Draft::Book(Box::new(filled)));
    let detail = format!("what the row does not say is from the catalogue {}", record.source);
    (row, is_filled.then(|| Note::new("looked-up", "", detail)))
}

/// Returns whether a record may be of a book with this title: one title begins with the other.
fn is_of(record: &CatalogueRecord, title: &str) -> bool {
    let [one, other] = [fold(record.title.as_str()), fold(title)];
    one.starts_with(&other) || other.starts_with(&one)
}

fn filled(mut book: Book, record: &CatalogueRecord) -> Book {
    if book.title.is_empty() {
        book.title = record.title.as_str().to_owned();
    } else {
        // What names the row does not depend on what was looked up: sent again, it is the same row.
        book.source = Some(draft::source(&book));
    }
    if let Some(author) = record.author.as_ref().filter(|_| book.author == UNKNOWN_AUTHOR) {
        book.author = author.as_str().to_owned();
    }
    book.publication_year = book.publication_year.or(record.publication_year.map(|year| year.get()));
    book.country = book.country.or(record.country.as_ref().map(|country| country.as_str().to_owned()));
    book.language = book.language.or(record.language.as_ref().map(|language| language.as_str().to_owned()));
    book.pages = book.pages.or(record.pages.map(|pages| pages.get().unsigned_abs()));
    book.release_date = book.release_date.or(record.release_date.map(|day| day.to_string()));
    if book.subjects.is_empty() {
        book.subjects = record.subjects.iter().flat_map(|subjects| subjects.iter()).map(str::to_owned).collect();
    }
    book
}

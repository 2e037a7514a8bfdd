//! Calibre: "Create a catalog", as CSV.

use crate::draft::Book;
use crate::problem::Problem;
use crate::table::Cells;
use crate::text::Notes;
use crate::{dates, fields, isbn, names};

pub(crate) const COLUMNS: &[&str] =
    &["authors", "isbn", "identifiers", "tags", "languages", "title", "pubdate", "uuid"];

pub(crate) fn book(notes: &mut Notes, cells: &Cells<'_>) -> Result<Book, Problem> {
    // Calibre joins authors by &, and so a comma belongs to a name.
    let authors = cells.get("authors").split('&').map(|name| names::natural(&name.replace('|', ",")));
    let identifiers = cells.get("identifiers").split(',').filter_map(|part| part.trim().strip_prefix("isbn:"));
    // Calibre writes the year 101 for none, and moves it by the time zone.
    let year =
        dates::year_within(cells.get("pubdate").split('-').next().unwrap_or_default()).filter(|year| *year > 101);
    Ok(Book {
        source: Some(cells.get("uuid")).filter(|id| !id.is_empty()).map(|id| format!("calibre#{id}")),
        title: fields::title(notes, cells.get("title")),
        author: names::author(notes, authors),
        isbn: isbn::first(notes, [cells.get("isbn")].into_iter().chain(identifiers)),
        publication_year: year,
        language: fields::language(notes, cells.get("languages")),
        subjects: fields::subjects(notes, cells.get("tags").split(',')),
        ..Book::default()
    })
}

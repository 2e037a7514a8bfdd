//! Goodreads: "Export Library". Reviews, ratings and shelves are not read.

use crate::draft::Book;
use crate::problem::{Code, Problem};
use crate::table::Cells;
use crate::text::{Notes, without_entities};
use crate::{fields, isbn, names};

pub(crate) const COLUMNS: &[&str] = &[
    "book id",
    "title",
    "author",
    "additional authors",
    "isbn",
    "isbn13",
    "number of pages",
    "year published",
    "original publication year",
    "owned copies",
];

pub(crate) fn book(notes: &mut Notes, cells: &Cells<'_>) -> Result<Book, Problem> {
    let title = without_series(notes, &without_entities(cells.get("title")));
    let authors = [cells.get("author"), cells.get("additional authors")].map(without_entities);
    let [first, others] = authors;
    let copies = Some(cells.get("owned copies")).filter(|copies| *copies != "0").unwrap_or_default();
    Ok(Book {
        source: Some(cells.get("book id")).filter(|id| !id.is_empty()).map(|id| format!("goodreads#{id}")),
        title: fields::title(notes, &title),
        author: names::author(notes, [first].into_iter().chain(names::listed(&others))),
        isbn: isbn::first(notes, [cells.get("isbn13"), cells.get("isbn")]),
        publication_year: fields::year(notes, cells.any(&["original publication year", "year published"])),
        pages: fields::pages_noted(notes, cells.get("number of pages")),
        copies: fields::copies(notes, copies),
        ..Book::default()
    })
}

/// Removes the series that Goodreads writes behind a title: `Ash and Ember (The Kiln Cycle, #1)`.
fn without_series(notes: &mut Notes, title: &str) -> String {
    let title = title.trim();
    let parts = title.strip_suffix(')').and_then(|rest| rest.rsplit_once('('));
    let is_number =
        |text: &str| text.split('#').skip(1).any(|number| number.starts_with(|letter: char| letter.is_ascii_digit()));
    match parts {
        Some((before, series)) if !before.trim().is_empty() && is_number(series) => {
            notes.add(Problem::at("/title", Code::SeriesRemoved, "the series was removed from the title").of(series));
            before.trim_end().to_owned()
        }
        _ => title.to_owned(),
    }
}

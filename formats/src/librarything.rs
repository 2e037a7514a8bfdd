//! LibraryThing: "Export as tab-delimited text". A quotation mark is a letter like others there.

use crate::draft::Book;
use crate::problem::Problem;
use crate::table::Cells;
use crate::text::Notes;
use crate::{fields, isbn, names};

pub(crate) const COLUMNS: &[&str] = &[
    "book id",
    "title",
    "primary author",
    "secondary author",
    "secondary author roles",
    "date",
    "page count",
    "barcode",
    "languages",
    "isbn",
    "isbns",
    "other call number",
    "copies",
];

pub(crate) fn book(notes: &mut Notes, cells: &Cells<'_>) -> Result<Book, Problem> {
    let plain = |text: &str| text.replace("[Return]", " ");
    let isbns =
        [cells.get("isbn"), cells.get("isbns")].into_iter().find(|text| text.bytes().any(|byte| byte.is_ascii_digit()));
    Ok(Book {
        source: Some(cells.get("book id")).filter(|id| !id.is_empty()).map(|id| format!("librarything#{id}")),
        title: fields::title(notes, &plain(cells.get("title"))),
        author: names::author(notes, authors(cells)),
        isbn: isbn::first(notes, isbns),
        publication_year: fields::year(notes, cells.get("date")),
        language: fields::language(notes, cells.get("languages")),
        pages: fields::pages_noted(notes, cells.get("page count")),
        shelf_mark: fields::shelf_mark(notes, cells.get("other call number")),
        copies: fields::copies(notes, cells.get("copies")),
        barcodes: fields::barcodes(notes, cells.get("barcode")),
        ..Book::default()
    })
}

/// The author, and those who share the role; without an author, the first of the others.
fn authors(cells: &Cells<'_>) -> Vec<String> {
    let others: Vec<&str> =
        cells.get("secondary author").split('|').map(str::trim).filter(|name| !name.is_empty()).collect();
    let mut roles = cells.get("secondary author roles").split('|');
    let primary = cells.get("primary author");
    if primary.is_empty() {
        return others.first().map(|name| names::natural(name)).into_iter().collect();
    }
    let others =
        others.into_iter().filter(|_| roles.next().is_some_and(|role| role.trim().eq_ignore_ascii_case("author")));
    [primary].into_iter().chain(others).map(names::natural).collect()
}

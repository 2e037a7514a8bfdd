//! BookWyrm: "Export Book List".

use crate::draft::Book;
use crate::problem::Problem;
use crate::table::Cells;
use crate::text::Notes;
use crate::{fields, isbn, names};

pub(crate) const COLUMNS: &[&str] = &["title", "author_text", "remote_id", "isbn_10", "isbn_13"];

pub(crate) fn book(notes: &mut Notes, cells: &Cells<'_>) -> Result<Book, Problem> {
    Ok(Book {
        source: Some(cells.get("remote_id")).filter(|id| !id.is_empty()).map(|id| format!("bookwyrm#{id}")),
        title: fields::title(notes, cells.get("title")),
        author: names::author(notes, names::listed(cells.get("author_text"))),
        isbn: isbn::first(notes, [cells.get("isbn_13"), cells.get("isbn_10")]),
        ..Book::default()
    })
}

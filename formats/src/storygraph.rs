//! StoryGraph: "Export StoryGraph Library". Ratings, moods and reviews are not read.

use crate::draft::Book;
use crate::problem::Problem;
use crate::table::Cells;
use crate::text::Notes;
use crate::{fields, isbn, names};

pub(crate) const COLUMNS: &[&str] = &["title", "authors", "author", "isbn/uid", "isbn"];

pub(crate) fn book(notes: &mut Notes, cells: &Cells<'_>) -> Result<Book, Problem> {
    let id = cells.any(&["isbn/uid", "isbn"]);
    // Books without an ISBN have an id of StoryGraph or of a shop in the same column.
    let is_other = !id.is_empty() && isbn::is_other(id);
    Ok(Book {
        source: is_other.then(|| format!("storygraph#{id}")),
        title: fields::title(notes, cells.get("title")),
        author: names::author(notes, names::listed(cells.any(&["authors", "author"]))),
        isbn: isbn::first(notes, [id].into_iter().filter(|_| !is_other)),
        ..Book::default()
    })
}

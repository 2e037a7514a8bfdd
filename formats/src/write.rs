//! Writers. Pages of any of these formats can be put one after the other: the header of a CSV is on its first page only, and
//! the two outer tags of MARCXML are for whoever puts the pages together.

pub mod csv;
pub mod failed;
pub mod jsonl;
pub mod marc;
pub mod marcxml;
mod record;

/// Returns the id of a book in the library that writes it.
fn id(book: &crate::draft::Book) -> &str {
    book.source.as_deref().and_then(|source| source.strip_prefix("carrel#")).unwrap_or_default()
}

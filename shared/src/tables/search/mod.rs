//! The Search table: by which words books are found. It can be made anew from the Library table.
//!
//! - `lists`: the list of a word, best book first
//! - `dictionary`: which words there are, and which are one slip apart
//! - `indexing`: keeps both in step with a book
//! - `reindexing`: does so for all books

mod dictionary;
mod indexing;
mod lists;
mod reindexing;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;

use super::key::Item;
use super::library::book::{Book, Store};
use super::table::Table;
use crate::words::Source;

pub use indexing::LEASE;
pub use lists::{Entry, List};
pub use reindexing::Reindexed;

/// The Search table.
#[derive(Clone)]
pub struct Search(Table);

impl Search {
    pub(crate) fn new(table: Table) -> Self {
        Search(table)
    }
}

/// Returns the words of a book.
pub fn source(book: &Book) -> Source {
    let details = &book.details;
    let subjects = details.subjects.iter().flat_map(|subjects| subjects.iter());
    Source::new(details.title.as_str(), details.author.as_str(), subjects).with(
        details.publication_year.map(|year| year.get()),
        details.language.as_ref().map(|language| language.as_str()),
    )
}

/// Returns the first letter of the lists of a store.
fn initial(store: Store) -> char {
    match store {
        Store::Books => 'w',
        Store::Archive => 'a',
    }
}

fn bytes(bytes: impl Into<Vec<u8>>) -> AttributeValue {
    AttributeValue::B(Blob::new(bytes))
}

fn bytes_of<'a>(item: &'a Item, name: &str) -> &'a [u8] {
    item.get(name).and_then(|value| value.as_b().ok()).map_or(&[], |blob| blob.as_ref())
}

fn text_of<'a>(item: &'a Item, name: &str) -> &'a str {
    item.get(name).and_then(|value| value.as_s().ok()).map_or("", String::as_str)
}

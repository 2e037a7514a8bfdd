//! The list of a word: the books that have it, best first.
//!
//! | question                      | key                              | call  | units                |
//! |-------------------------------|----------------------------------|-------|----------------------|
//! | which books have a word       | w#word, a#word in the archive / 255 − impact, book | Query | ½ R for about 55 books |
//!
//! Each item says all words of its book, so one list answers a query of several words.

use super::{Search, bytes, bytes_of, initial};
use crate::tables::fault::Result;
use crate::tables::key::{Item, item};
use crate::tables::library::book::Store;
use crate::tables::table::to_value;
use crate::values::BookId;

/// A book in a list.
#[derive(Debug)]
pub struct Entry {
    /// The book.
    pub book: BookId,
    posting: Item,
}

impl Entry {
    /// Returns what the list says of the book, for [`crate::words::Posting`].
    pub fn posting(&self) -> &[u8] {
        bytes_of(&self.posting, "x")
    }
}

/// A piece of a list.
#[derive(Debug)]
pub struct List {
    /// The books, best first.
    pub entries: Vec<Entry>,
    /// Where the list goes on.
    pub next: Option<Vec<u8>>,
    /// About how many bytes were read.
    pub size: usize,
}

pub(super) fn list_key(store: Store, word: &str) -> String {
    format!("{}#{word}", initial(store))
}

/// Returns the place of a book in the list of a word.
pub(super) fn place(impact: u8, book: BookId) -> Vec<u8> {
    [&[u8::MAX - impact], &book.as_bytes()[..]].concat()
}

impl Search {
    /// Reads up to `limit` books of the list of a word, after a place in it, and up to another.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn list(
        &self,
        store: Store,
        word: &str,
        after: Option<&[u8]>,
        until: Option<&[u8]>,
        limit: usize,
    ) -> Result<List> {
        let pk = list_key(store, word);
        let start = after.map(|after| item([("pk", to_value(&pk)), ("sk", bytes(after))]));
        let query = match until {
            Some(until) => self.0.query("pk = :list AND sk <= :until").attribute(":until", bytes(until)),
            None => self.0.query("pk = :list"),
        };
        let query = query.value(":list", &pk);
        let page = query.after(start).items(limit).await?;
        let next = page.next.map(|key| bytes_of(&key, "sk").to_vec());
        let entry = |posting: Item| {
            let book: [u8; 16] = bytes_of(&posting, "sk").get(1..)?.try_into().ok()?;
            Some(Entry { book: book.into(), posting })
        };
        let entries: Vec<Entry> = page.items.into_iter().filter_map(entry).collect();
        let size = entries.iter().map(|entry| pk.len() + 22 + entry.posting().len()).sum();
        Ok(List { entries, next, size })
    }
}

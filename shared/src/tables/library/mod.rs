//! The Library table: books, favorites, lending, idempotency records.
//!
//! Each file has its access patterns on top. [`book`] is what a book is, [`books`] reads, adds and deletes single ones,
//! [`change`] changes them, [`archive`] moves them between the two stores, [`catalogue`] lists them, [`favorites`] are a
//! reader's bookmarks, [`lending`] is reservations, queues and loans, [`idempotency`] remembers answers.

pub mod archive;
pub mod book;
pub mod books;
pub mod catalogue;
pub mod change;
pub mod favorites;
pub mod idempotency;
pub mod lending;

use std::time::Duration;

use super::journal::Journal;
use super::retry::Retry;
use super::table::Table;

/// The Library table, and the journal that records its changes.
#[derive(Clone)]
pub struct Library {
    table: Table,
    journal: Journal,
}

impl Library {
    pub(crate) fn new(table: Table, journal: Journal) -> Self {
        Library { table, journal }
    }
}

/// How long a step is tried that overlaps with others. A function has ten seconds.
const PATIENCE: Duration = Duration::from_secs(6);

impl Library {
    fn retry(&self) -> Retry {
        Retry::new(&self.table.random, PATIENCE)
    }
}

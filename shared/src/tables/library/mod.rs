//! The Library table: books, favorites, lending, idempotency records.
//!
//! Each file has its access patterns at the top. [`book`] has the types of a book, [`books`] reads, adds and deletes
//! single books, [`change`] changes them, [`archive`] moves them between the two stores, [`catalogue`] lists them.
//! [`favorites`] are a reader's bookmarks, [`lending`] has reservations, queues and loans, [`idempotency`] stores
//! answers, [`refold`] writes index keys anew after a change of the folding.

pub mod archive;
pub mod book;
pub mod books;
pub mod catalogue;
pub mod change;
pub mod favorites;
pub mod idempotency;
pub mod lending;
pub mod refold;

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

/// How long a write that collides with others is retried. A function has ten seconds for a request.
const PATIENCE: Duration = Duration::from_secs(6);

impl Library {
    fn retry(&self) -> Retry {
        Retry::new(&self.table.random, PATIENCE)
    }
}

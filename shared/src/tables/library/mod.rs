//! The Library table: books, favorites, lending, idempotency records.
//!
//! Each file has its access patterns at the top. [`book`] has the types of a book, [`books`] reads, adds and deletes
//! single books, [`by_title`] deletes one by its title, [`change`] changes them, [`archive`] moves them between the two
//! stores, [`catalogue`] lists them. [`exports`] reads them for files, [`imports`] adds those of files. [`barcodes`] are on their copies, [`covers`] are their pictures, [`codes`] says what a scanned code stands for. [`favorites`] are a reader's bookmarks, [`lending`] has reservations, queues and
//! loans, [`own`] is what a book is to a reader, [`metadata`] is what other
//! catalogues said of a book, [`idempotency`] stores answers, [`refold`] writes index keys anew after a change
//! of the folding, `erasure` is what a deleted account leaves.

pub mod archive;
pub mod barcodes;
pub mod book;
pub mod books;
pub mod by_title;
pub mod catalogue;
pub mod change;
pub mod codes;
pub mod covers;
mod erasure;
pub mod exports;
pub mod favorites;
pub mod idempotency;
pub mod imports;
pub mod lending;
pub mod metadata;
pub mod own;
pub mod refold;

use std::time::Duration;

use lending::rules::Known;

use super::journal::Journal;
use super::retry::Retry;
use super::sessions::Sessions;
use super::table::Table;

/// The Library table, the sessions on which its changes depend, and the journal that records them.
#[derive(Clone)]
pub struct Library {
    table: Table,
    sessions: Sessions,
    journal: Journal,
    known_rules: Known,
}

/// The Library table for a function that may read the rules and, by their ids, books, and nothing else.
#[derive(Clone)]
pub struct PublicLibrary {
    table: Table,
    known_rules: Known,
}

impl PublicLibrary {
    pub(crate) fn new(table: Table) -> Self {
        PublicLibrary { table, known_rules: Known::default() }
    }
}

impl Library {
    pub(crate) fn new(table: Table, sessions: Sessions, journal: Journal, known_rules: Known) -> Self {
        Library { table, sessions, journal, known_rules }
    }
}

/// How long all steps of a request together are retried, if they collide with other writes. A function has ten seconds
/// for a request, and the last try may take some of them.
const PATIENCE: Duration = Duration::from_secs(6);

impl Library {
    fn retry(&self) -> Retry {
        Retry::new(&self.table.random, PATIENCE)
    }
}

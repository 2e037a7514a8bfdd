//! The Journal table: a row for every sign-in and every write of every function, put by the very transaction that it
//! records. What happens after a request follows from these rows: letters, live events, the activity log.
//!
//! Functions may only put rows. `dispatch` follows the table's stream and processes them; `live` reads the indexes, which
//! hold everything but the letters. Each file has its access patterns on top: [`entry`] the rows, [`letter`] what is sent
//! by mail, [`events`] the numbered list that monitors follow, [`activity`] who did what, [`delivery`] which letters have
//! been sent.

pub mod activity;
pub mod delivery;
pub mod entry;
pub mod events;
pub mod letter;

use jiff::{SignedDuration, Timestamp};

use super::table::Table;
use crate::values::{Address, UserId};

pub use entry::{Action, Entry, Row};
pub use letter::{Letter, Subject};

/// The Journal table.
#[derive(Clone)]
pub struct Journal {
    table: Table,
    /// For how long rows are kept.
    retention: SignedDuration,
}

impl Journal {
    pub(crate) fn new(table: Table, retention: SignedDuration) -> Self {
        Journal { table, retention }
    }
}

/// Who does something, when, and from where.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Who.
    pub id: UserId,
    /// When.
    pub at: Timestamp,
    /// From which address.
    pub from: Address,
}

impl Actor {
    /// The library itself, at the same time, for something that concerns `user`.
    pub fn of_the_library(&self, user: UserId) -> Actor {
        Actor { id: user, at: self.at, from: Address::of_the_library() }
    }
}

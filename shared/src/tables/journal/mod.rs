//! The Journal table: a row for every write and every sign-in. The transaction of the action puts its row. Letters,
//! live events and the activity log come from these rows.
//!
//! Functions may only put rows. Dispatch follows the table's stream and processes them. Live reads the indexes, which
//! contain everything except the letters. Each file has its access patterns at the top. [`entry`]: the rows.
//! [`letter`]: their letters. [`events`]: the numbered list for monitors. [`activity`]: the activity log. [`delivery`]:
//! the outcome of sending letters. [`parked`]: the rows that dispatch could not finish. [`quota`]: how many
//! letters an address gets.

pub mod activity;
pub mod delivery;
pub mod entry;
pub mod events;
pub mod letter;
pub mod parked;
pub mod quota;

use jiff::{SignedDuration, Timestamp};

use super::sessions::{Needs, Verdict};
use super::table::Table;
use crate::values::{Address, UserId};

pub use entry::{Action, Entry, Row};
pub use letter::{Letter, Subject};

/// The Journal table.
#[derive(Clone)]
pub struct Journal {
    table: Table,
    /// How long the journal keeps its rows.
    retention: SignedDuration,
}

impl Journal {
    pub(crate) fn new(table: Table, retention: SignedDuration) -> Self {
        Journal { table, retention }
    }
}

/// Who does something, when, and from which network address.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The user.
    pub id: UserId,
    /// The time of the action.
    pub at: Timestamp,
    /// The network address.
    pub from: Address,
    /// What the request has read of the actor, and what every write of the action depends on. `None` for the library
    /// itself, and for a person without a session.
    pub verdict: Option<Verdict>,
}

impl Actor {
    /// Returns the actor of an action on something of `owner`. On what is another user's, the actor `needs` a role.
    pub(crate) fn on_what_is_of(&self, owner: UserId, needs: Needs) -> Actor {
        if owner == self.id {
            return self.clone();
        }
        Actor { verdict: self.verdict.map(|verdict| Verdict { needs, ..verdict }), ..self.clone() }
    }

    /// Returns the library as the actor, at the same time, for an action that concerns `user`.
    pub fn of_the_library(&self, user: UserId) -> Actor {
        Actor { id: user, at: self.at, from: Address::of_the_library(), verdict: None }
    }
}

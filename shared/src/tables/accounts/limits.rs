//! Limits: how often something may happen within a window of time, for a network address, or for an account and an
//! address.
//!
//! | question                          | key              | call                                    | units |
//! |-----------------------------------|------------------|-----------------------------------------|-------|
//! | may it happen once more; count it | limit#what#of#w  | UpdateItem, or a part of a transaction  | 1 W   |
//! | take a count back                 | limit#what#of#w  | UpdateItem                              | 1 W   |
//!
//! It is counted on the condition that the limit is not reached, so a limit holds for parallel requests, too. A count is
//! deleted a window after its own.

use jiff::Timestamp;

use super::Accounts;
use crate::tables::fault::{Failure, Result};
use crate::tables::key::Key;
use crate::tables::table::Table;
use crate::tables::write::{Write, Written};
use crate::values::Address;

/// How often something may happen within a window of time.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    what: &'static str,
    most: u32,
    seconds: i64,
}

/// The wrong passwords from one network address.
pub const GUESSES: Limit = Limit { what: "guess", most: 50, seconds: 600 };
/// The registrations from one network address, and the other email addresses that are asked for there.
pub const CLAIMS: Limit = Limit { what: "registration", most: 20, seconds: 3_600 };
/// The resets that one network address requests.
pub(super) const RESETS: Limit = Limit { what: "reset", most: 50, seconds: 3_600 };
/// The resets that one network address requests for one account.
pub(super) const RESETS_OF_ACCOUNT: Limit = Limit { what: "reset", most: 5, seconds: 3_600 };

/// The letters with a link that one account asks for, and that one network address asks for to one email address. Together with
/// the welcome these are as many as an address gets because of one network address before somebody proves it.
pub(super) const VERIFICATIONS: Limit = Limit { what: "verification", most: 2, seconds: 86_400 };

/// The limit is reached in this window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// Seconds until the next window begins.
    pub retry_after: i64,
}

impl Limit {
    /// Makes the limit of something that may happen so often in so many seconds.
    pub(crate) const fn new(what: &'static str, most: u32, seconds: i64) -> Self {
        Limit { what, most, seconds }
    }

    pub(crate) fn key(&self, of: &str, now: Timestamp) -> Key {
        Key::of(format!("limit#{}#{of}#{}", self.what, now.as_second().div_euclid(self.seconds)))
    }

    /// Returns what a caller hears who has reached the limit.
    pub(crate) fn reached(&self, now: Timestamp) -> Reached {
        Reached { retry_after: self.seconds - now.as_second().rem_euclid(self.seconds) }
    }

    /// Returns the write that counts something in the item with that key. It is refused if the limit is reached.
    pub(crate) fn count(&self, table: &Table, key: Key, now: Timestamp) -> Write {
        self.count_some(table, key, 1, now)
    }

    /// Returns the write that counts some things at once.
    pub(crate) fn count_some(&self, table: &Table, key: Key, some: u32, now: Timestamp) -> Write {
        let update = table.update(key, "ADD times :some SET expiresAt = :end").value(":some", some);
        let update = update.value(":end", now.as_second() + 2 * self.seconds);
        update.when("(attribute_not_exists(times) OR times < :most)").value(":most", self.most)
    }
}

impl Accounts {
    /// Counts something that an address does.
    ///
    /// # Errors
    /// [`Reached`] if it may not do it any more in this window; a fault of the table.
    pub async fn count(&self, limit: &Limit, from: &Address, now: Timestamp) -> Result<(), Failure<Reached>> {
        match self.count_write(limit, from.as_str(), now).send_once().await? {
            Written::Done(_) => Ok(()),
            Written::Refused(_) => Err(Failure::Refused(limit.reached(now))),
        }
    }

    /// Takes back what was counted at that time.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn take_back(&self, limit: &Limit, from: &Address, counted_at: Timestamp) -> Result<()> {
        let update = self.table.update(limit.key(from.as_str(), counted_at), "SET times = times - :one");
        update.value(":one", 1).if_exists().send_once().await?;
        Ok(())
    }

    /// Returns the write that counts something. It is refused if the limit is reached.
    pub(super) fn count_write(&self, limit: &Limit, of: &str, now: Timestamp) -> Write {
        limit.count(&self.table, limit.key(of, now), now)
    }
}

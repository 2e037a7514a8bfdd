//! Logins: names to sign in with, and their password hashes. Failed attempts of a network address.
//!
//! | question                         | key                     | call                 | units |
//! |----------------------------------|-------------------------|----------------------|-------|
//! | whose login is this name         | login#n                 | GetItem, strong      | 1 R   |
//! | … and may this address try       | login#n, address#a#w    | BatchGetItem, strong | 2 R   |
//! | count a failure of an address    | address#a#w             | UpdateItem           | 1 W   |
//!
//! Each name to sign in with, email or username, is an item. It keeps the name unique and contains the password's hash,
//! so that a sign-in reads one item for either name.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Accounts;
use crate::tables::fault::Result;
use crate::tables::key::Key;
use crate::tables::table::Consistency::Strong;
use crate::tables::table::{from_item, to_value};
use crate::tables::write::Write;
use crate::values::{Address, UserId};

/// The failures after which an address is throttled for the rest of a window of [`WINDOW_SECONDS`].
pub const MOST_FAILURES_OF_AN_ADDRESS: u32 = 50;
/// The length of a window in which the failures of an address are counted.
pub const WINDOW_SECONDS: i64 = 600;

/// A login as stored.
#[derive(Serialize, Deserialize)]
struct Record {
    pk: String,
    user: UserId,
    hash: String,
}

/// A login.
#[derive(Debug)]
pub struct Login {
    /// The user with this name.
    pub user: UserId,
    /// The password's hash (PHC string).
    pub hash: String,
}

impl From<Record> for Login {
    fn from(record: Record) -> Login {
        Login { user: record.user, hash: record.hash }
    }
}

/// Whether a network address may try passwords.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressStatus {
    /// It may try.
    Free,
    /// It has too many failures in this window.
    Throttled {
        /// Seconds until the next window begins.
        retry_after: i64,
    },
}

#[derive(Deserialize)]
struct Failures {
    failures: u32,
}

/// Returns the key of a name in folded form.
fn login_key(name: &str) -> String {
    format!("login#{name}")
}

fn address_key(address: &Address, now: Timestamp) -> String {
    format!("address#{}#{}", address.as_str(), now.as_second() / WINDOW_SECONDS)
}

impl Accounts {
    /// Reads the login of a name: an email address or a username in folded form.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn get_login(&self, name: &str) -> Result<Option<Login>> {
        Ok(self.table.get::<Record>(Key::of(login_key(name)), Strong).await?.map(Login::from))
    }

    /// Reads the login of a name, and whether the caller's address may try passwords. Names that no user can have are
    /// read too, so that all names take the same calls.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn look_up_login(
        &self,
        name: &str,
        from: &Address,
        now: Timestamp,
    ) -> Result<(Option<Login>, AddressStatus)> {
        let failures_key = to_value(address_key(from, now));
        let keys = vec![Key::of(login_key(name)), Key::of(address_key(from, now))];
        let (mut login, mut failures) = (None, 0);
        for item in self.table.get_batch(keys, Strong).await? {
            if item.get("pk") == Some(&failures_key) {
                failures = from_item::<Failures>(item)?.failures;
            } else {
                login = Some(Login::from(from_item::<Record>(item)?));
            }
        }
        let retry_after = WINDOW_SECONDS - now.as_second().rem_euclid(WINDOW_SECONDS);
        let is_free = failures < MOST_FAILURES_OF_AN_ADDRESS;
        Ok((login, if is_free { AddressStatus::Free } else { AddressStatus::Throttled { retry_after } }))
    }

    /// Counts a failure of an address.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn count_failure(&self, address: &Address, now: Timestamp) -> Result<()> {
        let key = Key::of(address_key(address, now));
        let update = self.table.update(key, "ADD failures :one SET expiresAt = :end").value(":one", 1);
        update.value(":end", now.as_second() + 2 * WINDOW_SECONDS).send().await?;
        Ok(())
    }

    /// Returns the write that adds a login of a user.
    pub(super) fn put_login(&self, name: &str, user: UserId, hash: &str) -> Write {
        self.table.put(&Record { pk: login_key(name), user, hash: hash.to_owned() }).if_new()
    }

    /// Returns the write that replaces the hash of a login.
    pub(super) fn set_hash(&self, name: &str, hash: &str) -> Write {
        self.table.update(Key::of(login_key(name)), "SET #hash = :hash").name("#hash", "hash").value(":hash", hash)
    }

    /// Returns the write that deletes a login, so that its name is free.
    pub(super) fn delete_login(&self, name: &str) -> Write {
        self.table.delete(Key::of(login_key(name)))
    }
}

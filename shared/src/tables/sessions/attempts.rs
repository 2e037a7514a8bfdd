//! Attempts at an account's password. The failures are counted in its item of the Sessions table.
//!
//! | question                | key              | call                      | units |
//! |-------------------------|------------------|---------------------------|-------|
//! | may a password be tried | user#u, nobody#n | GetItem, strong           | 1 R   |
//! | count the attempt       | user#u, nobody#n | UpdateItem on a condition | ≤ 3 W |
//! | what is stored of them  | user#u           | GetItem, strong           | 1 R   |
//!
//! An attempt is counted before the password is hashed: a hundred parallel guesses must not buy a hundred hashes. Which
//! count it is depends on the source (`known.rs`); whoever proves that the account is theirs clears it
//! (`open`, `ending`). Attempts at an unknown name are counted in the same way, under the name's hash.

use std::time::Duration;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::known::{After, Attempts, Count, Counts, FREE};
use super::{Sessions, Source, UserKey};
use crate::tables::fault::{Fault, Result};
use crate::tables::key::{Item, Key};
use crate::tables::retry::Retry;
use crate::tables::table::Consistency::Strong;
use crate::tables::table::from_item;
use crate::tables::write::{Write, Written};
use crate::values::{SessionId, UserId};

/// How long the count of an unknown name is stored.
const RETENTION_SECONDS: i64 = 86_400;

/// The account whose password is tried.
#[derive(Debug, Clone, Copy)]
pub enum Account<'a> {
    /// A user.
    User(UserId),
    /// A name that no user has.
    Unknown(&'a str),
}

impl Account<'_> {
    fn key(self) -> Key {
        match self {
            Account::User(user) => Key::of(UserKey(user)),
            Account::Unknown(name) => {
                let hash = Sha256::digest(name);
                let hex: String = hash[..16].iter().map(|byte| format!("{byte:02x}")).collect();
                Key::of(format!("nobody#{hex}"))
            }
        }
    }
}

/// An attempt at the password of an account, and what the account's item says about its source.
#[derive(Debug, Clone)]
pub struct Attempt {
    key: Key,
    is_user: bool,
    source: Source,
    at: Timestamp,
    counts: Counts,
    /// The device or address that it is counted for; `None` for strangers.
    known: Option<String>,
}

/// Whether a password may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowance {
    /// It may be tried. The attempt is counted as a failure, until a proof clears the count.
    Allowed,
    /// The pause has not ended.
    TooSoon {
        /// Seconds to wait.
        retry_after: i64,
    },
    /// The account has just been deleted, so its password proves nothing.
    Gone,
}

impl Attempt {
    /// Returns the seconds until an attempt from this source is allowed; `None` if it is.
    pub fn pause(&self) -> Option<i64> {
        self.count().pause(self.at)
    }

    /// Returns whether it is made on a device that has signed in to this account before.
    pub fn is_on_known_device(&self) -> bool {
        self.known.is_some() && self.known != Some(self.source.address.clone())
    }

    /// Returns whether it is made on a device that the account does not know: neither it nor its address has signed in
    /// before, or no session is of a device with this name. The very first sign-in is on no new device.
    pub(super) fn is_on_new_device(&self, name: &str) -> bool {
        let is_new = self.known.is_none() && self.counts.has_signed_in();
        !self.is_on_known_device() && (is_new || self.counts.lacks(name))
    }

    fn count(&self) -> Count {
        self.counts.of(self.known.as_deref())
    }

    /// Returns what changes once the password was right, and begins the session `new`.
    pub(crate) fn after_password(&self, new: Option<SessionId>) -> After {
        self.counts.after(std::slice::from_ref(&self.known), &self.source, new, self.at)
    }

    /// Returns what changes once a letter's token was right.
    pub(crate) fn after_letter(&self) -> After {
        let device = self.source.device.map(|device| device.to_string());
        self.counts.after(&[device, Some(self.source.address.clone())], &self.source, None, self.at)
    }

    /// Reads the counts from the item anew. What the attempt was counted for stays.
    pub(crate) fn read(&mut self, item: Item) -> Result<()> {
        self.counts = from_item(item)?;
        Ok(())
    }

    /// Reads the counts from the item anew, and for which device or address the attempt would be counted.
    fn look_again(&mut self, item: Item) -> Result<()> {
        self.read(item)?;
        self.known = self.counts.known(&self.source, self.at);
        Ok(())
    }
}

impl Sessions {
    /// Reads whether an attempt at an account's password is allowed, and for which device or address it would be counted.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn attempt(&self, account: Account<'_>, source: Source, now: Timestamp) -> Result<Attempt> {
        let (key, is_user) = (account.key(), matches!(account, Account::User(_)));
        let item = self.table.get_item(key.clone(), Strong).await?;
        let mut attempt = Attempt { key, is_user, source, at: now, counts: Counts::default(), known: None };
        attempt.look_again(item.unwrap_or_default())?;
        Ok(attempt)
    }

    /// Reads what is stored about the attempts at a user's password, for the user.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn attempts_at(&self, user: UserId) -> Result<Attempts> {
        let item = self.table.get_item(Key::of(UserKey(user)), Strong).await?;
        Ok(from_item::<Counts>(item.unwrap_or_default())?.shown())
    }

    /// Counts an attempt, if it is still allowed.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn count_attempt(&self, attempt: &mut Attempt) -> Result<Allowance> {
        // For parallel attempts, of which at most FREE are allowed.
        let mut retry = Retry::times(&self.table.random, 2 * FREE, Duration::from_millis(1));
        loop {
            if let Some(retry_after) = attempt.pause() {
                return Ok(Allowance::TooSoon { retry_after });
            }
            match self.one_more(attempt).send_once().await? {
                Written::Done(item) => {
                    attempt.read(item)?;
                    return Ok(Allowance::Allowed);
                }
                Written::Refused(Some(item)) => attempt.look_again(item)?,
                Written::Refused(None) => return Ok(Allowance::Gone),
            }
            if !retry.again().await {
                return Err(Fault::Busy("too many parallel attempts at one password".into()));
            }
        }
    }

    fn one_more(&self, attempt: &Attempt) -> Write {
        let (now, seen) = (attempt.at, attempt.count());
        let path = if attempt.known.is_some() { "known.#known" } else { "strangers" };
        let expires = if attempt.is_user { "" } else { ", expiresAt = :end" };
        let mut update = self.table.update(attempt.key.clone(), format!("SET {path} = :count{expires}"));
        update = update.value(":count", seen.one_more(now));
        if let Some(known) = &attempt.known {
            update = update.name("#known", known).when("attribute_exists(known.#known)");
        }
        update = if seen.failures == 0 {
            update.when(format!("attribute_not_exists({path}.failures)"))
        } else {
            update.when(format!("{path}.failures = :seen")).value(":seen", seen.failures)
        };
        if attempt.is_user {
            update.when("attribute_exists(sessions)")
        } else {
            update.value(":end", now.as_second() + RETENTION_SECONDS)
        }
    }
}

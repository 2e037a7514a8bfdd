//! Failed attempts at an account's password. They are counted in its item of the Sessions table.
//!
//! | question                 | key              | call                      | units |
//! |--------------------------|------------------|---------------------------|-------|
//! | may a password be tried  | user#u, nobody#n | UpdateItem on a condition | ≤ 2 W |
//!
//! An attempt is counted before the password is hashed: a hundred parallel guesses must not buy a hundred hashes. A
//! sign-in clears the count (`open`). Attempts at an unknown name are counted in the same way, under the
//! name's hash.

use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{Sessions, UserKey};
use crate::tables::fault::{Fault, Result};
use crate::tables::key::Key;
use crate::tables::retry::Retry;
use crate::tables::table::from_item;
use crate::tables::write::{Write, Written};
use crate::values::UserId;

/// The failures after which attempts must pause.
const FREE: u32 = 5;
/// The longest pause between two attempts, in seconds (OWASP ASVS 5, 6.1.1: slow down, never lock out).
const LONGEST_PAUSE: i64 = 60;
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

/// Whether a password may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// It may be tried. The attempt is counted as a failure, until a sign-in clears the count.
    Allowed,
    /// The pause has not ended.
    TooSoon {
        /// Seconds to wait.
        retry_after: i64,
    },
    /// The account has just been deleted, so its password proves nothing.
    Gone,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Count {
    failures: u32,
    /// Seconds since 1970.
    retry_at: i64,
}

impl Sessions {
    /// Counts an attempt at an account's password, if it may be tried now.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn count_attempt(&self, account: Account<'_>, now: Timestamp) -> Result<Attempt> {
        let now = now.as_second();
        let mut seen = Count::default();
        // The first write assumes that there are no failures. If there are, the refusal returns their count. Further
        // retries are for parallel attempts, of which at most FREE are allowed.
        let mut retry = Retry::times(&self.table.random, 2 * FREE, Duration::from_millis(1));
        loop {
            if seen.failures >= FREE && seen.retry_at > now {
                return Ok(Attempt::TooSoon { retry_after: seen.retry_at - now });
            }
            match self.count_one_more(account, &seen, now).send().await? {
                Written::Done(_) => return Ok(Attempt::Allowed),
                Written::Refused(Some(item)) => seen = from_item(item)?,
                Written::Refused(None) => return Ok(Attempt::Gone),
            }
            if !retry.again().await {
                return Err(Fault::Busy("too many parallel attempts at one password".into()));
            }
        }
    }

    fn count_one_more(&self, account: Account<'_>, seen: &Count, now: i64) -> Write {
        let failures = seen.failures + 1;
        let pause = failures.checked_sub(FREE).map_or(0, |beyond| LONGEST_PAUSE.min(1_i64 << beyond.min(6)));
        let is_user = matches!(account, Account::User(_));
        let expires = if is_user { "" } else { ", expiresAt = :end" };
        let expression = format!("SET failures = :failures, retryAt = :retryAt{expires}");
        let mut update = self.table.update(account.key(), expression);
        update = update.value(":failures", failures).value(":retryAt", now + pause);
        update = if seen.failures == 0 {
            update.when("attribute_not_exists(failures)")
        } else {
            update.when("failures = :seen").value(":seen", seen.failures)
        };
        update = if is_user {
            update.when("attribute_exists(sessions)")
        } else {
            update.value(":end", now + RETENTION_SECONDS)
        };
        update.showing_item()
    }
}

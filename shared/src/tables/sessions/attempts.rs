//! Failed tries of an account's password, counted in its item of the Sessions table.
//!
//! | question                 | key              | call                      | units |
//! |--------------------------|------------------|---------------------------|-------|
//! | may a password be tried  | user#u, nobody#n | UpdateItem on a condition | ≤ 2 W |
//!
//! Counted before the password is hashed: a hundred parallel guesses must not buy a hundred hashes. A sign-in clears the
//! count ([`super::open`]). A name that nobody has is counted in the same way, under its hash.

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

/// Failures in a row without a pause.
const FREE: u32 = 5;
/// The longest pause between two tries, in seconds (OWASP ASVS 5, 6.1.1: slow down, never lock out).
const LONGEST_PAUSE: i64 = 60;
/// How long the failures of a name that nobody has are stored, in seconds.
const KEPT: i64 = 86_400;

/// Whose password is tried.
#[derive(Debug, Clone, Copy)]
pub enum Account<'a> {
    /// A user's.
    User(UserId),
    /// That of a name which nobody signs in with.
    Nobody(&'a str),
}

impl Account<'_> {
    fn key(self) -> Key {
        match self {
            Account::User(user) => Key::of(UserKey(user)),
            Account::Nobody(name) => {
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
    /// It may. A failure has been counted; a sign-in clears it.
    Allowed,
    /// Not yet.
    TooSoon {
        /// Seconds to wait.
        retry_after: i64,
    },
    /// The account was deleted a moment ago: its password proves nothing.
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
    /// Counts one more try of an account's password, if it may be tried now.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn count_attempt(&self, account: Account<'_>, now: Timestamp) -> Result<Attempt> {
        let now = now.as_second();
        let mut seen = Count::default();
        // The first round assumes that nothing has failed. If something has, the refusal shows it. Further rounds are for
        // tries in between, of which there are at most as many as are free.
        let mut retry = Retry::times(&self.table.chance, 2 * FREE, Duration::from_millis(1));
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
                return Err(Fault::Busy("an account's password is tried too often at once".into()));
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
        update = if is_user { update.when("attribute_exists(sessions)") } else { update.value(":end", now + KEPT) };
        update.showing_item()
    }
}

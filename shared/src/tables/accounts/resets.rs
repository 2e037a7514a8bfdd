//! Lost passwords. A user has at most one valid reset.
//!
//! | question                  | key                        | call                               | units |
//! |---------------------------|----------------------------|------------------------------------|-------|
//! | request a reset           | reset#u, limit#e, limit#a  | one transaction                    | 8 W   |
//! | is this reset valid       | reset#u                    | GetItem, strong                    | 1 R   |
//! | spend it                  | reset#u, login#n …         | part of the password's transaction | +2 W  |
//!
//! A newer request overwrites the older one, which becomes invalid. The token in the letter is sealed with a key that
//! is in no table, so a person who can read this table cannot reset a password.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Accounts;
use crate::tables::fault::{Failure, Result};
use crate::tables::journal::{Action, Actor, Entry, Letter};
use crate::tables::key::{Key, key};
use crate::tables::table::Consistency::Strong;
use crate::tables::write::{Committed, Transaction, Write};
use crate::values::UserId;

/// How long a reset is valid.
pub const LIFETIME: SignedDuration = SignedDuration::from_mins(10);
/// The most requests for one account in an hour.
const MOST_OF_AN_ACCOUNT: u32 = 5;
/// The most requests from one network address in an hour.
const MOST_OF_AN_ADDRESS: u32 = 50;
const HOUR: i64 = 3_600;

key!(
    /// The key of a user's reset.
    ResetKey(UserId) = "reset#"
);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    pk: ResetKey,
    nonce: Uuid,
    /// Seconds since 1970. DynamoDB deletes the item days later.
    expires_at: i64,
}

/// The account or the address has had too many requests in this hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyRequests {
    /// Seconds until the next hour begins.
    pub retry_after: i64,
}

impl Accounts {
    /// Stores a reset of the letter's user, which replaces an earlier one, and records the letter.
    ///
    /// # Errors
    /// [`TooManyRequests`] for the account or from the address; a fault of the tables.
    pub async fn request_reset(
        &self,
        nonce: Uuid,
        letter: Letter,
        actor: &Actor,
    ) -> Result<(), Failure<TooManyRequests>> {
        let (user, now) = (letter.user, actor.at);
        let record = Record { pk: ResetKey(user), nonce, expires_at: (now + LIFETIME).as_second() };
        let entry = Entry::of_user(Action::ResetRequested, user).with_letter(Some(letter));
        let transaction = Transaction::of([
            self.count_request(&user.to_string(), MOST_OF_AN_ACCOUNT, now),
            self.count_request(actor.from.as_str(), MOST_OF_AN_ADDRESS, now),
            self.table.put(&record),
            self.journal.put(actor, entry),
        ]);
        let retry_after = HOUR - now.as_second().rem_euclid(HOUR);
        match transaction.commit().await? {
            Committed::Done => Ok(()),
            Committed::Refused(_) => Err(Failure::Refused(TooManyRequests { retry_after })),
        }
    }

    /// Returns the write that counts a request of an account or an address in this hour. It is refused if there were
    /// `most`.
    fn count_request(&self, of: &str, most: u32, now: Timestamp) -> Write {
        let hour = now.as_second() / HOUR;
        let key = Key::of(format!("limit#reset#{of}#{hour}"));
        let update = self.table.update(key, "ADD asked :one SET expiresAt = :end").value(":one", 1);
        let update = update.value(":end", (hour + 2) * HOUR);
        update.when("(attribute_not_exists(asked) OR asked < :most)").value(":most", most)
    }

    /// Returns whether a reset is valid.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn is_valid_reset(&self, user: UserId, nonce: Uuid, now: Timestamp) -> Result<bool> {
        let record: Option<Record> = self.table.get(Key::of(ResetKey(user)), Strong).await?;
        Ok(record.is_some_and(|record| record.nonce == nonce && record.expires_at > now.as_second()))
    }

    /// Returns the write that spends a reset. It is refused if the reset is not valid.
    pub(super) fn spend_reset(&self, user: UserId, nonce: Uuid, now: Timestamp) -> Write {
        let delete = self.table.delete(Key::of(ResetKey(user))).when("nonce = :nonce AND expiresAt > :now");
        delete.value(":nonce", nonce).value(":now", now.as_second())
    }

    /// Returns the write that deletes the reset of a user.
    pub(super) fn discard_reset(&self, user: UserId) -> Write {
        self.table.delete(Key::of(ResetKey(user)))
    }
}

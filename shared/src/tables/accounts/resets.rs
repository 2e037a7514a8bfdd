//! Lost passwords. A user has at most one valid reset.
//!
//! | question                  | key                         | call                               | units |
//! |---------------------------|-----------------------------|------------------------------------|-------|
//! | request a reset           | reset#u, limit#ua, limit#a  | one transaction                    | 8 W   |
//! | is this reset valid       | reset#u                     | GetItem, strong                    | 1 R   |
//! | spend it                  | reset#u, login#n …          | part of the password's transaction | +2 W  |
//!
//! A newer request overwrites the older one, which becomes invalid. The token in the letter is sealed with a key that
//! is in no table, so a person who can read this table cannot reset a password.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::limits::{RESETS, RESETS_OF_ACCOUNT, Reached};
use super::{Accounts, User};
use crate::tables::fault::{Failure, Result};
use crate::tables::journal::{Action, Actor, Entry, Letter};
use crate::tables::key::{Key, key};
use crate::tables::table::Consistency::Strong;
use crate::tables::write::{Committed, Transaction, Write};
use crate::values::{Email, UserId, stored};

/// How long a reset is valid.
pub const LIFETIME: SignedDuration = SignedDuration::from_mins(10);

key!(
    /// The key of a user's reset.
    ResetKey(UserId) = "reset#"
);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    pk: ResetKey,
    nonce: Uuid,
    /// The address that the letter goes to.
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    email: Option<Email>,
    /// Seconds since 1970. DynamoDB deletes the item days later.
    expires_at: i64,
}

impl Accounts {
    /// Stores a reset of the letter's user, which replaces an earlier one, and records the letter.
    ///
    /// # Errors
    /// [`Reached`] if the address has requested too many, for the account or for all together; a fault of the tables.
    pub async fn request_reset(&self, nonce: Uuid, letter: Letter, actor: &Actor) -> Result<(), Failure<Reached>> {
        let (user, now, from) = (letter.user, actor.at, actor.from.as_str());
        let email = letter.to.as_ref().map(|to| to.email.clone());
        let record = Record { pk: ResetKey(user), nonce, email, expires_at: (now + LIFETIME).as_second() };
        let entry = Entry::of_user(Action::ResetRequested, user).with_letter(Some(letter));
        let transaction = Transaction::of([
            // Not of the account alone: strangers would use up its owner's requests.
            self.count_write(&RESETS_OF_ACCOUNT, &format!("{user}#{from}"), now),
            self.count_write(&RESETS, from, now),
            self.table.put(&record),
            self.journal.put(actor, entry),
        ]);
        match transaction.commit().await? {
            Committed::Done => Ok(()),
            Committed::Refused(_) => Err(Failure::Refused(RESETS.reached(now))),
        }
    }

    /// Reads the user of a reset, if it is valid, and its letter went to the address that they have now.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn user_of_reset(&self, user: UserId, nonce: Uuid, now: Timestamp) -> Result<Option<User>> {
        let record: Option<Record> = self.table.get(Key::of(ResetKey(user)), Strong).await?;
        let is_valid = |record: &Record| record.nonce == nonce && record.expires_at > now.as_second();
        let Some(Record { email: Some(email), .. }) = record.filter(is_valid) else { return Ok(None) };
        Ok(self.get_user(user).await?.filter(|user| user.email == Some(email)))
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

//! Lost passwords. A user has at most one valid reset.
//!
//! | question                  | key                         | call                               | units |
//! |---------------------------|-----------------------------|------------------------------------|-------|
//! | request a reset           | reset#u, limit#ua, limit#a  | one transaction                    | 8 W   |
//! | is this reset valid       | reset#u                     | GetItem, strong                    | 1 R   |
//! | spend it                  | reset#u, login#n …          | part of the password's transaction | +2 W  |
//! | issue a code for the desk | reset#u, user#u …           | 2 GetItem, one transaction         | 2 R, 10 W |
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

/// How long an added reader can choose the first password, by a letter or by a code.
pub const INVITATION_LIFETIME: SignedDuration = SignedDuration::from_hours(7 * 24);
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
    /// Whether it is spent by a code from the desk, not by the token of a letter.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    by_code: bool,
    /// Seconds since 1970. DynamoDB deletes the item days later.
    expires_at: i64,
}

/// Why no code is issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotIssued {
    /// There is no such user.
    Gone,
    /// The user is a librarian or an assistant.
    OfTheDesk,
    /// The user has an email address, and gets a letter.
    HasEmail,
    /// The user has neither a username nor a card.
    Nameless,
}

impl Accounts {
    /// Stores a reset of the letter's user, which replaces an earlier one, and records the letter.
    ///
    /// # Errors
    /// [`Reached`] if the address has requested too many, for the account or for all together; a fault of the tables.
    pub async fn request_reset(&self, nonce: Uuid, letter: Letter, actor: &Actor) -> Result<(), Failure<Reached>> {
        let (user, now, from) = (letter.user, actor.at, actor.from.as_str());
        let email = letter.to.as_ref().map(|to| to.email.clone());
        let expires_at = (now + LIFETIME).as_second();
        let record = Record { pk: ResetKey(user), nonce, email, by_code: false, expires_at };
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

    /// Returns the write that lets a user whom the desk has added choose a password by a letter.
    pub(super) fn put_invitation(&self, user: &User, nonce: Uuid, now: Timestamp) -> Write {
        let (email, expires_at) = (user.email.clone(), (now + INVITATION_LIFETIME).as_second());
        self.table.put(&Record { pk: ResetKey(user.id), nonce, email, by_code: false, expires_at })
    }

    /// Stores that a user chooses a password by a code, which replaces an earlier one. Returns when it ends.
    ///
    /// # Errors
    /// [`NotIssued`]; a fault of the tables.
    pub async fn issue_code(&self, id: UserId, nonce: Uuid, actor: &Actor) -> Result<Timestamp, Failure<NotIssued>> {
        let refused = |why| Err(Failure::Refused(why));
        let end = actor.at + INVITATION_LIFETIME;
        let mut retry = self.retry();
        loop {
            let (user, standing) = (self.get_user(id).await?, self.sessions.get(id).await?);
            let (Some(user), Some(standing)) = (user, standing) else { return refused(NotIssued::Gone) };
            if standing.role.is_desk() {
                return refused(NotIssued::OfTheDesk);
            }
            if user.email.is_some() {
                return refused(NotIssued::HasEmail);
            }
            if user.username.is_none() && user.card.is_none() {
                return refused(NotIssued::Nameless);
            }
            let record = Record { pk: ResetKey(id), nonce, email: None, by_code: true, expires_at: end.as_second() };
            let mut transaction = self.sessions.transaction(actor);
            transaction.add_all([
                self.sessions.check_member(id),
                self.check_version(&user),
                self.table.put(&record),
                self.journal.put(actor, Entry::of_user(Action::CodeIssued, id)),
            ]);
            if let Committed::Done = transaction.commit().await? {
                return Ok(end);
            }
            retry.again_or_busy().await?;
        }
    }

    /// Reads the nonce of the code with which a user chooses a password now.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn nonce_of_code(&self, user: UserId, now: Timestamp) -> Result<Option<Uuid>> {
        let record: Option<Record> = self.table.get(Key::of(ResetKey(user)), Strong).await?;
        let is_valid = |record: &Record| record.by_code && record.expires_at > now.as_second();
        Ok(record.filter(is_valid).map(|record| record.nonce))
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

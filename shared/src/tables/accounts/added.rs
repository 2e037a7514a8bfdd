//! Readers whom the desk adds: who stand there, without a password.
//!
//! | question     | key                                              | call                             | units |
//! |--------------|--------------------------------------------------|----------------------------------|-------|
//! | add a reader | user#u in both tables, login#n, card#c, code#c, … | one transaction over four tables | ≤ 25 W + 3 a word |
//! | … with a key | the record of the key, which has only the id     | part of it                       | + 2 W |
//! | … again      | the same; user#u in both tables                  | and 2 GetItem                    | + 2 R |

use uuid::Uuid;

use super::cards::{ClaimedCard, NotGiven};
use super::logins::Login;
use super::names::Claimed;
use super::{Accounts, User};
use crate::tables::fault::{Failure, Result};
use crate::tables::journal::{Action, Actor, Entry, Subject};
use crate::tables::library::idempotency::{Earlier, Request};
use crate::tables::sessions::UserSessions;
use crate::tables::write::{Committed, Part, Refusal, Transaction};
use crate::values::{Group, UserId};

/// Why a reader was not added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAdded {
    /// Another user has the address.
    EmailTaken,
    /// The card cannot be theirs.
    Card(NotGiven),
    /// The Idempotency-Key was sent with another request.
    KeyReused,
    /// The same request added a reader, who does not exist any more.
    Gone,
    /// The rules do not have the group.
    NoSuchGroup,
}

/// The parts of a transaction that claim what another reader may have.
pub(super) struct Added {
    names: Claimed,
    card: Option<ClaimedCard>,
    group: Option<Part>,
}

impl Added {
    /// Returns which of them was refused; `None` if none was.
    pub(super) fn why_not(&self, refusal: &Refusal) -> Result<Option<NotAdded>> {
        if self.names.is_email_taken(refusal) {
            return Ok(Some(NotAdded::EmailTaken));
        }
        if self.group.is_some_and(|part| refusal.is_at(part)) {
            return Ok(Some(NotAdded::NoSuchGroup));
        }
        let why = self.card.as_ref().map(|card| card.why_not(refusal)).transpose()?.flatten();
        Ok(why.map(NotAdded::Card))
    }
}

impl Accounts {
    /// Adds a reader without a password, or returns the one whom the same request has added. With an email, a letter lets them
    /// choose one, which proves the address; `nonce` is that of its reset.
    ///
    /// # Errors
    /// [`NotAdded`]; a fault of the tables.
    pub async fn add_user(
        &self,
        user: User,
        sessions: UserSessions,
        nonce: Uuid,
        request: Option<&Request>,
        actor: &Actor,
    ) -> Result<(User, UserSessions), Failure<NotAdded>> {
        let user = User { card_since: user.card.as_ref().map(|_| actor.at), ..user }.with_words();
        if !self.library.has_group(&sessions.group, actor.at).await? {
            return Err(Failure::Refused(NotAdded::NoSuchGroup));
        }
        let mut transaction = self.sessions.transaction(actor);
        let added = self.add_reader(&mut transaction, &user, &sessions, actor);
        let letter = user.letter(Subject::Added { nonce });
        if user.email.is_some() {
            transaction.add_all([self.put_invitation(&user, nonce, actor.at)]);
        }
        let entry = Entry::of_user(Action::Added, user.id).with_letter(letter);
        transaction.add(self.journal.put(actor, entry));
        let remembered = request.map(|request| transaction.add(self.library.remember(request, &user.id, actor.at)));
        let Committed::Refused(refusal) = transaction.commit().await? else { return Ok((user, sessions)) };
        // A repeated request is also refused by the names that it has claimed itself.
        if let (Some(request), Some(item)) = (request, remembered.and_then(|part| refusal.item(part))) {
            return self.added_before(request.earlier(item.clone())?).await;
        }
        Err(Failure::Refused(added.why_not(&refusal)?.unwrap_or(NotAdded::Card(NotGiven::CardTaken))))
    }

    /// Adds the writes that make a reader without a password. Returns what claims that which others may have.
    pub(super) fn add_reader(
        &self,
        transaction: &mut Transaction,
        user: &User,
        sessions: &UserSessions,
        actor: &Actor,
    ) -> Added {
        transaction.add_all([self.sessions.put_new(sessions, user.person()), self.put_user(user)]);
        let login = Login { user: user.id, hash: None, epoch: None };
        let names = self.move_names(transaction, None, Some(user), Some(&login), actor);
        let card = user.card.as_ref().map(|card| self.claim_card(transaction, card, user, actor));
        let group = self.library.move_member(transaction, &Group::default(), &sessions.group);
        Added { names, card, group }
    }

    /// Returns the reader whom the same request has added, as they are now.
    async fn added_before(&self, earlier: Earlier<UserId>) -> Result<(User, UserSessions), Failure<NotAdded>> {
        let Earlier::Same(id) = earlier else { return Err(Failure::Refused(NotAdded::KeyReused)) };
        let (user, sessions) = (self.get_user(id).await?, self.sessions.get(id).await?);
        user.zip(sessions).ok_or(Failure::Refused(NotAdded::Gone))
    }
}

//! Readers whom the desk adds: who stand there, without a password.
//!
//! | question     | key                                              | call                             | units |
//! |--------------|--------------------------------------------------|----------------------------------|-------|
//! | add a reader | user#u in both tables, login#n, card#c, code#c, … | one transaction over four tables | ≤ 21 W + 3 a word |

use uuid::Uuid;

use super::cards::NotGiven;
use super::logins::Login;
use super::{Accounts, User};
use crate::tables::fault::{Failure, Result};
use crate::tables::journal::{Action, Actor, Entry, Subject};
use crate::tables::sessions::UserSessions;
use crate::tables::write::Committed;

/// Why a reader was not added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAdded {
    /// Another user has the address.
    EmailTaken,
    /// The card cannot be theirs.
    Card(NotGiven),
}

impl Accounts {
    /// Adds a reader without a password. With an email, a letter lets them choose one, which proves the address; `nonce` is that
    /// of its reset.
    ///
    /// # Errors
    /// [`NotAdded`]; a fault of the tables.
    pub async fn add_user(
        &self,
        user: User,
        sessions: &UserSessions,
        nonce: Uuid,
        actor: &Actor,
    ) -> Result<User, Failure<NotAdded>> {
        let user = User { card_since: user.card.as_ref().map(|_| actor.at), ..user }.with_words();
        let mut transaction = self.sessions.transaction(actor);
        transaction.add_all([self.sessions.put_new(sessions, user.person()), self.put_user(&user)]);
        let login = Login { user: user.id, hash: None, epoch: None };
        let claimed = self.move_names(&mut transaction, None, Some(&user), Some(&login), actor);
        let card = user.card.as_ref().map(|card| self.claim_card(&mut transaction, card, &user, actor));
        let letter = user.letter(Subject::Added { nonce });
        if user.email.is_some() {
            transaction.add_all([self.put_invitation(&user, nonce, actor.at)]);
        }
        let entry = Entry::of_user(Action::Added, user.id).with_letter(letter);
        transaction.add(self.journal.put(actor, entry));
        let Committed::Refused(refusal) = transaction.commit().await? else { return Ok(user) };
        if claimed.is_email_taken(&refusal) {
            return Err(Failure::Refused(NotAdded::EmailTaken));
        }
        let why = card.map(|card| card.why_not(&refusal)).transpose()?.flatten();
        Err(Failure::Refused(NotAdded::Card(why.unwrap_or(NotGiven::CardTaken))))
    }
}

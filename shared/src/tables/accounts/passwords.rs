//! New passwords.
//!
//! | question                           | key                     | call                            | units |
//! |------------------------------------|-------------------------|---------------------------------|-------|
//! | change a password                  | login#n …, user#u, …    | one transaction over two tables | ≤ 15 W |
//! | reset it                           | the same, librarians    | GetItem, and the same           | 1 R, ≤ 17 W |
//! | store a stronger hash              | login#n                 | UpdateItem                      | 1 W   |
//!
//! A new password begins a new epoch, in the logins and in the Sessions table. A sign-in that has verified the old
//! password is refused by it.

use uuid::Uuid;

use super::{Accounts, User};
use crate::tables::fault::{Failure, Result};
use crate::tables::journal::{Action, Actor, Entry, Subject};
use crate::tables::sessions::attempts::Attempt;
use crate::tables::sessions::{Session, UserSessions};
use crate::tables::table::from_item;
use crate::tables::write::{Committed, OWN, Transaction};
use crate::values::{Email, SessionId};

/// A verified password of the actor, and the session in which it was typed.
pub struct Proved {
    /// The user, as read with the password.
    pub user: User,
    /// The epoch of the password.
    pub epoch: Option<Uuid>,
    /// The session.
    pub session: (SessionId, Session),
    /// The attempt that was right.
    pub attempt: Attempt,
}

/// A reset that was valid when it was read.
pub struct Proof {
    /// The user, as read with the reset.
    pub user: User,
    /// The nonce of the reset.
    pub nonce: Uuid,
    /// Whether a letter brought it, which proves the address. Otherwise the desk issued a code, never to its own people.
    pub by_letter: bool,
    /// Where it is used.
    pub attempt: Attempt,
}

/// The password was replaced, or the reset was used or replaced, since it was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Void;

impl Accounts {
    /// Replaces the actor's password. All sessions end but the one in which the old one was typed.
    ///
    /// # Errors
    /// [`Void`]; a fault of the tables.
    pub async fn change_password(&self, proved: Proved, hash: &str, actor: &Actor) -> Result<(), Failure<Void>> {
        let Proved { mut user, epoch, mut session, mut attempt } = proved;
        let mut retry = self.retry();
        loop {
            let next = self.table.random.uuid(actor.at);
            let own = self.sessions.change(user.id).if_epoch(epoch).with_epoch(next);
            let own = own.proving(&attempt.after_password(None)).ending_others(&session).write();
            let mut transaction = self.sessions.transaction_with(own, actor);
            transaction.add(self.discard_reset(user.id));
            self.add_password(&mut transaction, &user.clone().next(actor), hash, next);
            let entry = Entry::of_user(Action::PasswordChanged, user.id);
            transaction.add(self.journal.put(actor, entry.with_letter(user.letter(Subject::PasswordChanged))));
            let Committed::Refused(refusal) = transaction.commit().await? else { return Ok(()) };
            if let Some(item) = refusal.item(OWN) {
                let now: UserSessions = from_item(item.clone())?;
                let kept = now.session(session.0).filter(|_| now.is_epoch(epoch));
                session = kept.ok_or(Failure::Refused(Void))?;
                attempt.read(item.clone())?;
            }
            user = self.get_user(user.id).await?.ok_or(Failure::Refused(Void))?;
            retry.again_or_busy().await?;
        }
    }

    /// Replaces the password of the user who holds a reset with this nonce. All sessions end. A letter proves the address
    /// that it went to. If this is the administrator's, and nobody proved it before, the user becomes a librarian.
    ///
    /// # Errors
    /// [`Void`]; a fault of the tables.
    pub async fn reset_password(
        &self,
        proof: Proof,
        hash: &str,
        administrator: Option<&Email>,
        actor: &Actor,
    ) -> Result<(), Failure<Void>> {
        let Proof { mut user, nonce, by_letter, mut attempt } = proof;
        let mut retry = self.retry();
        loop {
            let next = self.table.random.uuid(actor.at);
            let change = self.sessions.change(user.id).with_epoch(next).ending_all();
            let change = match by_letter {
                true => change.verified().proving(&attempt.after_letter()),
                false => change.if_member().proving(&attempt.after_password(None)),
            };
            let is_confirmed_anew =
                |email: &&Email| by_letter && !user.email_verified && user.email.as_ref() == Some(*email);
            let administrator = administrator.filter(is_confirmed_anew);
            let (change, promotion) = self.sessions.promoted(change, administrator, actor).await?;
            let mut transaction = self.sessions.transaction_with(change.write(), actor);
            let reset = transaction.add(self.spend_reset(user.id, nonce, actor.at));
            let proved = match by_letter {
                true => User { email_verified: true, pending_email: None, ..user.clone() },
                false => user.clone(),
            };
            let letter = proved.letter(Subject::PasswordChanged);
            self.add_password(&mut transaction, &proved.next(actor), hash, next);
            transaction
                .add(self.journal.put(actor, Entry::of_user(Action::PasswordReset, user.id).with_letter(letter)));
            transaction.add_all(promotion);
            match transaction.commit().await? {
                Committed::Done => return Ok(()),
                Committed::Refused(refusal) if refusal.is_at(reset) => return Err(Failure::Refused(Void)),
                Committed::Refused(refusal) => {
                    if let Some(item) = refusal.item(OWN) {
                        attempt.read(item.clone())?;
                        let is_of_the_desk = from_item::<UserSessions>(item.clone())?.role.is_desk();
                        if is_of_the_desk && !by_letter {
                            return Err(Failure::Refused(Void));
                        }
                    }
                }
            }
            user = self.get_user(user.id).await?.ok_or(Failure::Refused(Void))?;
            retry.again_or_busy().await?;
        }
    }

    /// Adds the writes of the profile and of each login.
    fn add_password(&self, transaction: &mut Transaction, user: &User, hash: &str, epoch: Uuid) {
        transaction.add(self.replace_user(user));
        transaction.add_all(user.login_names().iter().map(|name| self.set_password(name, hash, epoch)));
    }

    /// Stores a stronger hash of the same password, unless the password was changed in between.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn strengthen_hash(&self, name: &str, weak: &str, strong: &str) -> Result<()> {
        self.set_hash(name, strong).when("#hash = :weak").value(":weak", weak).send().await?;
        Ok(())
    }
}

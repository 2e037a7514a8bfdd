//! Deletion of accounts.
//!
//! | question          | key                                      | call                            | units  |
//! |-------------------|------------------------------------------|---------------------------------|--------|
//! | delete an account | user#u, login#n …, picture#u, reset#u, … | 3 GetItem, one transaction over four tables | 3 R, ≤ 42 W + 3 each reservation + 2 each KB of the picture |

use uuid::Uuid;

use super::passwords::Proved;
use super::{Accounts, User};
use crate::tables::fault::{Failure, Result};
use crate::tables::journal::{Action, Actor, Entry, Subject};
use crate::tables::sessions::epoch_is;
use crate::tables::write::{Committed, OWN};
use crate::values::{Group, UserId};

/// Why an account was not deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotRemoved {
    /// There is no such account.
    Gone,
    /// The password has been replaced since it was verified.
    PasswordReplaced,
    /// The user is the last enabled librarian.
    LastLibrarian,
    /// The user has books at home.
    BooksAtHome,
}

impl Accounts {
    /// Deletes the account of the actor, whose password was verified.
    ///
    /// # Errors
    /// [`NotRemoved`]; a fault of the tables.
    pub async fn delete_own_account(&self, proved: Proved, actor: &Actor) -> Result<(), Failure<NotRemoved>> {
        self.delete(proved.user, Some(proved.epoch), actor).await
    }

    /// Deletes the account of another user, in a librarian's name.
    ///
    /// # Errors
    /// [`NotRemoved`]; a fault of the tables.
    pub async fn delete_account(&self, id: UserId, actor: &Actor) -> Result<(), Failure<NotRemoved>> {
        let user = self.get_user(id).await?.ok_or(Failure::Refused(NotRemoved::Gone))?;
        self.delete(user, None, actor).await
    }

    /// Deletes an account: profile, logins, picture, reset and sessions. Its email and username are free immediately.
    /// `own` is the epoch of the password, if the user deletes their own.
    async fn delete(
        &self,
        mut user: User,
        own: Option<Option<Uuid>>,
        actor: &Actor,
    ) -> Result<(), Failure<NotRemoved>> {
        let (id, mut retry) = (user.id, self.retry());
        loop {
            let Some(home) = self.library.nothing_at_home(id).await? else {
                return Err(Failure::Refused(NotRemoved::BooksAtHome));
            };
            let group = self.sessions.get(id).await?.map(|sessions| sessions.group).unwrap_or_default();
            let end = self.sessions.delete(id, &group);
            let mut transaction = match own {
                Some(epoch) => self.sessions.transaction_with(epoch_is(end, epoch), actor),
                None => {
                    let mut transaction = self.sessions.transaction(actor);
                    transaction.add(end);
                    transaction
                }
            };
            let roster = transaction.add(self.sessions.strike(id));
            let entry = Entry::of_user(Action::Deleted, id).with_letter(user.letter(Subject::Farewell));
            transaction.add_all([
                self.delete_user(&user),
                self.delete_picture(id),
                self.discard_reset(id),
                self.journal.put(actor, entry),
            ]);
            self.move_names(&mut transaction, Some(&user), None, None, actor);
            self.take_card(&mut transaction, &user, actor);
            transaction.add_all(home);
            transaction.add_all(user.source.as_ref().map(|source| self.library.release_source(source)));
            self.library.move_member(&mut transaction, &group, &Group::default());
            match transaction.commit().await? {
                Committed::Done => return Ok(()),
                Committed::Refused(refusal) if refusal.is_at(roster) => {
                    return Err(Failure::Refused(NotRemoved::LastLibrarian));
                }
                Committed::Refused(refusal) if own.is_some() && refusal.is_at(OWN) => {
                    return Err(Failure::Refused(NotRemoved::PasswordReplaced));
                }
                Committed::Refused(_) => retry.again_or_busy().await?,
            }
            user = self.get_user(id).await?.ok_or(Failure::Refused(NotRemoved::Gone))?;
        }
    }
}

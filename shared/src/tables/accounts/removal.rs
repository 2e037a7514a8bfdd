//! Deletion of accounts.
//!
//! | question          | key                                      | call                            | units  |
//! |-------------------|------------------------------------------|---------------------------------|--------|
//! | delete an account | user#u, login#n …, picture#u, reset#u, … | one transaction over two tables | ≤ 22 W + 2 each KB of the picture |

use super::{Accounts, Changed, User};
use crate::tables::fault::{Failure, Result};
use crate::tables::journal::{Action, Actor, Entry, Letter};
use crate::tables::write::Committed;

impl Accounts {
    /// Deletes an account: profile, logins, picture, reset and sessions. Its email and username are free immediately.
    ///
    /// # Errors
    /// [`Changed`] if the account has changed since it was read, or does not exist any more; a fault of the tables.
    pub async fn delete_account(
        &self,
        user: &User,
        letter: Option<Letter>,
        actor: &Actor,
    ) -> Result<(), Failure<Changed>> {
        let end = self.sessions.delete(user.id);
        let mut transaction = if actor.id == user.id {
            self.sessions.transaction_with(end, actor)
        } else {
            let mut transaction = self.sessions.transaction(actor);
            transaction.add(end);
            transaction
        };
        transaction.add_all([
            self.delete_user(user),
            self.delete_picture(user.id),
            self.discard_reset(user.id),
            self.journal.put(actor, Entry::of_user(Action::Deleted, user.id).with_letter(letter)),
        ]);
        for name in user.login_names() {
            transaction.add(self.delete_login(&name));
        }
        if let Some(look) = &user.look {
            transaction.add(self.release_look(look));
        }
        match transaction.commit().await? {
            Committed::Done => Ok(()),
            Committed::Refused(_) => Err(Failure::Refused(Changed)),
        }
    }
}

//! New passwords.
//!
//! | question                           | key                     | call                            | units |
//! |------------------------------------|-------------------------|---------------------------------|-------|
//! | a new password                     | login#n …, user#u, …    | one transaction over two tables | ≤ 12 W |
//! | the same password, hashed stronger | login#n                 | UpdateItem                      | 1 W   |

use uuid::Uuid;

use super::{Accounts, Changed, User};
use crate::tables::fault::{Failure, Result};
use crate::tables::journal::{Action, Actor, Entry, Letter};
use crate::tables::sessions::ending::{Ending, Failures};
use crate::tables::write::{Committed, Transaction};

/// A new password.
pub struct NewPassword<'a> {
    /// Whose, as they were when they proved who they are.
    pub user: &'a User,
    /// The hash to store (PHC string).
    pub hash: &'a str,
    /// What proved them.
    pub proof: Proof,
    /// The sessions that end.
    pub ending: Ending,
    /// The letter about it.
    pub letter: Option<Letter>,
}

/// What proved who a user is, before they chose a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The old password.
    Password,
    /// A reset token with this nonce. It is spent.
    Reset(Uuid),
}

impl Accounts {
    /// Stores a new password under every name of the user, discards every reset and ends sessions, all at once.
    ///
    /// # Errors
    /// [`Changed`] if the account was changed in between, or the reset is not valid any more; a fault of the tables.
    pub async fn replace_password(&self, new: NewPassword<'_>, actor: &Actor) -> Result<(), Failure<Changed>> {
        let NewPassword { user, hash, proof, ending, letter } = new;
        let (action, reset) = match proof {
            Proof::Password => (Action::PasswordChanged, self.discard_reset(user.id)),
            Proof::Reset(nonce) => (Action::PasswordReset, self.spend_reset(user.id, nonce, actor.at)),
        };
        let mut transaction = Transaction::of([reset, self.raise_version(user)]);
        for name in user.login_names() {
            transaction.add(self.set_hash(&name, hash).if_exists());
        }
        transaction.add(self.sessions.end_write(user.id, &ending, Failures::Clear));
        transaction.add(self.journal.put(actor, Entry::of_user(action, user.id).with_letter(letter)));
        match transaction.commit().await? {
            Committed::Done => Ok(()),
            Committed::Refused(_) => Err(Failure::Refused(Changed)),
        }
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

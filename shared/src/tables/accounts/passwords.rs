//! New passwords.
//!
//! | question                           | key                     | call                            | units |
//! |------------------------------------|-------------------------|---------------------------------|-------|
//! | change a password                  | login#n …, user#u, …    | one transaction over two tables | ≤ 15 W |
//! | store a stronger hash              | login#n                 | UpdateItem                      | 1 W   |

use uuid::Uuid;

use super::{Accounts, Changed, User};
use crate::tables::fault::{Failure, Result};
use crate::tables::journal::{Action, Actor, Entry, Letter};
use crate::tables::sessions::attempts::Attempt;
use crate::tables::sessions::ending::Ending;
use crate::tables::write::{Committed, Transaction};

/// A new password.
pub struct NewPassword<'a> {
    /// The user, at the version that was read.
    pub user: &'a User,
    /// The hash to store (PHC string).
    pub hash: &'a str,
    /// How the user proved their identity.
    pub proof: Proof,
    /// Where they did it.
    pub attempt: &'a Attempt,
    /// The sessions that end.
    pub ending: Ending,
    /// The letter that confirms the change.
    pub letter: Option<Letter>,
}

/// How a user proved their identity before they set a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The old password.
    Password,
    /// A reset token with this nonce, which becomes invalid.
    Reset(Uuid),
}

impl Accounts {
    /// Replaces the hash of each login of the user, discards the reset and ends sessions, in one transaction.
    ///
    /// # Errors
    /// [`Changed`] if the account has changed since it was read, or the reset is not valid any more; a fault of the
    /// tables.
    pub async fn replace_password(&self, new: NewPassword<'_>, actor: &Actor) -> Result<(), Failure<Changed>> {
        let NewPassword { user, hash, proof, attempt, ending, letter } = new;
        let (action, reset, after) = match proof {
            Proof::Password => (Action::PasswordChanged, self.discard_reset(user.id), attempt.after_password(None)),
            Proof::Reset(nonce) => {
                (Action::PasswordReset, self.spend_reset(user.id, nonce, actor.at), attempt.after_letter())
            }
        };
        let mut transaction = Transaction::of([reset, self.raise_version(user)]);
        for name in user.login_names() {
            transaction.add(self.set_hash(&name, hash).if_exists());
        }
        transaction.add(self.sessions.end_after(user.id, &ending, &after));
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

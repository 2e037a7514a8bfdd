//! Names of users: registration, and changes of usernames.
//!
//! | question            | key                       | call                            | units  |
//! |---------------------|---------------------------|---------------------------------|--------|
//! | register            | user#u, login#n …, look#l | one transaction over two tables | ≤ 16 W |
//! | change a username   | user#u, login#n …, look#l | GetItem, one transaction        | 1 R, ≤ 16 W |

use super::{Accounts, User};
use crate::tables::fault::{Failure, Result};
use crate::tables::journal::{Action, Actor, Entry, Letter};
use crate::tables::sessions::UserSessions;
use crate::tables::write::{Committed, Part, Transaction};
use crate::values::Username;

/// A new user, with the data that is stored with the profile.
pub struct Registration<'a> {
    /// The user.
    pub user: &'a User,
    /// The hash of their password (PHC string).
    pub hash: &'a str,
    /// Their role, and the session that begins with the registration.
    pub sessions: &'a UserSessions,
    /// The welcome letter.
    pub letter: Option<Letter>,
}

/// Why a registration was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotRegistered {
    /// Another user has the address.
    EmailTaken,
    /// Another user has the username, or one that looks the same.
    UsernameTaken,
}

/// Why a username was not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotRenamed {
    /// Another user has the username.
    UsernameTaken,
    /// The account has changed since it was read, or does not exist any more.
    Changed,
}

impl Accounts {
    /// Registers a user in the Accounts and the Sessions table, in one transaction: no user is without a role, and no
    /// login is without a user.
    ///
    /// # Errors
    /// [`NotRegistered`] if a name is taken; a fault of the tables.
    pub async fn register(&self, new: Registration<'_>, actor: &Actor) -> Result<(), Failure<NotRegistered>> {
        let Registration { user, hash, sessions, letter } = new;
        let user = &User { look: user.username.as_ref().map(Username::look), ..user.clone() };
        let mut transaction = Transaction::of([self.sessions.put_new(sessions), self.put_user(user)]);
        if let Some(look) = &user.look {
            transaction.add(self.claim_look(look, user.id));
        }
        let mut logins: Vec<Part> = Vec::new();
        for name in user.login_names() {
            logins.push(transaction.add(self.put_login(&name, user.id, hash)));
        }
        let entry = Entry::of_user(Action::Registered, user.id).with_letter(letter);
        transaction.add(self.journal.put(actor, entry));
        // The email is the first of the login names.
        let email = logins.first().copied().filter(|_| user.email.is_some());
        match transaction.commit().await? {
            Committed::Done => Ok(()),
            Committed::Refused(refusal) if email.is_some_and(|email| refusal.is_at(email)) => {
                Err(Failure::Refused(NotRegistered::EmailTaken))
            }
            Committed::Refused(_) => Err(Failure::Refused(NotRegistered::UsernameTaken)),
        }
    }

    /// Changes the username of a user.
    ///
    /// # Errors
    /// [`NotRenamed`] if the name is taken or the account has changed; a fault of the tables.
    pub async fn rename(&self, user: &User, username: &Username, actor: &Actor) -> Result<(), Failure<NotRenamed>> {
        const CHANGED: Failure<NotRenamed> = Failure::Refused(NotRenamed::Changed);
        // Each login has the hash. If the password changes in between, the version changes, and this is refused.
        let name = user.login_names().pop().ok_or(CHANGED)?;
        let login = self.get_login(&name).await?.ok_or(CHANGED)?;
        let old = user.username.as_ref().map(Username::folded);
        let renamed = User { username: Some(username.clone()), look: Some(username.look()), ..user.clone() };
        let mut transaction = self.sessions.transaction(actor);
        let profile = transaction.add(self.replace_user(&renamed));
        transaction.add(self.journal.put(actor, Entry::of_user(Action::Renamed, user.id)));
        // Names that differ only in case have the same item.
        if old.as_ref() != Some(&username.folded()) {
            transaction.add(self.put_login(&username.folded(), user.id, &login.hash));
            if let Some(old) = old {
                transaction.add(self.delete_login(&old));
            }
        }
        if let (true, Some(look)) = (renamed.look != user.look, &renamed.look) {
            transaction.add(self.claim_look(look, user.id));
            if let Some(old) = &user.look {
                transaction.add(self.release_look(old));
            }
        }
        match transaction.commit().await? {
            Committed::Done => Ok(()),
            Committed::Refused(refusal) if refusal.is_at(profile) => Err(CHANGED),
            Committed::Refused(_) => Err(Failure::Refused(NotRenamed::UsernameTaken)),
        }
    }
}

//! Names of users: registration, and changes of usernames.
//!
//! | question            | key                       | call                            | units  |
//! |---------------------|---------------------------|---------------------------------|--------|
//! | register            | user#u, login#n …, look#l | one transaction over two tables | ≤ 16 W |
//! | change a username   | user#u, login#n …, look#l | GetItem, one transaction        | 1 R, ≤ 16 W |

use super::logins::Login;
use super::{Accounts, User};
use crate::tables::fault::{Failure, Result};
use crate::tables::journal::{Action, Actor, Entry, Letter, Subject};
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
    /// The account does not exist any more.
    Gone,
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
        let mut transaction = Transaction::of([self.sessions.put_new(sessions, user.person()), self.put_user(user)]);
        if let Some(look) = &user.look {
            transaction.add(self.claim_look(look, user.id));
        }
        let login = Login { user: user.id, hash: hash.to_owned(), epoch: None };
        let mut logins: Vec<Part> = Vec::new();
        for name in user.login_names() {
            logins.push(transaction.add(self.put_login(&name, &login)));
        }
        if sessions.is_enabled_librarian() {
            transaction.add(self.sessions.enrol(user.id));
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

    /// Changes the username of the actor.
    ///
    /// # Errors
    /// [`NotRenamed`]; a fault of the tables.
    pub async fn rename(&self, username: &Username, actor: &Actor) -> Result<User, Failure<NotRenamed>> {
        const GONE: Failure<NotRenamed> = Failure::Refused(NotRenamed::Gone);
        let mut retry = self.retry();
        loop {
            let (user, login) = self.get_user_and_login(actor.id).await?.ok_or(GONE)?;
            if user.username.as_ref() == Some(username) {
                return Ok(user);
            }
            let letter = user.letter(Subject::Renamed);
            let old = user.username.as_ref().map(Username::folded);
            let (look, old_look) = (username.look(), user.look.clone());
            let renamed = User { username: Some(username.clone()), look: Some(look.clone()), ..user }.next(actor);
            let own = self.sessions.change(actor.id).person(&renamed.person()).write();
            let mut transaction = self.sessions.transaction_with(own, actor);
            // If the password changes in between, the version changes, and this is refused.
            let profile = transaction.add(self.replace_user(&renamed));
            let entry = Entry::of_user(Action::Renamed, actor.id).with_letter(letter);
            transaction.add(self.journal.put(actor, entry));
            let mut claimed = Vec::new();
            // Names that differ only in case have the same item.
            if old.as_ref() != Some(&username.folded()) {
                claimed.push(transaction.add(self.put_login(&username.folded(), &login)));
                transaction.add_all(old.map(|old| self.delete_login(&old)));
            }
            if old_look.as_ref() != Some(&look) {
                claimed.push(transaction.add(self.claim_look(&look, actor.id)));
                transaction.add_all(old_look.map(|old| self.release_look(&old)));
            }
            match transaction.commit().await? {
                Committed::Done => return Ok(renamed),
                Committed::Refused(refusal) => {
                    let is_taken = claimed.iter().any(|claimed| refusal.is_at(*claimed));
                    if is_taken && !refusal.is_at(profile) {
                        return Err(Failure::Refused(NotRenamed::UsernameTaken));
                    }
                }
            }
            retry.again_or_busy().await?;
        }
    }
}

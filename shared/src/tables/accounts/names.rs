//! Names of users: registration, and changes of usernames.
//!
//! | question            | key                       | call                            | units  |
//! |---------------------|---------------------------|---------------------------------|--------|
//! | register            | user#u, login#n …, look#l | one transaction over two tables | ≤ 16 W, + 2 for a username with a digit, + 3 a word |
//! | change a username   | user#u, login#n …, look#l | GetItem, one transaction        | 1 R, ≤ 18 W, + 3 a word |

use super::logins::Login;
use super::{Accounts, User};
use crate::tables::fault::{Failure, Result};
use crate::tables::journal::{Action, Actor, Entry, Letter, Subject};
use crate::tables::sessions::UserSessions;
use crate::tables::write::{Committed, Part, Refusal, Transaction};
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

/// The parts of a transaction that claim names, which other users may have.
#[derive(Default)]
pub(super) struct Claimed {
    email: Option<Part>,
    username: Vec<Part>,
}

impl Claimed {
    pub(super) fn is_email_taken(&self, refusal: &Refusal) -> bool {
        self.email.is_some_and(|part| refusal.is_at(part))
    }

    pub(super) fn is_username_taken(&self, refusal: &Refusal) -> bool {
        self.username.iter().any(|part| refusal.is_at(*part))
    }
}

impl Accounts {
    /// Adds the writes by which the names of a user become others: logins, what the username looks like, its form as a
    /// card, the login of the card, and the words of the names. `None` stands for a user who does not exist yet, or any more; a
    /// new name gets the hash of `login`.
    pub(super) fn move_names(
        &self,
        transaction: &mut Transaction,
        old: Option<&User>,
        new: Option<&User>,
        login: Option<&Login>,
        actor: &Actor,
    ) -> Claimed {
        let mut claimed = Claimed::default();
        let names = |user: Option<&User>| user.map(User::login_names).unwrap_or_default();
        let (before, after) = (names(old), names(new));
        // Names that differ only in case have the same item.
        for name in after.iter().filter(|name| !before.contains(name)) {
            let Some(login) = login else { continue };
            let part = transaction.add(self.put_login(name, login));
            if name.contains('@') {
                claimed.email = Some(part);
            } else {
                claimed.username.push(part);
            }
        }
        transaction.add_all(before.iter().filter(|name| !after.contains(name)).map(|name| self.delete_login(name)));
        let look = |user: Option<&User>| user.and_then(|user| user.look.clone());
        let (before, after) = (look(old), look(new));
        if before != after {
            let claims = after.zip(new).map(|(look, user)| self.claim_look(&look, user.id));
            claimed.username.extend(claims.map(|claim| transaction.add(claim)));
            transaction.add_all(before.map(|look| self.release_look(&look)));
        }
        let form = |user: Option<&User>| user.and_then(User::form_of_a_card);
        let (before, after) = (form(old), form(new));
        if before != after {
            let claims = after.zip(new).map(|(form, user)| self.claim_form(&form, user.id, actor.at));
            claimed.username.extend(claims.map(|claim| transaction.add(claim)));
            transaction.add_all(before.map(|form| self.release_form(&form)));
        }
        if let (Some(old), Some(new)) = (old, new)
            && let Some(card) = &new.card
            && old.card == new.card
            && old.login_of_card() != new.login_of_card()
        {
            transaction.add(self.lead_card(card, new));
        }
        self.move_words(transaction, old, new);
        claimed
    }

    /// Registers a user in the Accounts and the Sessions table, in one transaction: no user is without a role, and no
    /// login is without a user.
    ///
    /// # Errors
    /// [`NotRegistered`] if a name is taken; a fault of the tables.
    pub async fn register(&self, new: Registration<'_>, actor: &Actor) -> Result<(), Failure<NotRegistered>> {
        let Registration { user, hash, sessions, letter } = new;
        let user = &User { look: user.username.as_ref().map(Username::look), ..user.clone() }.with_words();
        let mut transaction = Transaction::of([self.sessions.put_new(sessions, user.person()), self.put_user(user)]);
        let login = Login { user: user.id, hash: Some(hash.to_owned()), epoch: None };
        let claimed = self.move_names(&mut transaction, None, Some(user), Some(&login), actor);
        if sessions.is_enabled_librarian() {
            transaction.add(self.sessions.enrol(user.id));
        }
        let entry = Entry::of_user(Action::Registered, user.id).with_letter(letter);
        transaction.add(self.journal.put(actor, entry));
        match transaction.commit().await? {
            Committed::Done => Ok(()),
            Committed::Refused(refusal) if claimed.is_email_taken(&refusal) => {
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
            let look = Some(username.look());
            let renamed = User { username: Some(username.clone()), look, ..user.clone() }.with_words().next(actor);
            // Their own card reads the same.
            if renamed.card.is_some() && renamed.form_of_a_card() == renamed.card {
                return Err(Failure::Refused(NotRenamed::UsernameTaken));
            }
            let own = self.sessions.change(actor.id).person(&renamed.person()).write();
            let mut transaction = self.sessions.transaction_with(own, actor);
            // If the password changes in between, the version changes, and this is refused.
            let profile = transaction.add(self.replace_user(&renamed));
            let entry = Entry::of_user(Action::Renamed, actor.id).with_letter(letter);
            transaction.add(self.journal.put(actor, entry));
            let claimed = self.move_names(&mut transaction, Some(&user), Some(&renamed), Some(&login), actor);
            match transaction.commit().await? {
                Committed::Done => return Ok(renamed),
                Committed::Refused(refusal) => {
                    if claimed.is_username_taken(&refusal) && !refusal.is_at(profile) {
                        return Err(Failure::Refused(NotRenamed::UsernameTaken));
                    }
                }
            }
            retry.again_or_busy().await?;
        }
    }
}

//! Users: their profiles.
//!
//! | question                       | key               | call                                 | units |
//! |--------------------------------|-------------------|--------------------------------------|-------|
//! | one user                       | user#u            | GetItem, strong                      | 1 R   |
//! | the user with a username       | login#n, user#u   | 2 GetItem                            | 2 R   |
//! | all users, oldest first        | index users       | Query                                | 1 R a page |
//! | change a profile               | user#u            | GetItem, one transaction             | 1 R, 7 W |
//!
//! A profile contains no secret. Every change of a username, a password or the profile raises the profile's version, so
//! that two changes never overlap.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Accounts;
use crate::tables::fault::{Failure, Result};
use crate::tables::journal::letter::Addressee;
use crate::tables::journal::{Action, Actor, Entry, Letter, Subject};
use crate::tables::key::{Item, Key, item, key};
use crate::tables::sessions::Person;
use crate::tables::table::Consistency::Strong;
use crate::tables::table::{Page, to_value};
use crate::tables::write::{Committed, Write};
use crate::values::Patch;
use crate::values::stored;
use crate::values::{Card, Email, Language, LetterKind, Letters, Name, UserId, Username, milliseconds};

/// A user, as they see themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The user's id.
    pub id: UserId,
    /// The address that they sign in with and receive mail at.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub email: Option<Email>,
    /// Whether they have proved that the address is theirs.
    pub email_verified: bool,
    /// The address that takes its place when they follow the link of its letter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub pending_email: Option<Email>,
    /// The name that they sign in with and that others see.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub username: Option<Username>,
    /// Their first name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub first_name: Option<Name>,
    /// Their last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub last_name: Option<Name>,
    /// The number of their card, with which they sign in too.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub card: Option<Card>,
    /// The language of their letters, if they have chosen one. Otherwise it is the library's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub language: Option<Language>,
    /// Which letters they want, if they have chosen. Otherwise they get all that the library writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub letters: Option<Letters>,
    /// When they registered.
    #[serde(serialize_with = "milliseconds")]
    pub created_at: Timestamp,
    /// When the account was last changed.
    #[serde(serialize_with = "milliseconds")]
    pub updated_at: Timestamp,
    /// What the username looks like, as it is claimed for the user; `None` if another user had claimed it before names
    /// that look the same were refused.
    #[serde(skip)]
    pub look: Option<String>,
    /// When they got the card.
    #[serde(skip)]
    pub card_since: Option<Timestamp>,
    /// What names them in the file that they came from: `members#7`.
    #[serde(skip)]
    pub source: Option<String>,
    /// The words by which they are found, as they are stored for them.
    #[serde(skip)]
    pub words: Vec<String>,
    /// Counts the changes of the account; the `ETag`.
    #[serde(skip)]
    pub version: u64,
}

impl User {
    /// Makes a new user without names.
    pub fn new(id: UserId, now: Timestamp) -> Self {
        User {
            id,
            email: None,
            email_verified: false,
            pending_email: None,
            username: None,
            first_name: None,
            last_name: None,
            card: None,
            language: None,
            letters: None,
            created_at: now,
            updated_at: now,
            look: None,
            card_since: None,
            source: None,
            words: Vec::new(),
            version: 1,
        }
    }

    /// Returns the names of their logins: the names that they sign in with, in folded form. Who has neither an email nor a
    /// username has one that nobody can type, for the card.
    pub fn login_names(&self) -> Vec<String> {
        let email = self.email.as_ref().map(|email| email.as_str().to_owned());
        let names: Vec<_> = email.into_iter().chain(self.username.as_ref().map(Username::folded)).collect();
        if names.is_empty() { vec![format!("@{}", self.id)] } else { names }
    }

    /// Returns the name of the login to which their card leads.
    pub(super) fn login_of_card(&self) -> String {
        self.login_names().pop().unwrap_or_default()
    }

    /// Returns who they are, as the Sessions table has it.
    pub(super) fn person(&self) -> Person {
        let User { id, first_name, last_name, username, card, .. } = self.clone();
        Person { id, first_name, last_name, username, card }
    }

    /// Returns the next version of a changed profile.
    pub(super) fn next(self, actor: &Actor) -> User {
        User { version: self.version + 1, updated_at: actor.at, ..self }
    }

    /// Returns their address, and how they are greeted there; `None` if they have no address.
    pub fn addressee(&self) -> Option<Addressee> {
        Some(self.addressee_at(self.email.clone()?, self.email_verified))
    }

    /// Returns how they are greeted at an address.
    pub(super) fn addressee_at(&self, email: Email, proved: bool) -> Addressee {
        Addressee::new(
            email,
            proved,
            [self.first_name.as_ref().map(Name::as_str), self.username.as_ref().map(Username::as_str)],
        )
        .reading(self.language)
    }

    /// Returns whether they get letters of a kind, if the library writes them.
    pub fn wants(&self, kind: LetterKind) -> bool {
        self.letters.is_none_or(|letters| letters.has(kind))
    }

    /// Returns a letter to them; `None` if they have no address.
    pub fn letter(&self, subject: Subject) -> Option<Letter> {
        Some(Letter { to: Some(self.addressee()?), ..Letter::to_reader(self.id, subject) })
    }
}

key!(
    /// The key of a profile.
    UserKey(UserId) = "user#"
);

/// The partition of the index `users`.
const KIND: &str = "user";

/// A user as stored.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Record {
    pk: UserKey,
    kind: String,
    id: UserId,
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    email: Option<Email>,
    #[serde(default)]
    email_verified: bool,
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    pending_email: Option<Email>,
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    username: Option<Username>,
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    first_name: Option<Name>,
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    last_name: Option<Name>,
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    card: Option<Card>,
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    language: Option<Language>,
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    letters: Option<Letters>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    card_since: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    words: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    look: Option<String>,
    created_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    updated_at: Option<Timestamp>,
    version: u64,
}

impl From<Record> for User {
    fn from(record: Record) -> User {
        let Record { pk: UserKey(id), email, email_verified, pending_email, username, .. } = record;
        let Record { first_name, last_name, card, language, letters, card_since, source, words, look, .. } = record;
        let Record { created_at, updated_at, version, .. } = record;
        let updated_at = updated_at.unwrap_or(created_at);
        User {
            id,
            email,
            email_verified,
            pending_email,
            username,
            first_name,
            last_name,
            card,
            language,
            letters,
            created_at,
            updated_at,
            look,
            card_since,
            source,
            words,
            version,
        }
    }
}

impl Record {
    fn new(user: &User) -> Self {
        let User { id, email, email_verified, pending_email, username, first_name, last_name, .. } = user.clone();
        let User { card, language, letters, card_since, source, words, look, .. } = user.clone();
        Record {
            pk: UserKey(id),
            kind: KIND.into(),
            id,
            email,
            email_verified,
            pending_email,
            username,
            first_name,
            last_name,
            card,
            language,
            letters,
            card_since,
            source,
            words,
            look,
            created_at: user.created_at,
            updated_at: Some(user.updated_at),
            version: user.version,
        }
    }
}

/// Why a profile was not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotChanged {
    /// The account does not exist any more.
    Gone,
    /// It has none of the versions that the change applies to.
    Stale,
}

/// A position in the list of users: after a user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Position {
    pk: UserKey,
}

impl Position {
    fn start_key(&self) -> Item {
        item([("kind", to_value(KIND)), ("pk", to_value(self.pk))])
    }
}

impl Accounts {
    /// Reads a user strongly.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn get_user(&self, id: UserId) -> Result<Option<User>> {
        Ok(self.table.get::<Record>(Key::of(UserKey(id)), Strong).await?.map(User::from))
    }

    /// Reads the user with that username.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn get_user_by_username(&self, username: &Username) -> Result<Option<User>> {
        match self.get_login(&username.folded()).await? {
            Some(login) => self.get_user(login.user).await,
            None => Ok(None),
        }
    }

    /// Lists up to `limit` users after a position, oldest first.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn list_users(&self, limit: usize, after: Option<Position>) -> Result<Page<User, Position>> {
        let query = self.table.query("kind = :user").index("users").value(":user", KIND);
        let page = query.after(after.map(|position| position.start_key())).page::<Record, Position>(limit).await?;
        Ok(Page { items: page.items.into_iter().map(User::from).collect(), next: page.next })
    }

    /// Changes the profile of the actor, at a version that `allows` it.
    ///
    /// # Errors
    /// [`NotChanged`]; a fault of the tables.
    pub async fn change_user(
        &self,
        allows: impl Fn(u64) -> bool,
        change: impl Fn(&mut User),
        history: Patch<Timestamp>,
        actor: &Actor,
    ) -> Result<User, Failure<NotChanged>> {
        let mut retry = self.retry();
        loop {
            let user = self.get_user(actor.id).await?.ok_or(Failure::Refused(NotChanged::Gone))?;
            if !allows(user.version) {
                return Err(Failure::Refused(NotChanged::Stale));
            }
            let mut changed = user.clone();
            change(&mut changed);
            if changed == user && history == Patch::Keep {
                return Ok(user);
            }
            let changed = changed.with_words().next(actor);
            let own = self.sessions.change(actor.id).person(&changed.person());
            let own = match history {
                Patch::Keep => own,
                Patch::Remove => own.keeping_history(None),
                Patch::Set(since) => own.keeping_history(Some(since)),
            };
            let own = own.write();
            let mut transaction = self.sessions.transaction_with(own, actor);
            let entry = self.journal.put(actor, Entry::of_user(Action::Changed, actor.id));
            transaction.add_all([self.replace_user(&changed), entry]);
            self.move_words(&mut transaction, Some(&user), Some(&changed));
            if let Committed::Done = transaction.commit().await? {
                return Ok(changed);
            }
            retry.again_or_busy().await?;
        }
    }

    /// Returns the write that adds a user.
    pub(super) fn put_user(&self, user: &User) -> Write {
        self.table.put(&Record::new(user)).if_new()
    }

    /// Returns the write that replaces a profile by the [`User::next`] one, if it still has the version before that.
    pub(super) fn replace_user(&self, user: &User) -> Write {
        self.table.put(&Record::new(user)).if_version(user.version - 1)
    }

    /// Returns the check that refuses a transaction if the profile has another version than the one that was read.
    pub(super) fn check_version(&self, user: &User) -> Write {
        self.table.check(Key::of(UserKey(user.id))).if_version(user.version)
    }

    /// Returns the write that stores a claimed look, if the profile still has the version that was read.
    pub(super) fn set_look(&self, user: &User, look: &str) -> Write {
        let update = self.table.update(Key::of(UserKey(user.id)), "SET look = :look").value(":look", look);
        update.if_version(user.version)
    }

    /// Returns the write that stores the words of the names, if the profile still has the version that was read.
    pub(super) fn set_words(&self, user: &User) -> Write {
        let update = self.table.update(Key::of(UserKey(user.id)), "SET words = :words").value(":words", &user.words);
        update.if_version(user.version)
    }

    /// Returns the write that raises the version of an account, which covers the user's standing too.
    pub(super) fn raise_version(&self, user: UserId, actor: &Actor) -> Write {
        let expression = "SET version = version + :one, updatedAt = :now";
        let update = self.table.update(Key::of(UserKey(user)), expression).if_exists();
        update.value(":one", 1).value(":now", actor.at)
    }

    /// Returns the write that deletes a profile, if it still has the version that was read.
    pub(super) fn delete_user(&self, user: &User) -> Write {
        self.table.delete(Key::of(UserKey(user.id))).if_version(user.version)
    }
}

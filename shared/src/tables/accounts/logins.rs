//! Logins: names to sign in with, and their password hashes.
//!
//! | question                 | key     | call            | units |
//! |--------------------------|---------|-----------------|-------|
//! | whose login is this name | login#n | GetItem, strong | 1 R   |
//! | and of a name that may be a card | card#c, login#n | 2 GetItem, strong | 2 R |
//!
//! Each name to sign in with, email or username, is an item. It keeps the name unique and contains the password's hash,
//! so that a sign-in reads one item for either name.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Accounts, User};
use crate::tables::fault::Result;
use crate::tables::key::Key;
use crate::tables::table::Consistency::Strong;
use crate::tables::write::Write;
use crate::values::{Card, UserId};

/// A login as stored.
#[derive(Serialize, Deserialize)]
struct Record {
    pk: String,
    user: UserId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hash: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    epoch: Option<Uuid>,
}

/// A login.
#[derive(Debug)]
pub struct Login {
    /// The user with this name.
    pub user: UserId,
    /// The password's hash (PHC string); `None` until a reader whom the desk has added chooses one.
    pub hash: Option<String>,
    /// The epoch of the password. The user's item of the Sessions table has the current one.
    pub epoch: Option<Uuid>,
}

/// A name as somebody types it to sign in.
#[derive(Debug)]
pub struct SignInName {
    /// The name in folded form.
    pub folded: String,
    /// The card, if it may be one.
    pub card: Option<Card>,
}

impl SignInName {
    /// Returns the name under which attempts are counted if nobody has it: the same in every spelling.
    pub fn counted(&self) -> &str {
        self.card.as_ref().map_or(&self.folded, Card::as_str)
    }
}

impl From<Record> for Login {
    fn from(record: Record) -> Login {
        Login { user: record.user, hash: record.hash, epoch: record.epoch }
    }
}

/// Returns the key of a name in folded form.
pub(super) fn login_key(name: &str) -> String {
    format!("login#{name}")
}

impl Accounts {
    /// Reads the login of a name: an email address or a username in folded form.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn get_login(&self, name: &str) -> Result<Option<Login>> {
        Ok(self.table.get::<Record>(Key::of(login_key(name)), Strong).await?.map(Login::from))
    }

    /// Reads the login to which a name or a card leads, with its own name.
    ///
    /// A name of the form of a card takes one read more, be it a card, a username or nobody's: its time says nothing.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn get_login_of(&self, name: &SignInName) -> Result<Option<(String, Login)>> {
        let holder = match &name.card {
            Some(card) => self.holder_of_card(card).await?,
            None => None,
        };
        let login_name = holder.as_ref().map_or(&name.folded, |holder| &holder.login).clone();
        let login = self.get_login(&login_name).await?;
        // The name may have become another user's since the card was read.
        let login = login.filter(|login| holder.is_none_or(|holder| holder.user == login.user));
        Ok(login.map(|login| (login_name, login)))
    }

    /// Reads a user, and the login of one of their names: each has the same password. `None` if there is no such user.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn get_user_and_login(&self, id: UserId) -> Result<Option<(User, Login)>> {
        let mut retry = self.retry();
        loop {
            let Some(user) = self.get_user(id).await? else { return Ok(None) };
            let Some(name) = user.login_names().pop() else { return Ok(None) };
            match self.get_login(&name).await? {
                Some(login) if login.user == id => return Ok(Some((user, login))),
                // The user has been renamed since.
                _ => retry.again_or_busy().await?,
            }
        }
    }

    /// Returns the write that adds a login of a user.
    pub(super) fn put_login(&self, name: &str, Login { user, hash, epoch }: &Login) -> Write {
        let (user, hash, epoch) = (*user, hash.clone(), *epoch);
        self.table.put(&Record { pk: login_key(name), user, hash, epoch }).if_new()
    }

    /// Returns the check that refuses a transaction if somebody has that name.
    pub(super) fn check_no_login(&self, name: &str) -> Write {
        self.table.check(Key::of(login_key(name))).when("attribute_not_exists(pk)")
    }

    /// Returns the write that replaces the password of a login.
    pub(super) fn set_password(&self, name: &str, hash: &str, epoch: Uuid) -> Write {
        let update = self.table.update(Key::of(login_key(name)), "SET #hash = :hash, epoch = :epoch").if_exists();
        update.name("#hash", "hash").value(":hash", hash).value(":epoch", epoch)
    }

    /// Returns the write that replaces the hash of a login by another one of the same password.
    pub(super) fn set_hash(&self, name: &str, hash: &str) -> Write {
        self.table.update(Key::of(login_key(name)), "SET #hash = :hash").name("#hash", "hash").value(":hash", hash)
    }

    /// Returns the write that deletes a login, so that its name is free.
    pub(super) fn delete_login(&self, name: &str) -> Write {
        self.table.delete(Key::of(login_key(name)))
    }
}

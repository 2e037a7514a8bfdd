//! Logins: names to sign in with, and their password hashes.
//!
//! | question                 | key     | call            | units |
//! |--------------------------|---------|-----------------|-------|
//! | whose login is this name | login#n | GetItem, strong | 1 R   |
//!
//! Each name to sign in with, email or username, is an item. It keeps the name unique and contains the password's hash,
//! so that a sign-in reads one item for either name.

use serde::{Deserialize, Serialize};

use super::Accounts;
use crate::tables::fault::Result;
use crate::tables::key::Key;
use crate::tables::table::Consistency::Strong;
use crate::tables::write::Write;
use crate::values::UserId;

/// A login as stored.
#[derive(Serialize, Deserialize)]
struct Record {
    pk: String,
    user: UserId,
    hash: String,
}

/// A login.
#[derive(Debug)]
pub struct Login {
    /// The user with this name.
    pub user: UserId,
    /// The password's hash (PHC string).
    pub hash: String,
}

impl From<Record> for Login {
    fn from(record: Record) -> Login {
        Login { user: record.user, hash: record.hash }
    }
}

/// Returns the key of a name in folded form.
fn login_key(name: &str) -> String {
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

    /// Returns the write that adds a login of a user.
    pub(super) fn put_login(&self, name: &str, user: UserId, hash: &str) -> Write {
        self.table.put(&Record { pk: login_key(name), user, hash: hash.to_owned() }).if_new()
    }

    /// Returns the write that replaces the hash of a login.
    pub(super) fn set_hash(&self, name: &str, hash: &str) -> Write {
        self.table.update(Key::of(login_key(name)), "SET #hash = :hash").name("#hash", "hash").value(":hash", hash)
    }

    /// Returns the write that deletes a login, so that its name is free.
    pub(super) fn delete_login(&self, name: &str) -> Write {
        self.table.delete(Key::of(login_key(name)))
    }
}

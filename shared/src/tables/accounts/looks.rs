//! Looks: what usernames look like (UTS 39). Each is claimed by one user, so that nobody can pass for another.
//!
//! | question                        | key    | call                       | units |
//! |---------------------------------|--------|----------------------------|-------|
//! | claim or release a name's look  | look#l | part of its transaction    | +2 W  |
//!
//! Unicode may change which letters look alike. So the claimed look stands in the profile, and is not computed again.

use jiff::Timestamp;
use serde::Serialize;

use super::Accounts;
use super::user::User;
use crate::tables::fault::Result;
use crate::tables::key::Key;
use crate::tables::write::{Committed, Transaction, Write};
use crate::values::{UserId, Username};

/// A claimed look as stored.
#[derive(Serialize)]
struct Record {
    pk: String,
    user: UserId,
}

fn look_key(look: &str) -> String {
    format!("look#{look}")
}

impl Accounts {
    /// Returns the write that claims a look for a user.
    pub(super) fn claim_look(&self, look: &str, user: UserId) -> Write {
        self.table.put(&Record { pk: look_key(look), user }).if_new()
    }

    /// Returns the write that releases a look.
    pub(super) fn release_look(&self, look: &str) -> Write {
        self.table.delete(Key::of(look_key(look)))
    }

    /// Moves a login that is stored in an earlier form. Returns whether it did.
    pub(super) async fn move_login(&self, user: &User, username: &Username) -> Result<bool> {
        let (name, former) = (username.folded(), username.formerly_folded());
        if name == former {
            return Ok(false);
        }
        let Some(login) = self.get_login(&former).await?.filter(|login| login.user == user.id) else {
            return Ok(false);
        };
        let put = self.put_login(&name, &login);
        self.done(user, Transaction::of([put, self.delete_login(&former), self.check_version(user)])).await
    }

    /// Claims the look of a username that an earlier version stored. Returns whether it did.
    pub(super) async fn claim_old_look(&self, user: &User, username: &Username) -> Result<bool> {
        if user.look.is_some() {
            return Ok(false);
        }
        let look = username.look();
        self.done(user, Transaction::of([self.claim_look(&look, user.id), self.set_look(user, &look)])).await
    }

    /// Claims the form that a username has as a card, for a user of an earlier version. Returns whether it did.
    pub(super) async fn claim_old_form(&self, user: &User) -> Result<bool> {
        let Some(form) = user.form_of_a_card() else { return Ok(false) };
        let claim = self.claim_form(&form, user.id, Timestamp::UNIX_EPOCH);
        Ok(matches!(Transaction::of([claim, self.check_version(user)]).commit().await?, Committed::Done))
    }

    /// Carries out a transaction that rewrites a user's items. Returns whether it happened.
    async fn done(&self, user: &User, transaction: Transaction) -> Result<bool> {
        let done = matches!(transaction.commit().await?, Committed::Done);
        if !done {
            tracing::warn!(user_id = %user.id, "another user has the same username or one that looks the same");
        }
        Ok(done)
    }
}

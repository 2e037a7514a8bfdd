//! The list of the enabled librarians. It keeps the last one from leaving.
//!
//! | question                     | key        | call                       | units |
//! |------------------------------|------------|----------------------------|-------|
//! | is another librarian left    | librarians | one write of a transaction | 2 W   |
//! | has this address promoted    | librarians | GetItem, strong            | 1 R   |
//!
//! Whatever makes a librarian, or takes one away, writes this item in its transaction. So two librarians who leave at
//! the same time meet here.
//!
//! The item also has the administrators' addresses that have made somebody a librarian. Each does so once: its owner who
//! lost the role would get it back by giving the address up and confirming it again, with this account or another one.

use std::collections::HashSet;

use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::change::Change;
use super::{Sessions, Standing, UserSessions};
use crate::tables::fault::Result;
use crate::tables::journal::{Action, Actor, Entry, Letter, Subject};
use crate::tables::key::Key;
use crate::tables::table::Consistency::Strong;
use crate::tables::write::Write;
use crate::values::{Email, Role, UserId};

const LIBRARIANS: &str = "librarians";

/// What is read of the item.
#[derive(Default, Deserialize)]
struct Record {
    /// Hashes of the addresses that have made somebody a librarian.
    #[serde(default)]
    promoted: HashSet<String>,
}

/// The user is the last enabled librarian, and cannot leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastLibrarian;

impl UserSessions {
    /// Returns whether the user is a librarian who may sign in.
    pub(crate) fn is_enabled_librarian(&self) -> bool {
        self.role == Role::Admin && !self.disabled
    }
}

impl Sessions {
    /// Adds the role of a librarian to a change of the actor's own item, if they have just confirmed an `administrator`'s
    /// address that has made nobody a librarian yet. Returns the other writes of the promotion.
    pub(crate) async fn promoted(
        &self,
        change: Change,
        administrator: Option<&Email>,
        actor: &Actor,
    ) -> Result<(Change, Vec<Write>)> {
        let Some(address) = administrator.map(|email| BASE64.encode(Sha256::digest(email.as_str()))) else {
            return Ok((change, Vec::new()));
        };
        let list: Option<Record> = self.table.get(Key::of(LIBRARIANS), Strong).await?;
        let before = self.get(actor.id).await?.filter(|_| !list.unwrap_or_default().promoted.contains(&address));
        let Some(before) = before else { return Ok((change, Vec::new())) };
        let ids = if before.disabled { "" } else { "ids :user, " };
        let spent = self.table.update(Key::of(LIBRARIANS), format!("ADD {ids}promoted :addresses"));
        let spent = if before.disabled { spent } else { spent.attribute(":user", only(actor.id.to_string())) };
        let spent = spent.when("(attribute_not_exists(promoted) OR NOT contains(promoted, :address))");
        let spent = spent.attribute(":addresses", only(address.clone())).value(":address", address);
        if before.role == Role::Admin {
            return Ok((change, vec![spent]));
        }
        let letter = Letter::to_reader(actor.id, Subject::RoleChanged { role: Role::Admin });
        let entry = Entry::of_user(Action::RoleChanged, actor.id).with_letter(Some(letter));
        let change = change.standing(&before, &Standing { role: Some(Role::Admin), ..Standing::default() });
        Ok((change, vec![self.journal.put(actor, entry), spent]))
    }

    /// Returns the write that adds a librarian to the list.
    pub(crate) fn enrol(&self, user: UserId) -> Write {
        self.table.update(Key::of(LIBRARIANS), "ADD ids :user").attribute(":user", only(user.to_string()))
    }

    /// Returns the write that removes a user from the list. It is refused if they are the only one on it.
    pub(crate) fn strike(&self, user: UserId) -> Write {
        let update =
            self.table.update(Key::of(LIBRARIANS), "DELETE ids :user").attribute(":user", only(user.to_string()));
        update.when("(attribute_not_exists(ids) OR ids <> :user)")
    }
}

/// Returns a set of one text. serde knows no sets.
fn only(text: String) -> AttributeValue {
    AttributeValue::Ss(vec![text])
}

//! The list of the enabled librarians. It keeps the last one from leaving.
//!
//! | question                     | key        | call                       | units |
//! |------------------------------|------------|----------------------------|-------|
//! | is another librarian left    | librarians | one write of a transaction | 2 W   |
//!
//! Whatever makes a librarian, or takes one away, writes this item in its transaction. So two librarians who leave at
//! the same time meet here.

use aws_sdk_dynamodb::types::AttributeValue;

use super::change::Change;
use super::{Sessions, Standing, UserSessions};
use crate::tables::fault::Result;
use crate::tables::journal::{Action, Actor, Entry, Letter, Subject};
use crate::tables::key::Key;
use crate::tables::write::Write;
use crate::values::{Role, UserId};

const LIBRARIANS: &str = "librarians";

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
    /// Adds the role of a librarian to a change of the actor's own item, if they are promoted. Returns the other writes of
    /// the promotion.
    pub(crate) async fn promoted(
        &self,
        change: Change,
        is_promoted: bool,
        actor: &Actor,
    ) -> Result<(Change, Vec<Write>)> {
        let before = if is_promoted { self.get(actor.id).await? } else { None };
        let Some(before) = before.filter(|before| before.role != Role::Admin) else { return Ok((change, Vec::new())) };
        let letter = Letter::to_reader(actor.id, Subject::RoleChanged { role: Role::Admin });
        let entry = Entry::of_user(Action::RoleChanged, actor.id).with_letter(Some(letter));
        let mut others = vec![self.journal.put(actor, entry)];
        if !before.disabled {
            others.push(self.enrol(actor.id));
        }
        Ok((change.standing(&before, Standing { role: Some(Role::Admin), ..Standing::default() }), others))
    }

    /// Returns the write that adds a librarian to the list.
    pub(crate) fn enrol(&self, user: UserId) -> Write {
        self.table.update(Key::of(LIBRARIANS), "ADD ids :user").attribute(":user", only(user))
    }

    /// Returns the write that removes a user from the list. It is refused if they are the only one on it.
    pub(crate) fn strike(&self, user: UserId) -> Write {
        let update = self.table.update(Key::of(LIBRARIANS), "DELETE ids :user").attribute(":user", only(user));
        update.when("(attribute_not_exists(ids) OR ids <> :user)")
    }
}

/// Returns a set of one user. serde knows no sets.
fn only(user: UserId) -> AttributeValue {
    AttributeValue::Ss(vec![user.to_string()])
}

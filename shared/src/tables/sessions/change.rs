//! Changes of a user's item. Several of them become one update.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::borrowing::if_in_group;
use super::known::After;
use super::{Person, Session, Sessions, Standing, UserKey, UserSessions, if_member};
use crate::tables::key::Key;
use crate::tables::write::{Changes, Write};
use crate::values::{Patch, SessionId, UserId};

/// A change of a user's item, which must exist.
#[must_use]
pub(crate) struct Change {
    changes: Changes,
    write: Write,
}

impl Sessions {
    /// Starts a change of a user's item.
    pub(crate) fn change(&self, user: UserId) -> Change {
        let write = self.table.update(Key::of(UserKey(user)), "").when("attribute_exists(sessions)").showing_item();
        Change { changes: Changes::default(), write }
    }
}

impl Change {
    /// Ends the session with that id.
    pub(crate) fn ending(self, session: SessionId) -> Self {
        self.remove("sessions.#ended").name("#ended", session)
    }

    /// Ends all sessions.
    pub(crate) fn ending_all(self) -> Self {
        self.set("sessions = :sessions").value(":sessions", HashMap::<SessionId, Session>::new())
    }

    /// Ends all sessions but that one, whichever began since it was read. It stays as it was read, so it must not have
    /// been refreshed since.
    pub(crate) fn ending_others(self, (id, session): &(SessionId, Session)) -> Self {
        let kept = HashMap::from([(id, session)]);
        let change = self.set("sessions = :sessions").value(":sessions", kept).name("#kept", id);
        change.when("sessions.#kept.generation = :generation").value(":generation", session.generation)
    }

    /// Makes the changes that follow when the user has proved that the account is theirs.
    pub(crate) fn proving(mut self, after: &After) -> Self {
        after.add_to(&mut self.changes);
        Change { write: after.fill(self.write), ..self }
    }

    /// Begins another epoch, for a new password.
    pub(crate) fn with_epoch(self, epoch: Uuid) -> Self {
        self.set("epoch = :epoch").value(":epoch", epoch)
    }

    /// Adds the condition that the password is the one of that epoch.
    pub(crate) fn if_epoch(self, epoch: Option<Uuid>) -> Self {
        Change { write: if_epoch(self.write, epoch), ..self }
    }

    /// Adds the condition that the user is neither a librarian nor an assistant.
    pub(crate) fn if_member(self) -> Self {
        Change { write: if_member(self.write), ..self }
    }

    /// Records that the user has proved that the address is theirs.
    pub(crate) fn verified(self) -> Self {
        self.set("verified = :verified").value(":verified", true)
    }

    /// Records who the user is now.
    pub(crate) fn person(self, person: &Person) -> Self {
        self.set("person = :person").value(":person", person)
    }

    /// Records since when the user keeps past loans, or that they do not.
    pub(crate) fn keeping_history(self, since: Option<Timestamp>) -> Self {
        match since {
            Some(since) => self.set("history = :history").value(":history", since),
            None => self.remove("history"),
        }
    }

    /// Changes the standing, on the condition that role and `disabled` are as in `before`. Disabling ends every session.
    pub(crate) fn standing(self, before: &UserSessions, change: &Standing) -> Self {
        let Standing { role, disabled, approved, group, blocked } = change;
        let (disabled, approved) = (*disabled, *approved);
        let mut change = self.when("#role = :before").name("#role", "role").value(":before", before.role);
        change = change.when(if before.disabled { "disabled = :true" } else { "attribute_not_exists(disabled)" });
        if let Some(role) = role {
            change = change.set("#role = :role").value(":role", role);
        }
        match disabled {
            Some(true) => change = change.set("disabled = :true").ending_all(),
            Some(false) => change = change.remove("disabled"),
            None => {}
        }
        match approved {
            Some(true) => change = change.set("approved = :true"),
            Some(false) => change = change.remove("approved"),
            None => {}
        }
        if let Some(group) = group {
            change = change.set("#group = :group").name("#group", "group").value(":group", group);
            change = Change { write: if_in_group(change.write, &before.group), ..change };
        }
        match blocked {
            Patch::Set(block) => change = change.set("blocked = :block").value(":block", block),
            Patch::Remove => change = change.remove("blocked"),
            Patch::Keep => {}
        }
        if before.disabled || disabled == Some(true) || approved == Some(true) {
            change = change.value(":true", true);
        }
        change
    }

    /// Returns the update.
    pub(crate) fn write(self) -> Write {
        self.write.updating(self.changes.into())
    }

    fn set(mut self, assignment: &str) -> Self {
        self.changes.set(assignment);
        self
    }

    fn remove(mut self, attribute: &str) -> Self {
        self.changes.remove(attribute);
        self
    }

    fn when(self, condition: &str) -> Self {
        Change { write: self.write.when(condition), ..self }
    }

    fn name(self, placeholder: &str, attribute: impl ToString) -> Self {
        Change { write: self.write.name(placeholder, attribute), ..self }
    }

    fn value(self, placeholder: &str, value: impl Serialize) -> Self {
        Change { write: self.write.value(placeholder, value), ..self }
    }
}

/// Adds the condition that the password is the one of that epoch to a write of a user's item.
pub(crate) fn if_epoch(write: Write, epoch: Option<Uuid>) -> Write {
    match epoch {
        Some(epoch) => write.when("epoch = :proved").value(":proved", epoch),
        None => write.when("attribute_not_exists(epoch)"),
    }
}

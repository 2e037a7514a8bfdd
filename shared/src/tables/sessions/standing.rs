//! A user's standing: the role, whether they are disabled, and what decides on their loans.

use super::UserSessions;
use super::borrowing::Block;
use crate::values::{Group, Patch, Role};

/// A change of a user's standing; `None` keeps a part of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The role.
    pub role: Option<Role>,
    /// Whether the user is disabled. Disabling ends every session.
    pub disabled: Option<bool>,
    /// Whether a librarian lets the user borrow without a verified address.
    pub approved: Option<bool>,
    /// The group.
    pub group: Option<Group>,
    /// The block.
    pub blocked: Patch<Block>,
}

impl UserSessions {
    /// Returns the item as it is after a change.
    #[must_use]
    pub fn with(mut self, change: Standing) -> Self {
        self.role = change.role.unwrap_or(self.role);
        self.approved = change.approved.unwrap_or(self.approved);
        self.group = change.group.unwrap_or(self.group);
        self.disabled = change.disabled.unwrap_or(self.disabled);
        change.blocked.apply(&mut self.blocked);
        if self.disabled {
            self.sessions.clear();
        }
        self
    }

    /// Returns whether a change changes anything but the block.
    pub(crate) fn differs(&self, change: &Standing) -> bool {
        change.role.is_some_and(|role| role != self.role)
            || change.disabled.is_some_and(|disabled| disabled != self.disabled)
            || change.approved.is_some_and(|approved| approved != self.approved)
            || change.group.as_ref().is_some_and(|group| *group != self.group)
    }

    /// Returns whether a change blocks the user in another way, or lifts the block. Who blocks again for the same reason
    /// and time changes nothing.
    pub(crate) fn is_blocked_otherwise(&self, change: &Patch<Block>) -> bool {
        match (change, &self.blocked) {
            (Patch::Keep, _) | (Patch::Remove, None) => false,
            (Patch::Remove, Some(_)) | (Patch::Set(_), None) => true,
            (Patch::Set(new), Some(old)) => (&new.reason, new.until) != (&old.reason, old.until),
        }
    }
}

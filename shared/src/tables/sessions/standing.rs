//! A user's standing: the role, whether they are disabled, and whether they may borrow.

use crate::values::Role;

use super::UserSessions;

/// A change of a user's standing; `None` keeps a part of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// The role.
    pub role: Option<Role>,
    /// Whether the user is disabled. Disabling ends every session.
    pub disabled: Option<bool>,
    /// Whether a librarian lets the user borrow without a verified address.
    pub approved: Option<bool>,
}

impl UserSessions {
    /// Returns the item as it is after a change.
    #[must_use]
    pub fn with(mut self, change: Standing) -> Self {
        self.role = change.role.unwrap_or(self.role);
        self.approved = change.approved.unwrap_or(self.approved);
        self.disabled = change.disabled.unwrap_or(self.disabled);
        if self.disabled {
            self.sessions.clear();
        }
        self
    }

    /// Returns whether a change changes anything.
    pub(crate) fn differs(&self, Standing { role, disabled, approved }: Standing) -> bool {
        role.is_some_and(|role| role != self.role)
            || disabled.is_some_and(|disabled| disabled != self.disabled)
            || approved.is_some_and(|approved| approved != self.approved)
    }
}

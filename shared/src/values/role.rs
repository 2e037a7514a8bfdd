//! Roles of users.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// A reader, who may change what is their own.
    Member,
    /// An assistant, who may do everything at the desk: lend, take back, and look after readers.
    Assistant,
    /// A librarian, who may change everything.
    Admin,
}

impl Role {
    /// Returns whether the user works at the desk: an assistant or a librarian.
    pub fn is_desk(self) -> bool {
        matches!(self, Role::Assistant | Role::Admin)
    }
}

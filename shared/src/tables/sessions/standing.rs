//! Changes of a user's role, and disabling a user.
//!
//! | question                | key    | call                       | units   |
//! |-------------------------|--------|----------------------------|---------|
//! | change role or disabled | user#u | one write of a transaction | 2–4 W, and the caller's check |

use std::collections::HashMap;

use super::{Session, Sessions, UserKey};
use crate::tables::fault::Result;
use crate::tables::journal::{Action, Actor, Entry};
use crate::tables::key::Key;
use crate::tables::write::{Committed, Write};
use crate::values::{Role, UserId};

/// A change of a user's role, or whether the user is disabled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// The new role; `None` keeps it.
    pub role: Option<Role>,
    /// Whether the user is disabled; `None` keeps it.
    pub disabled: Option<bool>,
}

impl Sessions {
    /// Changes a user's role, or disables or enables the user. It applies to their next request. Disabling ends every
    /// session. Returns false if the user does not exist.
    ///
    /// # Errors
    /// A fault of the tables.
    pub async fn change_standing(&self, user: UserId, standing: Standing, actor: &Actor) -> Result<bool> {
        let mut transaction = self.transaction(actor);
        let entry = self.journal.put(actor, Entry::of_user(Action::RoleChanged, user));
        transaction.add_all([self.set_standing(user, standing), entry]);
        Ok(matches!(transaction.commit().await?, Committed::Done))
    }

    fn set_standing(&self, user: UserId, Standing { role, disabled }: Standing) -> Write {
        let (mut sets, mut removes) = (Vec::new(), Vec::new());
        if role.is_some() {
            sets.push("#role = :role");
        }
        match disabled {
            Some(true) => sets.extend(["disabled = :disabled", "sessions = :none"]),
            Some(false) => removes.push("disabled"),
            None => {}
        }
        let clause = |word: &str, parts: Vec<&str>| {
            if parts.is_empty() { String::new() } else { format!("{word} {} ", parts.join(", ")) }
        };
        let expression = clause("SET", sets) + &clause("REMOVE", removes);
        let mut update = self.table.update(Key::of(UserKey(user)), expression).when("attribute_exists(sessions)");
        if let Some(role) = role {
            update = update.name("#role", "role").value(":role", role);
        }
        if disabled == Some(true) {
            update = update.value(":disabled", true).value(":none", HashMap::<String, Session>::new());
        }
        update
    }
}

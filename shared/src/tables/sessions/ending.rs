//! Ending sessions.
//!
//! | question                  | key    | call                       | units   |
//! |---------------------------|--------|----------------------------|---------|
//! | end some sessions, or all | user#u | one write of a transaction | 2–4 W   |

use std::collections::HashMap;

use super::known::After;
use super::{Session, Sessions, UserKey};
use crate::tables::fault::Result;
use crate::tables::journal::{Action, Actor, Entry};
use crate::tables::key::Key;
use crate::tables::write::{Changes, Transaction, Write};
use crate::values::{SessionId, UserId};

/// Which sessions end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The sessions with these ids.
    These(Vec<SessionId>),
    /// All sessions of the user.
    All,
}

impl Sessions {
    /// Ends sessions of the actor, because they sign out or because a token was stolen. Idempotent.
    ///
    /// # Errors
    /// A fault of the tables.
    pub async fn end(&self, ending: &Ending, action: Action, actor: &Actor) -> Result<()> {
        if *ending == Ending::These(Vec::new()) {
            return Ok(());
        }
        let entry = self.journal.put(actor, Entry::of_user(action, actor.id));
        // A refusal means that the user does not exist any more, and has no sessions.
        Transaction::of([self.end_write(actor.id, ending, Changes::default()), entry]).commit().await?;
        Ok(())
    }

    /// Returns the write that ends sessions, and makes these further changes of the user's item.
    pub(crate) fn end_write(&self, user: UserId, ending: &Ending, mut changes: Changes) -> Write {
        let ids = match ending {
            Ending::All => [].as_slice(),
            Ending::These(ids) => ids,
        };
        (0..ids.len()).for_each(|at| changes.remove(format!("sessions.#id{at}")));
        if *ending == Ending::All {
            changes.set("sessions = :none");
        }
        let mut update = self.table.update(Key::of(UserKey(user)), changes);
        for (at, id) in ids.iter().enumerate() {
            update = update.name(format!("#id{at}"), id);
        }
        if *ending == Ending::All {
            update = update.value(":none", HashMap::<String, Session>::new());
        }
        update.when("attribute_exists(sessions)")
    }

    /// Returns the write that ends sessions because the user has proved that the account is theirs, and what that
    /// changes.
    pub(crate) fn end_after(&self, user: UserId, ending: &Ending, after: &After) -> Write {
        let mut changes = Changes::default();
        after.add_to(&mut changes);
        after.fill(self.end_write(user, ending, changes))
    }
}

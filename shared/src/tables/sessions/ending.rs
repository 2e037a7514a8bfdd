//! Ending sessions.
//!
//! | question                  | key    | call                       | units   |
//! |---------------------------|--------|----------------------------|---------|
//! | end some sessions, or all | user#u | one write of a transaction | 2–4 W   |

use std::collections::HashMap;

use super::{Session, Sessions, UserKey};
use crate::tables::fault::Result;
use crate::tables::journal::{Action, Actor, Entry};
use crate::tables::key::Key;
use crate::tables::write::{Transaction, Write};
use crate::values::{SessionId, UserId};

/// Which sessions end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The sessions with these ids.
    These(Vec<SessionId>),
    /// All sessions of the user.
    All,
}

/// What happens to the count of failed attempts when sessions end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failures {
    /// The count stays.
    Keep,
    /// The count is cleared, because the user has proved their identity.
    Clear,
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
        Transaction::of([self.end_write(actor.id, ending, Failures::Keep), entry]).commit().await?;
        Ok(())
    }

    /// Returns the write that ends sessions.
    pub(crate) fn end_write(&self, user: UserId, ending: &Ending, failures: Failures) -> Write {
        let ids = match ending {
            Ending::All => [].as_slice(),
            Ending::These(ids) => ids,
        };
        let mut removals: Vec<String> = (0..ids.len()).map(|at| format!("sessions.#id{at}")).collect();
        if failures == Failures::Clear {
            removals.extend(["failures".to_owned(), "retryAt".to_owned()]);
        }
        let set = if *ending == Ending::All { "SET sessions = :none " } else { "" };
        let remove = if removals.is_empty() { String::new() } else { format!("REMOVE {}", removals.join(", ")) };
        let mut update = self.table.update(Key::of(UserKey(user)), format!("{set}{remove}"));
        for (at, id) in ids.iter().enumerate() {
            update = update.name(format!("#id{at}"), id);
        }
        if *ending == Ending::All {
            update = update.value(":none", HashMap::<String, Session>::new());
        }
        update.when("attribute_exists(sessions)")
    }
}

//! Ending sessions.
//!
//! | question                       | key    | call            | units |
//! |--------------------------------|--------|-----------------|-------|
//! | end one, the others, or all    | user#u | one transaction | 4–6 W |

use super::{Session, Sessions, UserSessions};
use crate::tables::fault::Result;
use crate::tables::journal::{Actor, Entry};
use crate::tables::table::from_item;
use crate::tables::write::{Committed, OWN};
use crate::values::SessionId;

/// Which sessions end.
#[derive(Debug, Clone)]
pub enum Ending {
    /// The session with this id.
    One(SessionId),
    /// All but this one, also those that begin while it happens.
    Others(Box<(SessionId, Session)>),
    /// All.
    All,
}

impl UserSessions {
    /// Returns a session with its id.
    pub fn session(&self, id: SessionId) -> Option<(SessionId, Session)> {
        self.sessions.get(&id).map(|session| (id, session.clone()))
    }
}

impl Sessions {
    /// Ends sessions of the actor, because they sign out or because a token was stolen. Idempotent.
    ///
    /// # Errors
    /// A fault of the tables.
    pub async fn end(&self, mut ending: Ending, entry: Entry, actor: &Actor) -> Result<()> {
        let mut retry = self.retry();
        loop {
            let change = self.change(actor.id);
            let change = match &ending {
                Ending::One(session) => change.ending(*session),
                Ending::Others(kept) => change.ending_others(kept),
                Ending::All => change.ending_all(),
            };
            let mut transaction = self.transaction_with(change.write(), actor);
            transaction.add(self.journal.put(actor, entry.clone()));
            let Committed::Refused(refusal) = transaction.commit().await? else { return Ok(()) };
            // The session that stays has been refreshed, or the user does not exist any more, and has no sessions.
            let item = refusal.item(OWN).cloned().unwrap_or_default();
            let Ending::Others(kept) = &mut ending else { return Ok(()) };
            let now = if item.is_empty() { None } else { from_item::<UserSessions>(item)?.session(kept.0) };
            let Some(now) = now else { return Ok(()) };
            **kept = now;
            retry.again_or_busy().await?;
        }
    }
}

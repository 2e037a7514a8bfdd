//! Sign-in: a new session of a user.
//!
//! | question | key    | call                       | units |
//! |----------|--------|----------------------------|-------|
//! | sign in  | user#u | one write of a transaction | 2–4 W |

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::attempts::Attempt;
use super::change::if_epoch;
use super::{MOST_SESSIONS, Session, Sessions, UserKey, UserSessions};
use crate::tables::fault::{Fault, Result};
use crate::tables::journal::{Action, Actor, Entry, Letter, Subject};
use crate::tables::key::Key;
use crate::tables::retry::Retry;
use crate::tables::table::from_item;
use crate::tables::write::{Changes, Committed, Transaction, Write};
use crate::values::SessionId;

impl UserSessions {
    /// Returns the sessions that must end before a new one begins: ended ones and, at the limit, the least recently
    /// refreshed.
    fn surplus(&self, now: Timestamp) -> Vec<SessionId> {
        let mut sessions: Vec<_> = self.sessions.iter().collect();
        // Ids sort by age, for sessions of the same second.
        sessions.sort_by_key(|&(id, session)| (session.is_live(now), session.refreshed, *id.as_bytes()));
        let dead = sessions.iter().filter(|(_, session)| !session.is_live(now)).count();
        let surplus = dead.max((sessions.len() + 1).saturating_sub(MOST_SESSIONS));
        sessions.into_iter().take(surplus).map(|(id, _)| *id).collect()
    }
}

impl Sessions {
    /// Adds a session of the actor, clears the count of this attempt and remembers its source. `epoch` is that of the
    /// password which was verified. Returns false if the password has been replaced since, or if the user does not exist
    /// or is disabled. A letter reports a device that the account did not know.
    ///
    /// # Errors
    /// A fault of the tables.
    pub async fn open(
        &self,
        id: SessionId,
        session: &Session,
        epoch: Option<Uuid>,
        mut attempt: Attempt,
        actor: &Actor,
    ) -> Result<bool> {
        let mut surplus = Vec::new();
        // The first retry knows the sessions to remove. Further retries are for parallel sign-ins.
        let mut retry = Retry::times(&self.table.random, MOST_SESSIONS as u32, Duration::from_millis(1));
        loop {
            let mut transaction = Transaction::default();
            let update = self.add(id, session, &surplus, &attempt, actor);
            let opened = transaction.add(if_epoch(update, epoch));
            let letter = Letter::to_reader(actor.id, Subject::NewDevice { from: actor.from.clone() });
            let letter = Some(letter).filter(|_| attempt.is_on_new_device(&session.device));
            transaction.add(self.journal.put(actor, Entry::of_user(Action::SignedIn, actor.id).with_letter(letter)));
            let refusal = match transaction.commit().await? {
                Committed::Done => return Ok(true),
                Committed::Refused(refusal) => refusal,
            };
            let item = refusal.item(opened).cloned().unwrap_or_default();
            if item.is_empty() {
                return Ok(false);
            }
            attempt.read(item.clone())?;
            let user: UserSessions = from_item(item)?;
            if user.disabled || user.epoch != epoch {
                return Ok(false);
            }
            surplus = user.surplus(actor.at);
            if !retry.again().await {
                return Err(Fault::Busy("too many sign-ins of one user at once".into()));
            }
        }
    }

    /// Returns the write that adds a session and removes `surplus`. Each of these must still exist: if a parallel
    /// sign-in has removed one, the user would have too many sessions.
    fn add(&self, id: SessionId, session: &Session, surplus: &[SessionId], attempt: &Attempt, actor: &Actor) -> Write {
        let (mut changes, after) = (Changes::default(), attempt.after_password(Some(id)));
        changes.set("sessions.#id = :session");
        after.add_to(&mut changes);
        let removals: Vec<_> = (0..surplus.len()).map(|at| format!("sessions.#gone{at}")).collect();
        removals.iter().for_each(|gone| changes.remove(gone));
        let mut update = after.fill(self.table.update(Key::of(UserKey(actor.id)), changes));
        update = update.when("attribute_exists(sessions)");
        update = update.when("attribute_not_exists(disabled)").when("size(sessions) < :most");
        for (at, gone) in surplus.iter().enumerate() {
            update = update.when(format!("attribute_exists({})", removals[at])).name(format!("#gone{at}"), gone);
        }
        let update = update.name("#id", id).value(":session", session).value(":most", MOST_SESSIONS + surplus.len());
        update.showing_item()
    }
}

//! Spending refresh tokens.
//!
//! | question                              | key    | call                      | units |
//! |---------------------------------------|--------|---------------------------|-------|
//! | is it current, within grace or stolen | user#u | UpdateItem on a condition | ≤ 2 W |

use super::ending::Ending;
use super::{GRACE, Sessions, UserKey, UserSessions, begun_after, refreshed_after};
use crate::tables::fault::Result;
use crate::tables::journal::{Action, Actor};
use crate::tables::key::Key;
use crate::tables::table::from_item;
use crate::tables::write::Written;
use crate::values::SessionId;

/// The outcome of spending a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refreshed {
    /// It was the current token. The next generation is current now.
    Next,
    /// It was the previous token, spent at most [`GRACE`] ago. The current generation is sent again.
    Again,
    /// It was spent earlier, so somebody has a copy of it. The session has been ended.
    Stolen,
    /// Its session has ended.
    Ended,
}

impl Sessions {
    /// Spends the refresh token of that generation, of a session of the actor.
    ///
    /// One conditional write decides. Of two parallel uses one succeeds, and the other gets the same next token.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn spend_refresh(&self, id: SessionId, generation: u32, actor: &Actor) -> Result<Refreshed> {
        let now = actor.at;
        let expression = "SET sessions.#id.generation = :next, sessions.#id.refreshed = :now";
        let update = self.table.update(Key::of(UserKey(actor.id)), expression).name("#id", id);
        let update = update.value(":next", generation + 1).value(":now", now.as_second());
        let update = update.when("sessions.#id.generation = :current").value(":current", generation);
        let update = update.when("sessions.#id.created > :begun").value(":begun", begun_after(now));
        let update = update.when("sessions.#id.refreshed > :refreshed").value(":refreshed", refreshed_after(now));
        let item = match update.showing_item().send().await? {
            Written::Done(_) => return Ok(Refreshed::Next),
            Written::Refused(item) => item,
        };
        let Some(item) = item else { return Ok(Refreshed::Ended) };
        let user: UserSessions = from_item(item)?;
        let Some(session) = user.sessions.get(&id).filter(|session| session.is_live(now)) else {
            return Ok(Refreshed::Ended);
        };
        let just_spent = now.as_second() - session.refreshed <= GRACE.as_secs();
        if session.generation == generation + 1 && just_spent {
            return Ok(Refreshed::Again);
        }
        self.end(&Ending::These(vec![id]), Action::SessionStolen, actor).await?;
        Ok(Refreshed::Stolen)
    }
}

//! Users who fetch all that is stored about them, as a file.
//!
//! | question                       | key                       | call            | units |
//! |--------------------------------|---------------------------|-----------------|-------|
//! | have they fetched it just now  | fetched#u                 | GetItem, strong | 1 R   |
//! | they fetch it                  | fetched#u, user#u in Sessions, entry#id | one transaction | 6 W |
//!
//! Whoever has stolen a session can fetch it, too. So it is noted in the transaction that also records a letter to the user, and
//! nobody gets the file before that.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Accounts;
use crate::tables::fault::{Failure, Result};
use crate::tables::journal::{Action, Actor, Entry, Letter, Subject};
use crate::tables::key::{Key, key};
use crate::tables::table::Consistency::Strong;
use crate::tables::table::from_item;
use crate::tables::write::Committed;
use crate::values::UserId;

/// How long a user waits after having fetched the data.
const PAUSE: SignedDuration = SignedDuration::from_hours(1);

/// The user has fetched the data within the last hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FetchedBefore {
    /// The seconds until the hour is over.
    pub retry_after: i64,
}

key!(
    /// The key of a user's last fetch.
    FetchedKey(UserId) = "fetched#"
);

/// When a user has fetched the data.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fetched {
    pk: FetchedKey,
    /// Seconds since 1970: from then on they may fetch it again, and DynamoDB deletes the item.
    expires_at: i64,
}

impl Fetched {
    fn refusal(&self, now: Timestamp) -> Option<FetchedBefore> {
        let retry_after = self.expires_at - now.as_second();
        (retry_after > 0).then_some(FetchedBefore { retry_after })
    }
}

impl Accounts {
    /// Refuses users who have fetched the data within the last hour, before anything is read for them.
    ///
    /// # Errors
    /// [`FetchedBefore`]; a fault of the table.
    pub async fn may_fetch_data(&self, user: UserId, now: Timestamp) -> Result<(), Failure<FetchedBefore>> {
        let last: Option<Fetched> = self.table.get(Key::of(FetchedKey(user)), Strong).await?;
        match last.and_then(|last| last.refusal(now)) {
            Some(before) => Err(Failure::Refused(before)),
            None => Ok(()),
        }
    }

    /// Notes that the actor fetches the data, and records the letter that tells them. Of two requests at once, one is refused.
    ///
    /// # Errors
    /// [`FetchedBefore`]; a fault of the tables.
    pub async fn note_fetch(&self, actor: &Actor) -> Result<(), Failure<FetchedBefore>> {
        let fetched = Fetched { pk: FetchedKey(actor.id), expires_at: (actor.at + PAUSE).as_second() };
        let note = self.table.put(&fetched).when("(attribute_not_exists(pk) OR expiresAt <= :now)");
        let letter = Letter::to_reader(actor.id, Subject::DataFetched { from: actor.from.clone() });
        let entry = Entry::of_user(Action::DataFetched, actor.id).with_letter(Some(letter));
        let mut transaction = self.sessions.transaction(actor);
        let note = transaction.add(note.value(":now", actor.at.as_second()).showing_item());
        transaction.add_all([self.journal.put(actor, entry)]);
        let Committed::Refused(refusal) = transaction.commit().await? else { return Ok(()) };
        let last: Option<Fetched> = refusal.item(note).cloned().map(from_item).transpose()?;
        let before = last.and_then(|last| last.refusal(actor.at));
        Err(Failure::Refused(before.unwrap_or(FetchedBefore { retry_after: PAUSE.as_secs() })))
    }
}

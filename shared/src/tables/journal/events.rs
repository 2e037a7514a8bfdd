//! Live events: the rows about books, in one numbered list.
//!
//! | question                        | key                        | call                    | units           |
//! |---------------------------------|----------------------------|-------------------------|-----------------|
//! | number rows                     | counter#events, entry#id … | GetItem, one transaction | 1 R, 2 W + 5 W a row |
//! | the events after a number       | index events               | Query                   | ½ R a 4 KB      |
//! | the newest events               | index events, backwards    | Query                   | ½ R a 4 KB      |
//!
//! Dispatch numbers the rows after the action: 1, 2, 3, … without a gap. The id of a row is not enough for this: it is
//! made before its transaction, so a row with a lower id may appear after one with a higher id. A client that asks for
//! the events after its last one would never see it.
//!
//! The index is eventually consistent, and rows may appear in any order. So a list ends before the first missing
//! number.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Journal;
use super::activity;
use super::entry::{Action, BookName, Row};
use crate::tables::fault::{Fault, Result};
use crate::tables::key::Key;
use crate::tables::retry::Retry;
use crate::tables::table::Consistency::Strong;
use crate::tables::table::readable;
use crate::tables::write::{Committed, Part, Transaction, Write};
use crate::values::{ReservationId, UserId};

/// The partition of the index.
const FEED: &str = "events";
const COUNTER: &str = "counter#events";
/// The most rows of a transaction, which has at most a hundred writes. One write is for the counter.
const MOST_AT_ONCE: usize = 99;
/// The most retries when another invocation has taken the numbers.
const MOST_TRIES: u32 = 20;
/// The time after which a missing number means that its row has expired.
const INDEXED_WITHIN: SignedDuration = SignedDuration::from_mins(1);

/// A live event: an action on a book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LiveEvent)]
pub struct Event {
    /// Its number: one more than that of the event before.
    #[schema(example = 17)]
    pub id: u64,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: Action,
    /// When it happened.
    pub time: Timestamp,
    /// Who did it. If the library did it (a reservation lapsed), the reader of the reservation.
    pub actor: UserId,
    /// The book that it concerns.
    pub book: BookName,
    /// The reservation that it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reservation: Option<ReservationId>,
    /// The reader's place in the queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 3)]
    pub place: Option<u32>,
}

/// The counter of events.
#[derive(Default, Deserialize)]
struct Counter {
    number: u64,
}

/// A row in the index.
#[derive(Deserialize)]
struct Numbered {
    number: u64,
    what: Action,
    who: UserId,
    at: Timestamp,
    book: BookName,
    reservation: Option<ReservationId>,
    place: Option<u32>,
}

impl From<Numbered> for Event {
    fn from(row: Numbered) -> Self {
        let Numbered { number, what, who, at, book, reservation, place } = row;
        Event { id: number, kind: what, time: at, actor: who, book, reservation, place }
    }
}

impl Journal {
    /// Numbers the live events among `rows`, in their order, and adds them to the activity log. Returns the newly
    /// numbered events: a row that already has a number was processed before.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn number_events(&self, rows: &[Row]) -> Result<Vec<Event>> {
        let mut events = Vec::new();
        let live: Vec<&Row> = rows.iter().filter(|row| row.entry.what.is_live() && row.entry.book.is_some()).collect();
        for chunk in live.chunks(MOST_AT_ONCE) {
            events.extend(self.number_at_once(chunk).await?);
        }
        Ok(events)
    }

    async fn number_at_once(&self, rows: &[&Row]) -> Result<Vec<Event>> {
        let mut open = rows.to_vec();
        // Retried if another invocation has taken the numbers, or if rows have a number already or have expired.
        let mut retry = Retry::times(&self.table.random, MOST_TRIES, std::time::Duration::from_millis(1));
        while !open.is_empty() {
            let last = self.last_number().await?;
            let mut transaction = Transaction::default();
            transaction.add(self.count(last, open.len()));
            let parts: Vec<Part> =
                (last + 1..).zip(&open).map(|(number, row)| transaction.add(self.assign(row, number))).collect();
            match transaction.commit().await? {
                Committed::Done => {
                    return Ok((last + 1..).zip(open).filter_map(|(number, row)| event(row, number)).collect());
                }
                Committed::Refused(refusal) => {
                    let mut parts = parts.into_iter();
                    open.retain(|_| parts.next().is_some_and(|part| !refusal.is_at(part)));
                }
            }
            if !open.is_empty() && !retry.again().await {
                return Err(Fault::Busy("too many invocations number events at once".into()));
            }
        }
        Ok(Vec::new())
    }

    /// Reads the number of the last event.
    async fn last_number(&self) -> Result<u64> {
        let counter: Option<Counter> = self.table.get(Key::of(COUNTER), Strong).await?;
        Ok(counter.unwrap_or_default().number)
    }

    /// Returns the write that takes `how_many` numbers after `last`.
    fn count(&self, last: u64, how_many: usize) -> Write {
        self.table
            .update(Key::of(COUNTER), "SET #number = :new")
            .when("(attribute_not_exists(#number) OR #number = :last)")
            .name("#number", "number")
            .value(":last", last)
            .value(":new", last + how_many as u64)
    }

    /// Returns the write that numbers a row, unless it has a number already or has expired.
    fn assign(&self, row: &Row, number: u64) -> Write {
        let expression = format!("SET feed = :feed, #number = :number, {}", activity::KEYS);
        let update = self.table.update(Key::of(row.pk), expression).if_exists();
        let update = update.when("attribute_not_exists(#number)").name("#number", "number");
        activity::with_keys(update.value(":feed", FEED).value(":number", number), row)
    }

    /// Lists up to `limit` events after the number `after`, in their order. Without `after`, lists the newest events.
    /// Also returns whether there are more.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn list_events(&self, after: Option<u64>, limit: usize, now: Timestamp) -> Result<(Vec<Event>, bool)> {
        let query = match after {
            None => self.table.query("feed = :feed").backwards(),
            Some(after) => {
                self.table.query("feed = :feed AND #number > :after").name("#number", "number").value(":after", after)
            }
        };
        let query = query.index("events").value(":feed", FEED);
        // One more than `limit`, to find out whether there are more.
        let found = query.items(limit + usize::from(after.is_some())).await?;
        let more = found.items.len() > limit || (after.is_some() && found.next.is_some());
        let mut events: Vec<Event> =
            found.items.into_iter().filter_map(readable::<Numbered>).map(Event::from).collect();
        events.sort_by_key(|event| event.id);
        events.truncate(limit);
        Ok((until_a_gap(events, after, now), more))
    }
}

fn event(row: &Row, number: u64) -> Option<Event> {
    let entry = row.entry.clone();
    let (book, reservation, place) = (entry.book?, entry.reservation, entry.place);
    Some(Event { id: number, kind: entry.what, time: row.at, actor: row.who, book, reservation, place })
}

/// Removes the events after a number that is not in the index yet, so that a client that asks for the events after its
/// last one misses nothing.
fn until_a_gap(mut events: Vec<Event>, after: Option<u64>, now: Timestamp) -> Vec<Event> {
    let mut last = after;
    let gap = events.iter().position(|event| {
        let follows = last.is_none_or(|last| event.id == last + 1);
        last = Some(event.id);
        !follows && now.duration_since(event.time) < INDEXED_WITHIN
    });
    events.truncate(gap.unwrap_or(events.len()));
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(ids: &[u64], time: Timestamp) -> Vec<Event> {
        let book = BookName { id: [1; 16].into(), title: None };
        let event = |id: &u64| Event {
            id: *id,
            kind: Action::BookReserved,
            time,
            actor: [2; 16].into(),
            book: book.clone(),
            reservation: None,
            place: None,
        };
        ids.iter().map(event).collect()
    }

    fn shown(ids: &[u64], after: Option<u64>, age: SignedDuration) -> Vec<u64> {
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(1);
        until_a_gap(events(ids, now - age), after, now).iter().map(|event| event.id).collect()
    }

    #[test]
    fn a_list_ends_before_an_event_that_is_not_indexed_yet() {
        assert_eq!(shown(&[4, 5, 7], Some(3), SignedDuration::ZERO), [4, 5]);
        assert_eq!(shown(&[5], Some(3), SignedDuration::ZERO), [0; 0]);
        assert_eq!(shown(&[4, 5, 7], None, SignedDuration::ZERO), [4, 5]);
    }

    #[test]
    fn a_list_does_not_wait_for_an_expired_event() {
        assert_eq!(shown(&[7, 9], Some(3), INDEXED_WITHIN), [7, 9]);
    }
}

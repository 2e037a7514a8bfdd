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
//! The numbers are the order in which dispatch received the rows. Rows lie in different shards of the table's stream, which
//! dispatch reads at the same time: an effect may get a lower number than its cause.
//!
//! The index is eventually consistent, and rows may appear in any order. So a list ends before the first missing
//! number, unless its row has expired: each event has the time at which the last of all earlier rows expires.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Journal;
use super::activity;
use super::entry::{Action, BookName, Row};
use crate::tables::fault::{Fault, Result};
use crate::tables::key::{Item, Key};
use crate::tables::library::lending::lend::Despite;
use crate::tables::retry::Retry;
use crate::tables::sessions::Person;
use crate::tables::table::Consistency::Strong;
use crate::tables::table::readable;
use crate::tables::write::{Committed, Transaction, Write};
use crate::values::{ReservationId, UserId, milliseconds};

/// The partition of the index.
const FEED: &str = "events";
const COUNTER: &str = "counter#events";
/// The most rows of a transaction, which has at most a hundred writes. One write is for the counter.
const MOST_AT_ONCE: usize = 99;
/// The most retries when another invocation has taken the numbers.
const MOST_TRIES: u32 = 20;

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
    #[serde(serialize_with = "milliseconds")]
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
    /// The reader that it concerns, if the desk did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reader: Option<UserId>,
    /// What the desk lent the book in spite of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub despite: Vec<Despite>,
    /// Who the actor and the reader are. Their names are not stored with the event.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub people: Vec<Person>,
}

impl Event {
    /// Returns the users that it names.
    pub fn users(&self) -> impl Iterator<Item = UserId> + use<> {
        users(self.actor, self.reader)
    }

    /// Returns the event with the names of its users.
    pub fn naming(self, people: &HashMap<UserId, Person>) -> Self {
        Event { people: self.users().filter_map(|user| people.get(&user).cloned()).collect(), ..self }
    }
}

/// Returns the actor, and the other user if it is another.
pub(super) fn users(actor: UserId, other: Option<UserId>) -> impl Iterator<Item = UserId> + use<> {
    [Some(actor), other.filter(|other| *other != actor)].into_iter().flatten()
}

/// How long an event is listed at most. It is the same for all, so that what is missing before an event has expired, if
/// the event before it would have.
const LISTED_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Returns when a row leaves the list, in seconds since 1970.
fn leaves_at(row: &Row) -> i64 {
    row.expires_at.min((row.at + LISTED_FOR).as_second())
}

/// The counter of events.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Counter {
    /// The number of the last event.
    number: u64,
    /// When the last of all numbered rows expires, in seconds since 1970.
    #[serde(default)]
    rows_expire: i64,
}

/// The place of a row in the index.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    number: u64,
    /// When the last of all rows with lower numbers expires, in seconds since 1970.
    #[serde(default)]
    earlier_expire: i64,
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
    whom: Option<UserId>,
}

impl From<Numbered> for Event {
    fn from(row: Numbered) -> Self {
        let Numbered { number, what, who, at, mut book, reservation, place, whom } = row;
        let despite = std::mem::take(&mut book.despite);
        let (reader, people) = (whom.filter(|whom| *whom != who), Vec::new());
        Event { id: number, kind: what, time: at, actor: who, book, reservation, place, reader, despite, people }
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
            let counter = self.counter().await?;
            let mut transaction = Transaction::default();
            transaction.add(self.count(&counter, &open));
            let (mut parts, mut earlier_expire) = (Vec::new(), counter.rows_expire);
            for (number, row) in (counter.number + 1..).zip(&open) {
                parts.push(transaction.add(self.assign(row, &Place { number, earlier_expire })));
                earlier_expire = earlier_expire.max(leaves_at(row));
            }
            match transaction.commit().await? {
                Committed::Done => {
                    return Ok((counter.number + 1..)
                        .zip(open)
                        .filter_map(|(number, row)| event(row, number))
                        .collect());
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

    async fn counter(&self) -> Result<Counter> {
        Ok(self.table.get(Key::of(COUNTER), Strong).await?.unwrap_or_default())
    }

    /// Returns the write that takes the next numbers for `rows`.
    fn count(&self, counter: &Counter, rows: &[&Row]) -> Write {
        let rows_expire = rows.iter().map(|row| leaves_at(row)).fold(counter.rows_expire, i64::max);
        self.table
            .update(Key::of(COUNTER), "SET #number = :new, rowsExpire = :expire")
            .when("(attribute_not_exists(#number) OR #number = :last)")
            .name("#number", "number")
            .value(":last", counter.number)
            .value(":new", counter.number + rows.len() as u64)
            .value(":expire", rows_expire)
    }

    /// Returns the write that numbers a row, unless it has a number already or has expired.
    fn assign(&self, row: &Row, place: &Place) -> Write {
        let expression =
            format!("SET feed = :feed, #number = :number, earlierExpire = :earlier, {}", activity::keys(row));
        let update = self.table.update(Key::of(row.pk), expression).if_exists();
        let update = update.when("attribute_not_exists(#number)").name("#number", "number");
        let update = update.value(":feed", FEED).value(":number", place.number).value(":earlier", place.earlier_expire);
        activity::with_keys(update, row)
    }

    /// Lists up to `limit` events after the number `after`, in the order of their numbers. Without `after`, lists the
    /// newest events. Also returns the number after which the list continues.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn list_events(
        &self,
        after: Option<u64>,
        limit: usize,
        now: Timestamp,
    ) -> Result<(Vec<Event>, Option<u64>)> {
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
        let placed = |item: Item| Some((readable::<Place>(item.clone())?, item));
        let mut rows: Vec<(Place, Item)> = found.items.into_iter().filter_map(placed).collect();
        rows.sort_by_key(|(place, _)| place.number);
        rows.truncate(limit);
        let complete = until_a_gap(rows.iter().map(|(place, _)| place), after, now);
        let last = rows.last().filter(|_| more && complete == rows.len()).map(|(place, _)| place.number);
        let events = rows.into_iter().take(complete).filter_map(|(_, item)| readable::<Numbered>(item));
        let listed = events.filter(|event| event.at + LISTED_FOR > now);
        Ok((listed.map(Event::from).collect(), last))
    }
}

fn event(row: &Row, number: u64) -> Option<Event> {
    let entry = row.entry.clone();
    let (mut book, reservation, place) = (entry.book?, entry.reservation, entry.place);
    let reader = entry.whom.filter(|whom| *whom != row.who);
    let despite = std::mem::take(&mut book.despite);
    Some(Event {
        id: number,
        kind: entry.what,
        time: row.at,
        actor: row.who,
        book,
        reservation,
        place,
        reader,
        despite,
        people: Vec::new(),
    })
}

/// Returns how many of the events can be shown: those before a number that is missing because it is not in the index yet.
/// So a client that asks for the events after its last one misses nothing.
fn until_a_gap<'a>(events: impl Iterator<Item = &'a Place>, after: Option<u64>, now: Timestamp) -> usize {
    let mut last = after;
    let is_next = |place: &&Place| {
        let follows = last.is_none_or(|last| place.number == last + 1);
        last = Some(place.number);
        follows || place.earlier_expire <= now.as_second()
    };
    events.take_while(is_next).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 3_600;

    fn shown(numbers: &[u64], after: Option<u64>, earlier_expire: i64) -> usize {
        let places: Vec<_> = numbers.iter().map(|number| Place { number: *number, earlier_expire }).collect();
        until_a_gap(places.iter(), after, Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_secs(NOW))
    }

    #[test]
    fn rac9_a_list_ends_before_an_event_that_is_not_indexed_yet_however_long_that_takes() {
        assert_eq!(shown(&[4, 5, 7], Some(3), NOW + 1), 2);
        assert_eq!(shown(&[5], Some(3), NOW + 1), 0);
        assert_eq!(shown(&[4, 5, 7], None, NOW + 1), 2);
    }

    #[test]
    fn a_list_does_not_wait_for_an_expired_event() {
        assert_eq!(shown(&[7, 9], Some(3), NOW), 2);
    }
}

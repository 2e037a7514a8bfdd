//! What librarians see happen: the rows that concern books, in one numbered list.
//!
//! | question                        | key                        | call                    | units           |
//! |---------------------------------|----------------------------|-------------------------|-----------------|
//! | give rows their numbers         | counter#events, entry#id … | GetItem, one transaction | 1 R, 2 W + 5 W a row |
//! | the events after a number       | index events               | Query                   | ½ R a 4 KB      |
//! | the newest events               | index events, backwards    | Query                   | ½ R a 4 KB      |
//!
//! Numbers are given by the consumer of the stream, after the deed: 1, 2, 3, … without a gap. A row's own id would not do.
//! It is made before its transaction, so a row with an earlier id may appear after one with a later id, and whoever had
//! asked for all that is later than the last one seen would never see it.
//!
//! The index follows the table within moments, each row in its own time: a list ends before a number that is missing.

use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::activity;
use super::entry::{BookName, Deed, Row, key};
use crate::tables::table::{Fault, Item, Result, Table, Transacted, from_item, number, string, transact};
use crate::values::{ReservationId, UserId};

/// The partition of the index.
const FEED: &str = "events";
const COUNTER: &str = "counter#events";
/// A transaction takes a hundred writes; one is the counter's.
const MOST_AT_ONCE: usize = 99;
/// Whatever is missing for longer than this has expired.
const INDEXED_WITHIN: SignedDuration = SignedDuration::from_mins(1);

/// Something that has happened to a book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LiveEvent)]
pub struct Event {
    /// Its number: each is one more than the one before.
    #[schema(example = 17)]
    pub id: u64,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: Deed,
    /// When.
    pub time: Timestamp,
    /// Whose doing it was. Where nobody did anything (a reservation lapsed), whose reservation it is.
    pub actor: UserId,
    /// To which book.
    pub book: BookName,
    /// To which reservation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reservation: Option<ReservationId>,
    /// The place in the queue that somebody got.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 3)]
    pub place: Option<u32>,
}

/// A row as the index has it.
#[derive(Deserialize)]
struct Numbered {
    number: u64,
    what: Deed,
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

/// Gives those of `rows` that are live events their numbers, in their order, and the keys that list them as activity.
/// Gives the events that are new by that: a row that has its number has been here before.
///
/// # Errors
/// When the table cannot be read or written.
pub async fn publish(journal: &Table, rows: &[Row]) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    let live: Vec<&Row> = rows.iter().filter(|row| row.entry.what.is_live() && row.entry.book.is_some()).collect();
    for some in live.chunks(MOST_AT_ONCE) {
        events.extend(publish_at_once(journal, some).await?);
    }
    Ok(events)
}

async fn publish_at_once(journal: &Table, rows: &[&Row]) -> Result<Vec<Event>> {
    let mut open = rows.to_vec();
    // Another round where another consumer took the numbers, or where rows turn out to have theirs, or to be gone.
    for _ in 0..20 {
        if open.is_empty() {
            return Ok(Vec::new());
        }
        let last = last_number(journal).await?;
        let mut items = vec![count(journal, last, open.len())?];
        for (number, row) in (last + 1..).zip(&open) {
            items.push(assign(journal, row, number)?);
        }
        match transact(&journal.client, items).await? {
            Transacted::Done => {
                return Ok((last + 1..).zip(open).filter_map(|(number, row)| event(row, number)).collect());
            }
            Transacted::Refused(reasons) => {
                let mut refused = reasons.into_iter().skip(1);
                open.retain(|_| refused.next().flatten().is_none());
            }
        }
    }
    Err(Fault::Busy("others keep taking the numbers".into()))
}

fn event(row: &Row, number: u64) -> Option<Event> {
    let entry = row.entry.clone();
    let (book, reservation, place) = (entry.book?, entry.reservation, entry.place);
    Some(Event { id: number, kind: entry.what, time: row.at, actor: row.who, book, reservation, place })
}

/// The number of the last event.
async fn last_number(journal: &Table) -> Result<u64> {
    let found = journal.client.get_item().table_name(&*journal.name).key("pk", string(COUNTER)).consistent_read(true);
    Ok(found.send().await?.item.as_ref().and_then(number_of).unwrap_or_default())
}

fn number_of(item: &Item) -> Option<u64> {
    item.get("number")?.as_n().ok()?.parse().ok()
}

/// Takes so many numbers after `last`.
fn count(journal: &Table, last: u64, how_many: usize) -> Result<TransactWriteItem> {
    let update = Update::builder()
        .table_name(&*journal.name)
        .key("pk", string(COUNTER))
        .update_expression("SET #number = :new")
        .condition_expression("attribute_not_exists(#number) OR #number = :last")
        .expression_attribute_names("#number", "number")
        .expression_attribute_values(":last", number(last))
        .expression_attribute_values(":new", number(last + how_many as u64))
        .build()?;
    Ok(TransactWriteItem::builder().update(update).build())
}

/// Gives a row its number, unless it has one or is gone.
fn assign(journal: &Table, row: &Row, to: u64) -> Result<TransactWriteItem> {
    let mut update = Update::builder()
        .table_name(&*journal.name)
        .key("pk", string(key(row.id())))
        .update_expression(format!("SET feed = :feed, #number = :number, {}", activity::KEYS))
        .condition_expression("attribute_exists(pk) AND attribute_not_exists(#number)")
        .expression_attribute_names("#number", "number")
        .expression_attribute_values(":feed", string(FEED))
        .expression_attribute_values(":number", number(to));
    for (name, value) in activity::key_values(row) {
        update = update.expression_attribute_values(name, value);
    }
    for (name, attribute) in activity::KEY_NAMES {
        update = update.expression_attribute_names(name, attribute);
    }
    Ok(TransactWriteItem::builder().update(update.build()?).build())
}

/// Up to `limit` events after the number `after`, in their order; without one, the newest. And whether there are more.
///
/// # Errors
/// When the table cannot be read.
pub async fn list(journal: &Table, after: Option<u64>, limit: usize, now: Timestamp) -> Result<(Vec<Event>, bool)> {
    let mut query = journal
        .client
        .query()
        .table_name(&*journal.name)
        .index_name("events")
        .expression_attribute_values(":feed", string(FEED))
        .scan_index_forward(after.is_some())
        .limit(i32::try_from(limit + usize::from(after.is_some())).unwrap_or(i32::MAX));
    query = match after {
        None => query.key_condition_expression("feed = :feed"),
        Some(after) => query
            .key_condition_expression("feed = :feed AND #number > :after")
            .expression_attribute_names("#number", "number")
            .expression_attribute_values(":after", number(after)),
    };
    let mut events = Vec::new();
    for item in query.send().await?.items.unwrap_or_default() {
        events.push(Event::from(from_item::<Numbered>(item)?));
    }
    events.sort_by_key(|event| event.id);
    let more = events.len() > limit;
    events.truncate(limit);
    Ok((without_what_follows_a_gap(events, after, now), more))
}

/// What is indexed is listed only once all before it is: who asks for what comes after the last one seen misses nothing.
fn without_what_follows_a_gap(mut events: Vec<Event>, after: Option<u64>, now: Timestamp) -> Vec<Event> {
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
            kind: Deed::BookReserved,
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
        without_what_follows_a_gap(events(ids, now - age), after, now).iter().map(|event| event.id).collect()
    }

    #[test]
    fn a_list_ends_before_what_is_not_indexed_yet() {
        assert_eq!(shown(&[4, 5, 7], Some(3), SignedDuration::ZERO), [4, 5]);
        assert_eq!(shown(&[5], Some(3), SignedDuration::ZERO), [0; 0]);
        assert_eq!(shown(&[4, 5, 7], None, SignedDuration::ZERO), [4, 5]);
    }

    #[test]
    fn what_has_expired_is_not_waited_for() {
        assert_eq!(shown(&[7, 9], Some(3), INDEXED_WITHIN), [7, 9]);
    }
}

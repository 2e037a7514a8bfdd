//! What the library does by itself: copies that were added go to those who wait; and from time to time somebody makes the
//! rounds of what should have happened by now.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::collect::entry;
use super::desk::{self, Tries};
use super::end::promote;
use super::reservation::{Status, day, sortable};
use crate::tables::journal::{Deed, Letter, Occasion, Subject};
use crate::tables::table::{Result, Table, Transacted, from_item, string, transact};
use crate::values::{BookId, ReservationId};

/// How far back the rounds look, in days: so long may nobody have made them.
const LOOK_BACK: i64 = 14;
/// The most that is done in one go.
const MOST: usize = 1_000;

/// Gives copies of a book that are there to those who wait, the first first.
///
/// # Errors
/// When the table cannot be read or written.
pub async fn fill(table: &Table, book: BookId, occasion: &Occasion) -> Result<()> {
    let mut tries = Tries::default();
    loop {
        let (_, Some(mut copies)) = desk::book(table, book).await? else { return Ok(()) };
        let given = match promote(table, book, &mut copies, occasion).await? {
            Some(items) if items.is_empty() => return Ok(()),
            Some(mut items) => {
                items.push(copies.write(table)?);
                matches!(transact(&table.client, items).await?, Transacted::Done)
            }
            None => false,
        };
        if !given {
            tries.again().await?;
        }
    }
}

/// A key of the index.
#[derive(Deserialize)]
struct Due {
    pk: String,
    sk: String,
}

impl Due {
    fn id(&self) -> Option<ReservationId> {
        let (book, own) = (self.pk.strip_prefix("book#")?, self.sk.strip_prefix("reservation#")?);
        Some(ReservationId { book: book.parse().ok()?, own: own.parse().ok()? })
    }
}

/// Takes note of every copy that was not collected in time, and reminds readers of copies that have to be back soon.
/// Gives how many there were.
///
/// # Errors
/// When the table cannot be read or written; the rest is for the next rounds.
pub async fn make_rounds(table: &Table, occasion: &Occasion) -> Result<usize> {
    let mut done = 0;
    for days_ago in 0..LOOK_BACK {
        let day = day(occasion.at - SignedDuration::from_hours(24 * days_ago));
        for id in due(table, &day, occasion.at, MOST - done).await? {
            let Some((record, _)) = desk::look_up(table, id).await? else { continue };
            match record.status {
                Status::Ready => {
                    desk::take_note(table, id.book, occasion).await?;
                }
                Status::CheckedOut => remind(table, id, occasion).await?,
                _ => {}
            }
            done += 1;
        }
    }
    Ok(done)
}

/// What has a deadline of that day that is over.
async fn due(table: &Table, day: &str, now: Timestamp, most: usize) -> Result<Vec<ReservationId>> {
    let query = table
        .client
        .query()
        .table_name(&*table.name)
        .index_name("deadlines")
        .key_condition_expression("#day = :day AND deadline <= :now")
        .expression_attribute_names("#day", "day")
        .expression_attribute_values(":day", string(day))
        .expression_attribute_values(":now", string(sortable(now)))
        .limit(i32::try_from(most).unwrap_or(i32::MAX).max(1));
    let items = query.send().await?.items.unwrap_or_default();
    let keys: Vec<Due> = items.into_iter().map(from_item).collect::<Result<_>>()?;
    Ok(keys.iter().filter_map(Due::id).collect())
}

/// Sends a letter about a copy that has to be back soon, once.
async fn remind(table: &Table, id: ReservationId, occasion: &Occasion) -> Result<()> {
    let mut tries = Tries::default();
    loop {
        let Some((record, _)) = desk::look_up(table, id).await? else { return Ok(()) };
        let Some(due) = record.due_at.filter(|_| record.is_overdue(occasion.at)) else { return Ok(()) };
        let (reader, title) = (record.reader, record.title.clone());
        let note = occasion.of_the_library(reader)?;
        let letter = Letter::to_reader(reader, Subject::DueSoon { title, due });
        let entry = entry(Deed::BookDueSoon, &record).with_letter(Some(letter));
        let items = vec![record.reminded().write(table)?, note.note(entry)?];
        if let Transacted::Done = transact(&table.client, items).await? {
            return Ok(());
        }
        tries.again().await?;
    }
}

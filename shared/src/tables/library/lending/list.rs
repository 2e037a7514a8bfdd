//! What a reader has reserved or borrowed.

use std::collections::HashMap;

use jiff::Timestamp;

use super::copies::{LENDING, Lending};
use super::reservation::{self, Record, Reservation};
use super::{Who, desk, loans};
use crate::tables::library::book::book_key;
use crate::tables::table::{Item, Result, Table, from_item, get_batch, string};
use crate::values::{BookId, ReservationId, UserId};

/// What a reader has reserved and borrowed this moment, the last reserved first. What has ended is not in it.
///
/// # Errors
/// When the table cannot be read.
pub async fn list(table: &Table, reader: UserId, now: Timestamp) -> Result<Vec<Reservation>> {
    let ids = loans::list(table, reader).await?;
    let copies_of = |id: &ReservationId| {
        Item::from([("pk".to_owned(), string(book_key(id.book))), ("sk".to_owned(), string(LENDING))])
    };
    let keys = ids.iter().flat_map(|id| [reservation::key(*id), copies_of(id)]).collect();
    let mut records: Vec<Record> = Vec::new();
    let mut copies: HashMap<BookId, Lending> = HashMap::new();
    for item in get_batch(table, keys, true).await? {
        if item.get("sk").is_some_and(|key| *key == string(LENDING)) {
            let lending: Lending = from_item(item)?;
            copies.extend(lending.book().map(|book| (book, lending)));
        } else {
            records.push(from_item(item)?);
        }
    }
    let live = records.iter().filter(|record| record.is_live(now));
    let mut shown: Vec<_> = live.map(|record| record.shown(copies.get(&record.id.book), now)).collect();
    shown.sort_by_key(|reservation| std::cmp::Reverse((reservation.reserved_at, reservation.id.own)));
    Ok(shown)
}

/// One reservation, also an ended one; `None` where it is not there for `who`.
///
/// # Errors
/// When the table cannot be read.
pub async fn get(table: &Table, id: ReservationId, who: Who, now: Timestamp) -> Result<Option<Reservation>> {
    let found = desk::look_up(table, id).await?;
    let theirs = |record: &Record| match who {
        Who::Librarian => true,
        Who::Reader(reader) => record.reader == reader,
    };
    Ok(found.filter(|(record, _)| theirs(record)).map(|(record, copies)| record.shown(Some(&copies), now)))
}

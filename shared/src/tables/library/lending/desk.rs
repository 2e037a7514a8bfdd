//! What everybody looks at first: a book with its copies, a reservation with its book's copies; after note has been taken
//! of what has lapsed.

use std::time::{Duration, Instant};

use super::Who;
use super::copies::{LENDING, Lending};
use super::end::release;
use super::reservation::{self, READY, Record, Status, WAITING};
use crate::tables::journal::Occasion;
use crate::tables::library::book::{self, BOOK, book_key};
use crate::tables::table::{Fault, Item, Result, Table, from_item, get_batch, jitter, string};
use crate::values::{BookId, ReservationId};

/// The tries of a step that others keep crossing.
pub(crate) struct Tries {
    begun: Instant,
    count: u32,
}

/// For so long a step is tried: a function has ten seconds.
const PATIENCE: Duration = Duration::from_secs(6);

impl Default for Tries {
    fn default() -> Self {
        Tries { begun: Instant::now(), count: 0 }
    }
}

impl Tries {
    /// Waits by chance, for longer after each try, so that of many who want the same some get through.
    ///
    /// # Errors
    /// When it has been tried for long enough.
    pub(crate) async fn again(&mut self) -> Result<()> {
        if self.begun.elapsed() > PATIENCE {
            return Err(Fault::Busy("too many want the same book at once".into()));
        }
        tokio::time::sleep(jitter(Duration::from_millis(40 << self.count.min(5)))).await;
        self.count += 1;
        Ok(())
    }
}

/// A book and its copies, as they are this moment.
///
/// # Errors
/// When the table cannot be read.
pub(crate) async fn book(table: &Table, id: BookId) -> Result<(Option<book::Record>, Option<Lending>)> {
    let query = table
        .client
        .query()
        .table_name(&*table.name)
        .key_condition_expression("pk = :book AND sk BETWEEN :first AND :last")
        .expression_attribute_values(":book", string(book_key(id)))
        .expression_attribute_values(":first", string(BOOK))
        .expression_attribute_values(":last", string(LENDING))
        .consistent_read(true);
    let (mut record, mut lending) = (None, None);
    for item in query.send().await?.items.unwrap_or_default() {
        match sort_key(&item) {
            Some(BOOK) => record = Some(from_item(item)?),
            Some(LENDING) => lending = Some(from_item(item)?),
            _ => {}
        }
    }
    Ok((record, lending))
}

fn sort_key(item: &Item) -> Option<&str> {
    item.get("sk").and_then(|key| key.as_s().ok()).map(String::as_str)
}

/// A reservation and its book's copies, as they are this moment, with everything that has lapsed by then noted. `None`
/// where it is not there for `who`.
pub(super) async fn reservation(
    table: &Table,
    id: ReservationId,
    who: Who,
    occasion: &Occasion,
) -> Result<Option<(Record, Lending)>> {
    loop {
        let Some((record, mut lending)) = look_up(table, id).await? else { return Ok(None) };
        if matches!(who, Who::Reader(reader) if reader != record.reader) {
            return Ok(None);
        }
        let has_lapsed = record.status == Status::Ready && record.has_lapsed(occasion.at);
        if has_lapsed || lending.may_lapse(occasion.at) {
            let noted = take_note(table, id.book, occasion).await?;
            // The two are read one after the other: somebody else may have taken note in between, and only one of them tell.
            if noted.any || has_lapsed {
                continue;
            }
            lending.next_lapse = noted.next_lapse;
        }
        return Ok(Some((record, lending)));
    }
}

/// A reservation and its book's copies, as they are this moment.
pub(super) async fn look_up(table: &Table, id: ReservationId) -> Result<Option<(Record, Lending)>> {
    let lending = Item::from([("pk".to_owned(), string(book_key(id.book))), ("sk".to_owned(), string(LENDING))]);
    let (mut record, mut copies) = (None, None);
    for item in get_batch(table, vec![reservation::key(id), lending], true).await? {
        match sort_key(&item) {
            Some(LENDING) => copies = Some(from_item(item)?),
            _ => record = Some(from_item::<Record>(item)?),
        }
    }
    // Of an ended reservation the book may have left the shelf.
    Ok(record.map(|record| {
        let lending = copies.unwrap_or_else(|| Lending::new(id.book, 0));
        (record, lending)
    }))
}

/// What has lapsed of a book.
pub(super) struct Noted {
    /// Whether anything had.
    pub(super) any: bool,
    /// When the first of the copies that wait now lapses, in milliseconds since 1970.
    pub(super) next_lapse: Option<i64>,
}

/// Takes note of the copies of a book that were not collected in time: each goes to the next in the queue, or back on the
/// shelf.
pub(super) async fn take_note(table: &Table, book: BookId, occasion: &Occasion) -> Result<Noted> {
    let mut any = false;
    loop {
        let first = first(table, book, READY).await?;
        let Some(record) = first.as_ref().filter(|record| record.has_lapsed(occasion.at)) else {
            let until = first.and_then(|record| record.ready_until);
            return Ok(Noted { any, next_lapse: until.map(|until| until.as_millisecond()) });
        };
        let lapse = occasion.of_the_library(record.reader)?;
        release(table, record.id, Status::Ready, Status::Lapsed, &lapse).await?;
        any = true;
    }
}

/// The next in the queue.
pub(super) async fn next(table: &Table, book: BookId) -> Result<Option<Record>> {
    first(table, book, WAITING).await
}

async fn first(table: &Table, book: BookId, turn: &str) -> Result<Option<Record>> {
    let query = table
        .client
        .query()
        .table_name(&*table.name)
        .index_name("turn")
        .key_condition_expression("pk = :book AND begins_with(turn, :turn)")
        .expression_attribute_values(":book", string(book_key(book)))
        .expression_attribute_values(":turn", string(turn))
        .consistent_read(true)
        .limit(1);
    query.send().await?.items.unwrap_or_default().pop().map(from_item).transpose()
}

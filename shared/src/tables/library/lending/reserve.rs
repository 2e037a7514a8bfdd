//! Reserving a book.

use aws_sdk_dynamodb::types::{ConditionCheck, TransactWriteItem};
use uuid::Uuid;

use super::copies::Lending;
use super::desk::{self, Tries};
use super::loans::{self, Full};
use super::reservation::{COLLECT_WITHIN, Record, Reservation};
use crate::tables::journal::{Deed, Entry, Letter, Occasion, Subject};
use crate::tables::library::book::{self, BOOK, Store, book_key};
use crate::tables::library::idempotency::{self, Earlier, Intention};
use crate::tables::table::{Result, Table, Transacted, number, string, transact};
use crate::values::{BookId, ReservationId};

/// What became of reserving a book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reserved {
    /// A copy waits to be collected, or the reader has a place in the queue: the status says which.
    Done(Box<Reservation>),
    /// The reader has reserved or borrowed this book already.
    AlreadyHeld,
    /// The reader has as many reservations as they may.
    TooMany,
    /// There is no such book on the shelf.
    NoSuchBook,
    /// The Idempotency-Key went with another request.
    KeyReused,
}

/// Reserves a book for whose the occasion is: a copy, if one is there and nobody waits; else a place in the queue. `own`
/// names the reservation.
///
/// # Errors
/// When the table cannot be read or written.
pub async fn reserve(
    table: &Table,
    book: BookId,
    own: Uuid,
    intention: Option<&Intention>,
    occasion: &Occasion,
) -> Result<Reserved> {
    let id = ReservationId { book, own };
    let mut looked_for_lapsed = false;
    let mut tries = Tries::default();
    loop {
        let (record, lending) = desk::book(table, book).await?;
        let Some(found) = record.filter(|record| record.shelf == Store::Books.shelf()) else {
            return Ok(Reserved::NoSuchBook);
        };
        let mut copies = lending.unwrap_or_else(|| Lending::new(book, found.copies()));
        if copies.may_lapse(occasion.at) {
            let noted = desk::take_note(table, book, occasion).await?;
            if noted.any {
                continue;
            }
            copies.next_lapse = noted.next_lapse;
        }
        let (reservation, mut items) = plan(table, &found, id, copies, occasion)?;
        if let Some(intention) = intention {
            items.push(idempotency::remember(table, intention, &reservation, occasion.at)?);
        }
        let mut reasons = match transact(&table.client, items).await? {
            Transacted::Done => return Ok(Reserved::Done(Box::new(reservation))),
            Transacted::Refused(reasons) => reasons,
        };
        // Sent again, the request meets its own reservation too: the earlier answer goes first.
        if let Some(intention) = intention
            && let Some(Some(item)) = reasons.pop()
        {
            return Ok(match idempotency::earlier(item, intention)? {
                Earlier::Same(reservation) => Reserved::Done(Box::new(reservation)),
                Earlier::Other => Reserved::KeyReused,
            });
        }
        if let Some(Some(item)) = reasons.get(1) {
            match Full::of(item, book) {
                Full::ThisBook => return Ok(Reserved::AlreadyHeld),
                Full::Altogether if looked_for_lapsed => return Ok(Reserved::TooMany),
                Full::Altogether => {}
            }
            // Some of them may have lapsed, and nobody has noticed.
            for other in loans::list(table, occasion.who).await? {
                desk::reservation(table, other, super::Who::Reader(occasion.who), occasion).await?;
            }
            looked_for_lapsed = true;
        }
        tries.again().await?;
    }
}

/// The reservation that the book as it is allows, and the writes that make it: the book's copies first, then what the
/// reader has.
fn plan(
    table: &Table,
    book: &book::Record,
    id: ReservationId,
    mut copies: Lending,
    occasion: &Occasion,
) -> Result<(Reservation, Vec<TransactWriteItem>)> {
    let (reader, now, title) = (occasion.who, occasion.at, &book.details.title);
    let record = Record::new(id, reader, title.clone(), now);
    let first_of_its_book = copies.is_new();
    let (record, subject) = if copies.has_a_free_copy() {
        let until = now + COLLECT_WITHIN;
        copies.take(until);
        (record.ready(until), Subject::Reserved { title: title.clone(), until })
    } else {
        let number = copies.join();
        let place = copies.place(number);
        (record.waiting(number), Subject::Queued { title: title.clone(), place })
    };
    let reservation = record.shown(Some(&copies), now);
    let entry = Entry {
        reservation: Some(id),
        place: reservation.place,
        ..Entry::of_book(Deed::BookReserved, id.book, Some(title.clone()))
    };
    let entry = entry.with_letter(Some(Letter::to_reader(reader, subject)));
    let mut items =
        vec![copies.write(table)?, loans::add(table, reader, id)?, record.write(table)?, occasion.note(entry)?];
    if first_of_its_book {
        items.push(as_it_was(table, book)?);
    }
    Ok((reservation, items))
}

/// Fails where the book has been changed in between. Once it has its item about copies, that one tells.
fn as_it_was(table: &Table, book: &book::Record) -> Result<TransactWriteItem> {
    let check = ConditionCheck::builder()
        .table_name(&*table.name)
        .key("pk", string(book_key(book.id())))
        .key("sk", string(BOOK))
        .condition_expression("version = :version")
        .expression_attribute_values(":version", number(book.version))
        .build()?;
    Ok(TransactWriteItem::builder().condition_check(check).build())
}

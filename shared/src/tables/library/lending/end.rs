//! The ends of a reservation: given up, brought back, lapsed. Whatever copy comes free goes to the next in the queue.

use aws_sdk_dynamodb::types::TransactWriteItem;

use super::copies::Lending;
use super::desk::{self, Tries};
use super::loans;
use super::reservation::{COLLECT_WITHIN, Record, Reservation, Status};
use super::{Step, Who};
use crate::tables::journal::{Deed, Entry, Letter, Occasion, Subject};
use crate::tables::library::idempotency::{self, Earlier, Intention};
use crate::tables::table::{Result, Table, Transacted, transact};
use crate::values::{BookId, ReservationId, UserId};

/// Gives up a place in the queue, or a copy that waits to be collected.
///
/// # Errors
/// When the table cannot be read or written.
pub async fn cancel(table: &Table, id: ReservationId, who: Who, occasion: &Occasion) -> Result<Step> {
    let mut tries = Tries::default();
    loop {
        let Some((record, copies)) = desk::reservation(table, id, who, occasion).await? else {
            return Ok(Step::Absent);
        };
        if !matches!(record.status, Status::Waiting | Status::Ready) {
            return Ok(Step::Not(record.status));
        }
        if let Some(done) = end(table, record, copies, Status::Cancelled, None, occasion).await? {
            return Ok(done);
        }
        tries.again().await?;
    }
}

/// Takes a copy back.
///
/// # Errors
/// When the table cannot be read or written.
pub async fn give_back(
    table: &Table,
    id: ReservationId,
    intention: Option<&Intention>,
    occasion: &Occasion,
) -> Result<Step> {
    let mut tries = Tries::default();
    loop {
        let found = desk::reservation(table, id, Who::Librarian, occasion).await?;
        let Some((record, copies)) = found else { return Ok(Step::Absent) };
        if record.status != Status::CheckedOut {
            // Sent again, the request finds its own work done.
            let earlier = idempotency::look_up(table, intention, occasion.at).await?;
            return Ok(earlier.map_or(Step::Not(record.status), Step::from));
        }
        if let Some(done) = end(table, record, copies, Status::Returned, intention, occasion).await? {
            return Ok(done);
        }
        tries.again().await?;
    }
}

/// Ends a reservation that is still in the state `from`, on behalf of the library.
pub(super) async fn release(
    table: &Table,
    id: ReservationId,
    from: Status,
    to: Status,
    occasion: &Occasion,
) -> Result<()> {
    let mut tries = Tries::default();
    loop {
        let Some((record, copies)) = desk::look_up(table, id).await? else { return Ok(()) };
        if record.status != from || end(table, record, copies, to, None, occasion).await?.is_some() {
            return Ok(());
        }
        tries.again().await?;
    }
}

/// Ends everything that a reader has reserved and not collected, for the end of their account. What is out stays out until
/// it comes back.
///
/// # Errors
/// When the table cannot be read or written; what has ended by then has, and the rest is for the next try.
pub async fn forget(table: &Table, reader: UserId, occasion: &Occasion) -> Result<()> {
    for id in loans::list(table, reader).await? {
        for from in [Status::Waiting, Status::Ready] {
            release(table, id, from, Status::Cancelled, &occasion.of_the_library(reader)?).await?;
        }
    }
    Ok(())
}

/// Ends a reservation and passes its copy on, in one transaction; `None` where something has changed in between.
async fn end(
    table: &Table,
    record: Record,
    mut copies: Lending,
    status: Status,
    intention: Option<&Intention>,
    occasion: &Occasion,
) -> Result<Option<Step>> {
    let (id, reader, title) = (record.id, record.reader, record.title.clone());
    let mut promotion = Vec::new();
    match record.number {
        Some(number) => copies.leave(number),
        None => {
            copies.put_back();
            let next = promote(table, id.book, &mut copies, occasion).await?;
            let Some(next) = next else { return Ok(None) };
            promotion = next;
        }
    }
    let record = record.ended(status, occasion.at);
    let what = match status {
        Status::Returned => Deed::BookReturned,
        Status::Lapsed => Deed::ReservationLapsed,
        _ => Deed::ReservationCancelled,
    };
    let entry = Entry { reservation: Some(id), whom: Some(reader), ..Entry::of_book(what, id.book, Some(title)) };
    let shown = record.shown(None, occasion.at);
    let mut items =
        vec![record.write(table)?, copies.write(table)?, loans::remove(table, reader, id)?, occasion.note(entry)?];
    // After its cause, in the journal as well.
    items.append(&mut promotion);
    if let Some(intention) = intention {
        items.push(idempotency::remember(table, intention, &shown, occasion.at)?);
    }
    finish(table, items, intention, shown).await
}

/// Runs the transaction of a step; `None` where something has changed in between.
pub(super) async fn finish(
    table: &Table,
    items: Vec<TransactWriteItem>,
    intention: Option<&Intention>,
    shown: Reservation,
) -> Result<Option<Step>> {
    let mut reasons = match transact(&table.client, items).await? {
        Transacted::Done => return Ok(Some(Step::Done(Box::new(shown)))),
        Transacted::Refused(reasons) => reasons,
    };
    if let Some(intention) = intention
        && let Some(Some(item)) = reasons.pop()
    {
        return Ok(Some(idempotency::earlier(item, intention)?.into()));
    }
    Ok(None)
}

impl From<Earlier<Reservation>> for Step {
    fn from(earlier: Earlier<Reservation>) -> Self {
        match earlier {
            Earlier::Same(reservation) => Step::Done(Box::new(reservation)),
            Earlier::Other => Step::KeyReused,
        }
    }
}

/// The writes that give a copy to the next in the queue: none, where none is there or nobody waits. `copies` is as it is
/// then. `None` where the queue has moved since the copies were read.
pub(super) async fn promote(
    table: &Table,
    book: BookId,
    copies: &mut Lending,
    occasion: &Occasion,
) -> Result<Option<Vec<TransactWriteItem>>> {
    if !copies.has_a_copy_for_the_next() {
        return Ok(Some(Vec::new()));
    }
    let next = desk::next(table, book).await?;
    let Some((number, next)) = next.and_then(|next| Some((next.number?, next))) else { return Ok(None) };
    let until = occasion.at + COLLECT_WITHIN;
    copies.promote(number, until);
    let (id, reader, title) = (next.id, next.reader, next.title.clone());
    let promotion = occasion.of_the_library(reader)?;
    let letter = Letter::to_reader(reader, Subject::Ready { title: title.clone(), until });
    let entry = Entry { reservation: Some(id), ..Entry::of_book(Deed::ReservationReady, book, Some(title)) };
    Ok(Some(vec![next.ready(until).write(table)?, promotion.note(entry.with_letter(Some(letter)))?]))
}

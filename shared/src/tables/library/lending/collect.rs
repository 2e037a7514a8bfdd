//! Copies that go out, and stay out for longer.

use aws_sdk_dynamodb::types::TransactWriteItem;

use super::desk::{self, Tries};
use super::end::finish;
use super::reservation::{LENT_FOR, Record, Status};
use super::{Step, Who};
use crate::tables::journal::{Deed, Entry, Occasion};
use crate::tables::library::idempotency::{self, Intention};
use crate::tables::table::{Result, Table};
use crate::values::ReservationId;

/// Hands out a copy that waits to be collected.
///
/// # Errors
/// When the table cannot be read or written.
pub async fn check_out(
    table: &Table,
    id: ReservationId,
    intention: Option<&Intention>,
    occasion: &Occasion,
) -> Result<Step> {
    let mut tries = Tries::default();
    loop {
        let found = desk::reservation(table, id, Who::Librarian, occasion).await?;
        let Some((record, _)) = found else { return Ok(Step::Absent) };
        if record.status != Status::Ready {
            let earlier = idempotency::look_up(table, intention, occasion.at).await?;
            return Ok(earlier.map_or(Step::Not(record.status), Step::from));
        }
        let out = record.checked_out(occasion.at + LENT_FOR);
        let items = vec![out.write(table)?, occasion.note(entry(Deed::BookCheckedOut, &out))?];
        if let Some(done) = step(table, out, items, intention, occasion).await? {
            return Ok(done);
        }
        tries.again().await?;
    }
}

/// Lets a reader keep a copy for longer, if nobody waits for it.
///
/// # Errors
/// When the table cannot be read or written.
pub async fn renew(
    table: &Table,
    id: ReservationId,
    who: Who,
    intention: Option<&Intention>,
    occasion: &Occasion,
) -> Result<Step> {
    let mut tries = Tries::default();
    loop {
        let found = desk::reservation(table, id, who, occasion).await?;
        let Some((record, copies)) = found else { return Ok(Step::Absent) };
        let refusal = match record.status {
            Status::CheckedOut if copies.waiting > 0 => Some(Step::OthersWait),
            Status::CheckedOut => None,
            status => Some(Step::Not(status)),
        };
        if let Some(refusal) = refusal {
            let earlier = idempotency::look_up(table, intention, occasion.at).await?;
            return Ok(earlier.map_or(refusal, Step::from));
        }
        let renewed = record.checked_out(occasion.at + LENT_FOR);
        // Written as they were: so nobody has joined the queue in between.
        let items = vec![
            renewed.write(table)?,
            copies.write(table)?,
            occasion.note(entry(Deed::ReservationRenewed, &renewed))?,
        ];
        if let Some(done) = step(table, renewed, items, intention, occasion).await? {
            return Ok(done);
        }
        tries.again().await?;
    }
}

async fn step(
    table: &Table,
    record: Record,
    mut items: Vec<TransactWriteItem>,
    intention: Option<&Intention>,
    occasion: &Occasion,
) -> Result<Option<Step>> {
    let shown = record.shown(None, occasion.at);
    if let Some(intention) = intention {
        items.push(idempotency::remember(table, intention, &shown, occasion.at)?);
    }
    finish(table, items, intention, shown).await
}

/// What a step of a reservation is in the journal.
pub(super) fn entry(what: Deed, record: &Record) -> Entry {
    let (reservation, whom) = (Some(record.id), Some(record.reader));
    Entry { reservation, whom, ..Entry::of_book(what, record.id.book, Some(record.title.clone())) }
}

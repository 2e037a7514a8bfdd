//! The reservations and loans of a reader: one item. It permits each book once, and limits their number.
//!
//! Loans and reservations have limits of their own, and the item counts their sum. Below either limit the sum decides. Above it
//! they are counted, and the write is refused if one has been added, or a reservation has become a loan, since then.

use jiff::Timestamp;

use super::reservation::{Record, Status, reservation_key};
use crate::tables::fault::Result;
use crate::tables::key::{Item, Key};
use crate::tables::library::Library;
use crate::tables::table::Consistency::Strong;
use crate::tables::table::readable;
use crate::tables::write::Write;
use crate::values::{BookId, ReservationId, UserId};

/// The sort key of the item. Its partition is the reader's.
pub(in crate::tables::library) const LOANS: &str = "loans";

pub(super) const HELD: &str = "held";
pub(super) const PREFIX: &str = "book#";

pub(in crate::tables::library) fn loans_key(reader: UserId) -> Key {
    Key::of(format!("user#{reader}")).and(LOANS)
}

/// Returns the id of the reservation or loan of a book, from the item of its reader.
pub(in crate::tables::library) fn loan_of(book: BookId, item: &Item) -> Option<ReservationId> {
    item.get(&attribute(book))?.as_s().ok()?.parse().ok()
}

fn attribute(book: BookId) -> String {
    format!("{PREFIX}{book}")
}

/// Why a reservation cannot be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LoanRefusal {
    /// The reader has reserved or borrowed this book.
    AlreadyHeld,
    /// The reader has as many reservations and loans as the write permits.
    LimitReached,
}

impl LoanRefusal {
    /// Finds the reason in the item that refused the write of [`Library::add_loan`].
    pub(super) fn of(item: &Item, book: BookId) -> Self {
        if item.contains_key(&attribute(book)) { LoanRefusal::AlreadyHeld } else { LoanRefusal::LimitReached }
    }
}

/// What a reader has, counted.
#[derive(Debug)]
pub(super) struct Held {
    /// How many reservations have lapsed without a record of it. The reader's item still counts them.
    pub(super) lapsed: u32,
    /// The books that are out.
    pub(super) loans: Vec<ReservationId>,
    /// The reservations that wait or are ready. A lapsed one does not count, even if its lapse is not recorded yet.
    pub(super) reservations: Vec<ReservationId>,
}

/// The most reservations or loans that a transaction checks. It may have a hundred parts.
const MOST_CHECKED: usize = 80;

/// Returns how many reservations and loans a reader has, from their item.
pub(super) fn held(item: &Item) -> u32 {
    item.get(HELD).and_then(|held| held.as_n().ok()).and_then(|held| held.parse().ok()).unwrap_or_default()
}

impl Library {
    /// Returns the write that adds a reservation, if the reader has less than `most`. If it is refused, [`LoanRefusal::of`]
    /// finds the reason.
    pub(super) fn add_loan(&self, record: &Record, most: u32) -> Write {
        let expression = "SET #book = :id, #held = if_not_exists(#held, :none) + :one";
        let update = self.table.update(loans_key(record.reader), expression);
        let update = update.name("#book", attribute(record.id.book)).name("#held", HELD);
        let update = update.value(":id", record.id).value(":none", 0).value(":one", 1).value(":most", most);
        update.when("attribute_not_exists(#book)").when("(attribute_not_exists(#held) OR #held < :most)").showing_item()
    }

    /// Counts what a reader has.
    pub(super) async fn held(&self, reader: UserId, now: Timestamp) -> Result<Held> {
        let item = self.table.get_item(loans_key(reader), Strong).await?.unwrap_or_default();
        self.held_of(&item, now).await
    }

    /// Counts what a reader has, from the item of the reader.
    pub(super) async fn held_of(&self, item: &Item, now: Timestamp) -> Result<Held> {
        let of_books = item.iter().filter(|(name, _)| name.starts_with(PREFIX));
        let ids = of_books.filter_map(|(_, id)| id.as_s().ok()?.parse().ok());
        let keys = ids.map(reservation_key).collect();
        let found = self.table.get_batch(keys, Strong).await?.into_iter().filter_map(readable::<Record>);
        let (loans, others): (Vec<_>, Vec<_>) = found.partition(|record| record.status == Status::CheckedOut);
        let lapsed = others.iter().filter(|record| record.status == Status::Ready && record.has_lapsed(now)).count();
        let reservations = others.into_iter().filter(|record| record.is_live(now)).map(|record| record.id).collect();
        Ok(Held {
            lapsed: u32::try_from(lapsed).unwrap_or_default(),
            loans: loans.into_iter().map(|loan| loan.id).collect(),
            reservations,
        })
    }

    /// Returns the checks that refuse a transaction if one of these reservations is a loan by then.
    pub(super) fn check_not_out(&self, ids: &[ReservationId]) -> Vec<Write> {
        self.check_status(ids, "#status <> :checkedOut")
    }

    /// Returns the checks that refuse a transaction if one of these loans has ended.
    pub(super) fn check_out_still(&self, ids: &[ReservationId]) -> Vec<Write> {
        self.check_status(ids, "#status = :checkedOut")
    }

    fn check_status(&self, ids: &[ReservationId], condition: &str) -> Vec<Write> {
        let check = |id: &ReservationId| {
            let check = self.table.check(reservation_key(*id)).name("#status", "status");
            check.when(condition).value(":checkedOut", Status::CheckedOut)
        };
        ids.iter().take(MOST_CHECKED).map(check).collect()
    }

    /// Returns the write that removes a reservation.
    pub(super) fn remove_loan(&self, reader: UserId, id: ReservationId) -> Write {
        let update = self.table.update(loans_key(reader), "SET #held = #held - :one REMOVE #book").when("#book = :id");
        update.name("#book", attribute(id.book)).name("#held", HELD).value(":id", id).value(":one", 1)
    }

    /// Reads the ids of a reader's reservations and loans, in no particular order.
    pub(super) async fn loans(&self, reader: UserId) -> Result<Vec<ReservationId>> {
        let item = self.table.get_item(loans_key(reader), Strong).await?.unwrap_or_default();
        let of_books = item.into_iter().filter(|(name, _)| name.starts_with(PREFIX));
        let id = |(name, value): (String, aws_sdk_dynamodb::types::AttributeValue)| {
            let id = value.as_s().ok().and_then(|id| id.parse().ok());
            if id.is_none() {
                tracing::error!(%reader, name, "reading a loan failed");
            }
            id
        };
        Ok(of_books.filter_map(id).collect())
    }
}

//! The reservations and loans of a reader: one item. It permits each book once, and limits their number.
//!
//! Loans and reservations have limits of their own, and the item counts their sum. Below either limit the sum decides. Above it
//! those of the one kind are counted, and the transaction checks that each of the other kind, which the sum counts as well, is unchanged.

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

/// What a reader has, counted for one of the limits.
pub(super) struct Counted {
    /// How many count.
    pub(super) number: usize,
    /// For each of the others, which the reader's item counts as well, the check that it has not changed since.
    pub(super) others: Vec<Write>,
}

impl Counted {
    /// Returns how many the reader may have in all before another one of that kind is added. It is safe although the reader's
    /// item and the reservations were read at different moments: only what the transaction checks raises the limit.
    pub(super) fn most(&self, limit: u32) -> u32 {
        limit + u32::try_from(self.others.len()).unwrap_or_default()
    }
}

/// The most reservations or loans that a transaction checks. It may have a hundred parts. Those that it cannot check count.
const MOST_CHECKED: usize = 80;

/// Returns how many reservations and loans a reader has, from their item.
pub(super) fn held(item: &Item) -> u32 {
    item.get(HELD).and_then(|held| held.as_n().ok()).and_then(|held| held.parse().ok()).unwrap_or_default()
}

/// Returns the ids of a reader's reservations and loans, from their item, in no particular order.
pub(super) fn loans_in(item: &Item) -> Vec<ReservationId> {
    let of_books = item.iter().filter(|(name, _)| name.starts_with(PREFIX));
    let id = |(name, value): (&String, &aws_sdk_dynamodb::types::AttributeValue)| {
        let id = value.as_s().ok().and_then(|id| id.parse().ok());
        if id.is_none() {
            let item = item.get("pk").and_then(|key| key.as_s().ok());
            tracing::error!(item, name, "reading a loan failed");
        }
        id
    };
    of_books.filter_map(id).collect()
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

    /// Counts the reservations of a reader. A lapsed one does not count, even if its lapse is not recorded yet.
    pub(super) async fn count_reservations(&self, reader: UserId, now: Timestamp) -> Result<Counted> {
        let item = self.table.get_item(loans_key(reader), Strong).await?.unwrap_or_default();
        self.count(&item, |record| record.status != Status::CheckedOut && record.is_live(now)).await
    }

    /// Counts the books that a reader has out, from the item of the reader.
    pub(super) async fn count_loans(&self, item: &Item) -> Result<Counted> {
        self.count(item, |record| record.status == Status::CheckedOut).await
    }

    async fn count(&self, item: &Item, counts: impl Fn(&Record) -> bool) -> Result<Counted> {
        let keys = loans_in(item).into_iter().map(reservation_key).collect();
        let found = self.table.get_batch(keys, Strong).await?.into_iter().filter_map(readable::<Record>);
        // What has ended since the item was read is no longer in it.
        let (counted, others): (Vec<_>, Vec<_>) = found.filter(|record| !record.has_ended()).partition(counts);
        let unchecked = others.len().saturating_sub(MOST_CHECKED);
        let others = others.iter().take(MOST_CHECKED).map(|record| self.check_unchanged(record)).collect();
        Ok(Counted { number: counted.len() + unchecked, others })
    }

    /// Returns the write that removes a reservation.
    pub(super) fn remove_loan(&self, reader: UserId, id: ReservationId) -> Write {
        let update = self.table.update(loans_key(reader), "SET #held = #held - :one REMOVE #book").when("#book = :id");
        update.name("#book", attribute(id.book)).name("#held", HELD).value(":id", id).value(":one", 1)
    }

    /// Deletes the list of a reader, if nothing is in it.
    pub(super) async fn remove_loans(&self, reader: UserId) -> Result<()> {
        let delete = self.table.delete(loans_key(reader)).when("(attribute_not_exists(#held) OR #held = :none)");
        delete.name("#held", HELD).value(":none", 0).send().await.map(drop)
    }

    /// Reads the ids of a reader's reservations and loans, in no particular order.
    pub(super) async fn loans(&self, reader: UserId) -> Result<Vec<ReservationId>> {
        Ok(loans_in(&self.table.get_item(loans_key(reader), Strong).await?.unwrap_or_default()))
    }
}

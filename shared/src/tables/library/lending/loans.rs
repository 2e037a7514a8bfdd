//! The reservations and loans of a reader: one item. It permits each book once, and limits their number.

use super::reservation::Record;
use crate::tables::fault::Result;
use crate::tables::key::{Item, Key};
use crate::tables::library::Library;
use crate::tables::table::Consistency::Strong;
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
    /// The reader has the most reservations and loans that the rules allow.
    LimitReached,
}

impl LoanRefusal {
    /// Finds the reason in the item that refused the write of [`Library::add_loan`].
    pub(super) fn of(item: &Item, book: BookId) -> Self {
        if item.contains_key(&attribute(book)) { LoanRefusal::AlreadyHeld } else { LoanRefusal::LimitReached }
    }
}

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

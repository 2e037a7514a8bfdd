//! What a reader has reserved or borrowed, in one item: a book once, and not too many.

use super::reservation::Record;
use crate::tables::fault::Result;
use crate::tables::key::{Item, Key};
use crate::tables::library::Library;
use crate::tables::table::Consistency::Strong;
use crate::tables::write::Write;
use crate::values::{BookId, ReservationId, UserId};

/// The most that a reader may have at once, from the reservation to the return.
pub(super) const MOST: u32 = 10;

const HELD: &str = "held";
const PREFIX: &str = "book#";

fn loans_key(reader: UserId) -> Key {
    Key::of(format!("user#{reader}")).and("loans")
}

fn attribute(book: BookId) -> String {
    format!("{PREFIX}{book}")
}

/// Why a reader cannot have one more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LoanRefusal {
    /// They have reserved or borrowed this book.
    AlreadyHeld,
    /// They have as many as they may.
    LimitReached,
}

impl LoanRefusal {
    /// Explains the item that refused [`Library::add_loan`].
    pub(super) fn of(item: &Item, book: BookId) -> Self {
        if item.contains_key(&attribute(book)) { LoanRefusal::AlreadyHeld } else { LoanRefusal::LimitReached }
    }
}

impl Library {
    /// The write that adds a reservation. [`LoanRefusal::of`] explains the item that refuses it.
    pub(super) fn add_loan(&self, record: &Record) -> Write {
        let expression = "SET #book = :id, #held = if_not_exists(#held, :none) + :one";
        let update = self.table.update(loans_key(record.reader), expression);
        let update = update.name("#book", attribute(record.id.book)).name("#held", HELD);
        let update = update.value(":id", record.id).value(":none", 0).value(":one", 1).value(":most", MOST);
        update.when("attribute_not_exists(#book)").when("(attribute_not_exists(#held) OR #held < :most)").showing_item()
    }

    /// The write that removes a reservation.
    pub(super) fn remove_loan(&self, reader: UserId, id: ReservationId) -> Write {
        let update = self.table.update(loans_key(reader), "SET #held = #held - :one REMOVE #book").when("#book = :id");
        update.name("#book", attribute(id.book)).name("#held", HELD).value(":id", id).value(":one", 1)
    }

    /// Reads what a reader has reserved or borrowed, in no particular order.
    pub(super) async fn loans(&self, reader: UserId) -> Result<Vec<ReservationId>> {
        let item = self.table.get_item(loans_key(reader), Strong).await?.unwrap_or_default();
        let of_books = item.into_iter().filter(|(name, _)| name.starts_with(PREFIX));
        let id = |(name, value): (String, aws_sdk_dynamodb::types::AttributeValue)| {
            let id = value.as_s().ok().and_then(|id| id.parse().ok());
            if id.is_none() {
                tracing::error!(%reader, name, "a loan cannot be read");
            }
            id
        };
        Ok(of_books.filter_map(id).collect())
    }
}

//! Strong reads for lending: a book with its copies, a reservation with its book's copies, the first in a queue.

use super::copies::{LENDING, Lending, lending_key};
use super::loans::loans_key;
use super::reservation::{Record, Turn, reservation_key};
use crate::tables::fault::Result;
use crate::tables::key::Item;
use crate::tables::library::Library;
use crate::tables::library::book::{self, BOOK, BookKey, book_key};
use crate::tables::table::Consistency::Strong;
use crate::tables::table::{from_item, is_at, readable};
use crate::values::{BookId, Group, ReservationId, UserId};

/// The most reservations of a book that are read at once.
const MOST_READ: usize = 100;

/// A book, and a reader who may borrow it.
pub(super) struct Seen {
    pub(super) book: Option<book::Record>,
    pub(super) lending: Option<Lending>,
    pub(super) loans: Item,
    pub(super) group: Group,
}

impl Library {
    /// Reads a book and its copies.
    pub(in crate::tables::library) async fn book_and_copies(
        &self,
        id: BookId,
    ) -> Result<(Option<book::Record>, Option<Lending>)> {
        // Only these two sort keys are in this range.
        let query = self.table.query("pk = :book AND sk BETWEEN :first AND :last").strong();
        let query = query.value(":book", BookKey(id)).value(":first", BOOK).value(":last", LENDING);
        let (mut record, mut lending) = (None, None);
        for item in query.items(2).await?.items {
            if is_at(&item, BOOK) {
                record = Some(from_item(item)?);
            } else {
                lending = Some(from_item(item)?);
            }
        }
        Ok((record, lending))
    }

    /// Reads a book, its copies, the item with the reservations and loans of a reader, and the reader's group.
    pub(super) async fn book_and_reader(&self, book: BookId, reader: UserId) -> Result<Seen> {
        let keys = vec![book_key(book), lending_key(book), loans_key(reader)];
        let (items, reader) = self.sessions.get_with(reader, &self.table, keys).await?;
        let group = reader.map(|reader| reader.group).unwrap_or_default();
        let mut seen = Seen { book: None, lending: None, loans: Item::new(), group };
        for item in items {
            if is_at(&item, BOOK) {
                seen.book = Some(from_item(item)?);
            } else if is_at(&item, LENDING) {
                seen.lending = Some(from_item(item)?);
            } else {
                seen.loans = item;
            }
        }
        Ok(seen)
    }

    /// Reads a reservation alone.
    pub(super) async fn reservation(&self, id: ReservationId) -> Result<Option<Record>> {
        self.table.get(reservation_key(id), Strong).await
    }

    /// Reads a reservation and its book's copies.
    pub(super) async fn reservation_and_copies(&self, id: ReservationId) -> Result<Option<(Record, Lending)>> {
        let (mut record, mut copies) = (None, None);
        for item in self.table.get_batch(vec![reservation_key(id), lending_key(id.book)], Strong).await? {
            if is_at(&item, LENDING) {
                copies = Some(from_item(item)?);
            } else {
                record = Some(from_item::<Record>(item)?);
            }
        }
        // The item of the copies is missing if the reservation has ended and the book was archived or deleted.
        Ok(record.map(|record| (record, copies.unwrap_or_else(|| Lending::absent(id.book)))))
    }

    /// Returns whether the stored copies of a book are still those that were read.
    pub(super) async fn is_current(&self, lending: &Lending) -> Result<bool> {
        let stored = self.table.get::<Lending>(lending_key(lending.book()), Strong).await?;
        Ok(stored.map_or(lending.is_new(), |stored| stored.is_same_version(lending)))
    }

    /// Reads the first reservation of a book: the first in the queue, or the next one that lapses.
    pub(super) async fn first(&self, book: BookId, turn: Turn) -> Result<Option<Record>> {
        let query = self.table.query("pk = :book AND begins_with(turn, :turn)").index("turn").strong();
        query.value(":book", BookKey(book)).value(":turn", turn.prefix()).first().await
    }

    /// Reads the reservations of a book in that order, at most a hundred.
    pub(super) async fn all(&self, book: BookId, turn: Turn) -> Result<Vec<Record>> {
        let query = self.table.query("pk = :book AND begins_with(turn, :turn)").index("turn").strong();
        let found = query.value(":book", BookKey(book)).value(":turn", turn.prefix()).items(MOST_READ).await?;
        Ok(found.items.into_iter().filter_map(readable).collect())
    }
}

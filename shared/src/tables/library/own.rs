//! What a book is to a reader: a favorite, reserved, borrowed.
//!
//! | question                    | key                                       | call                    | units |
//! |-----------------------------|-------------------------------------------|-------------------------|-------|
//! | what a book is to a reader  | book#b, user#u favorite#b, user#u loans   | BatchGetItem, strong    | 3 R   |
//! | and if it is held           | book#b reservation#r, lending             | one more                | 2 R   |

use jiff::Timestamp;

use super::Library;
use super::book::{BOOK, book_key};
use super::favorites::favorite_key;
use super::lending::loans::{LOANS, loan_of, loans_key};
use super::lending::{Reservation, Scope, Status};
use crate::tables::fault::Result;
use crate::tables::table::Consistency::Strong;
use crate::tables::table::is_at;
use crate::values::{BookId, UserId};

/// What a book is to a reader.
#[derive(Debug, Default)]
pub struct Own {
    /// Whether it is a favorite.
    pub favorite: bool,
    /// The reservation or loan, unless it has ended.
    pub reservation: Option<Reservation>,
}

impl Library {
    /// Reads what a book is to a reader; `None` if there is no such book, neither in the catalogue nor in the archive.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn own(&self, reader: UserId, book: BookId, now: Timestamp) -> Result<Option<Own>> {
        let (mut exists, mut own, mut held) = (false, Own::default(), None);
        let keys = vec![book_key(book), favorite_key(reader, book), loans_key(reader)];
        for item in self.table.get_batch(keys, Strong).await? {
            if is_at(&item, BOOK) {
                exists = true;
            } else if is_at(&item, LOANS) {
                held = loan_of(book, &item);
            } else {
                own.favorite = true;
            }
        }
        if !exists {
            return Ok(None);
        }
        if let Some(id) = held {
            let found = self.get_reservation(id, Scope::Own(reader), now).await?;
            // It may have ended since, or have lapsed without a record of it.
            let is_live =
                |found: &Reservation| matches!(found.status, Status::Waiting | Status::Ready | Status::CheckedOut);
            own.reservation = found.filter(is_live);
        }
        Ok(Some(own))
    }
}

//! Reservations that earlier versions left out of the desk's lists.
//!
//! | question                             | key                    | call                          | units |
//! |--------------------------------------|------------------------|-------------------------------|-------|
//! | enlist the copies of some books      | book#b lending; turn   | BatchGetItem; a Query for each book with copies that are ready or out; a PutItem for each that is missing | |

use super::copies::{Lending, lending_key};
use super::reservation::{Record, Turn};
use crate::tables::fault::Result;
use crate::tables::library::Library;
use crate::tables::library::book::BookKey;
use crate::tables::table::Consistency::Strong;
use crate::tables::table::readable;
use crate::tables::write::Written;
use crate::values::BookId;

impl Library {
    /// Adds what is ready or out of these books, at most a hundred, to the desk's lists, where it is missing. What is changed at
    /// the same time is added by the change. Returns how many were missing.
    pub(in crate::tables::library) async fn enlist(&self, books: Vec<BookId>) -> Result<usize> {
        let mut enlisted = 0;
        let keys = books.into_iter().map(lending_key).collect();
        let lent = self.table.get_batch(keys, Strong).await?.into_iter().filter_map(readable::<Lending>);
        for lending in lent.filter(|lending| lending.taken > 0) {
            // The loans and the ready copies are before the queue.
            let query = self.table.query("pk = :book AND turn < :waiting").index("turn").strong();
            let query = query.value(":book", BookKey(lending.book())).value(":waiting", Turn::Waiting.prefix());
            for record in query.all::<Record>().await?.iter().filter(|record| !record.is_enlisted()) {
                enlisted += usize::from(matches!(self.put_reservation(record).send().await?, Written::Done(_)));
            }
        }
        Ok(enlisted)
    }
}

//! Counting the reservations of a book anew, if the item of its copies does not agree with them.
//!
//! | question                        | key                          | call                          | units          |
//! |---------------------------------|------------------------------|-------------------------------|----------------|
//! | count the reservations of a book | book#b lending, reservation#r | GetItem, Query, strong; PutItem | all of the book, 1–2 W |
//!
//! No step makes such an item. A defect may, or a restored backup. A step that meets one mends it and is retried.

use jiff::Timestamp;
use serde::Deserialize;

use super::copies::{Lending, lending_key};
use super::reservation::Status;
use crate::tables::fault::{Fault, Result};
use crate::tables::key::Item;
use crate::tables::library::Library;
use crate::tables::library::book::BookKey;
use crate::tables::table::Consistency::Strong;
use crate::tables::table::from_item;
use crate::tables::write::Written;
use crate::values::BookId;

/// What counts of a reservation.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Counted {
    status: Status,
    number: Option<u64>,
    ready_until: Option<Timestamp>,
}

impl Library {
    /// Counts the reservations of a book, and corrects the item of its copies. Returns false if it is right, or is not any
    /// more the one that a step has `seen`: then the step met another one, and nothing is counted.
    ///
    /// Every step that changes a count writes the item. So if its version is still the one that was read first, the
    /// reservations that were read after it are those that it must count.
    pub(super) async fn mend(&self, book: BookId, seen: Option<&Lending>, now: Timestamp) -> Result<bool> {
        let item = self.table.get_item(lending_key(book), Strong).await?;
        let known = item.clone().map(from_item::<Lending>).transpose();
        let (lending, is_readable) = match known {
            Ok(Some(lending)) => (lending, true),
            Ok(None) => (self.lending_of(book).await?, true),
            Err(unreadable) => (self.lending_of(book).await?.replacing(version(&item).ok_or(unreadable)?), false),
        };
        if seen.is_some_and(|seen| !seen.is_same_version(&lending)) {
            return Ok(false);
        }
        let query = self.table.query("pk = :book AND begins_with(sk, :reservation)").strong();
        let query = query.value(":book", BookKey(book)).value(":reservation", "reservation#");
        let query = query.only("#status, #number, readyUntil").name("#status", "status").name("#number", "number");
        let found: Vec<Counted> = query.all().await?;
        let with = |status| found.iter().filter(move |counted| counted.status == status);
        let ready: Vec<_> = with(Status::Ready).filter_map(|ready| Some(ready.ready_until?.as_millisecond())).collect();
        let waiting: Vec<_> = with(Status::Waiting).filter_map(|waiting| waiting.number).collect();
        let checked_out = u32::try_from(with(Status::CheckedOut).count()).unwrap_or(u32::MAX);
        let mended = lending.counting(&ready, checked_out, &waiting);
        let (old, new) = ((lending.taken, lending.waiting), (mended.taken, mended.waiting));
        if is_readable && old == new {
            return Ok(false);
        }
        let item = format!("{} lending", BookKey(book));
        tracing::error!(item, ?old, ?new, is_readable, "an item did not count its reservations, and is corrected");
        match self.put_lending(&mended, now).send().await? {
            Written::Done(_) => Ok(true),
            Written::Refused(_) => Err(Fault::Busy("the book changes while its reservations are counted".into())),
        }
    }

    /// Returns the item of a book as it would be without reservations.
    async fn lending_of(&self, book: BookId) -> Result<Lending> {
        let record = self.book_record(book, Strong).await?;
        Ok(record.map_or_else(|| Lending::absent(book), |record| Lending::new(&record)))
    }
}

fn version(item: &Option<Item>) -> Option<u64> {
    item.as_ref()?.get("version")?.as_n().ok()?.parse().ok()
}

//! The work that no request waits for: added copies go to readers in the queue, and the scheduled sweep processes deadlines.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::reservation::{ReservationKey, Status, day};
use crate::tables::fault::Result;
use crate::tables::journal::{Action, Actor, Letter, Subject};
use crate::tables::key::sortable;
use crate::tables::library::Library;
use crate::tables::library::book::BookKey;
use crate::tables::table::readable;
use crate::tables::write::{Committed, Transaction};
use crate::values::{BookId, ReservationId};

/// How many days a sweep looks back. Nothing is lost if no sweep runs for this long.
const LOOK_BACK: i64 = 14;
/// The most reservations that one sweep processes.
const MOST: usize = 1_000;

/// An item of the index `deadlines`.
#[derive(Deserialize)]
struct Due {
    pk: BookKey,
    sk: ReservationKey,
}

impl Library {
    /// Makes free copies of a book ready for the readers in the queue, in its order.
    ///
    /// # Errors
    /// A fault of the tables.
    pub async fn serve_queue(&self, book: BookId, actor: &Actor) -> Result<()> {
        let mut retry = self.retry();
        loop {
            let (_, Some(mut copies)) = self.book_and_copies(book).await? else { return Ok(()) };
            let is_given = match self.promote(book, &mut copies, actor).await? {
                Some(writes) if writes.is_empty() => return Ok(()),
                Some(writes) => {
                    let mut transaction = Transaction::of(writes);
                    transaction.add(self.put_lending(&copies));
                    matches!(transaction.commit().await?, Committed::Done)
                }
                None => false,
            };
            if !is_given {
                retry.again_or_busy().await?;
            }
        }
    }

    /// Lapses copies that were not collected in time, and sends letters about loans that are due soon. Returns how many
    /// reservations it processed.
    ///
    /// # Errors
    /// A fault of the tables. The next sweep processes the rest.
    pub async fn sweep(&self, actor: &Actor) -> Result<usize> {
        let mut done = 0;
        for days_ago in 0..LOOK_BACK {
            if done >= MOST {
                break;
            }
            let day = day(actor.at - SignedDuration::from_hours(24 * days_ago));
            for id in self.due(&day, actor.at, MOST - done).await? {
                let Some((record, _)) = self.reservation_and_copies(id).await? else { continue };
                match record.status {
                    Status::Ready => {
                        self.process_lapses(id.book, actor).await?;
                    }
                    Status::CheckedOut => self.remind(id, actor).await?,
                    _ => {}
                }
                done += 1;
            }
        }
        Ok(done)
    }

    /// Reads the reservations with a deadline on that day that has passed.
    async fn due(&self, day: &str, now: Timestamp, most: usize) -> Result<Vec<ReservationId>> {
        let query = self.table.query("#day = :day AND deadline <= :now").index("deadlines").name("#day", "day");
        let found = query.value(":day", day).value(":now", sortable(now)).items(most).await?;
        let due = found.items.into_iter().filter_map(readable::<Due>);
        Ok(due.map(|Due { pk: BookKey(book), sk: ReservationKey(own) }| ReservationId { book, own }).collect())
    }

    /// Records the letter about a loan that is due soon, once.
    async fn remind(&self, id: ReservationId, actor: &Actor) -> Result<()> {
        let mut retry = self.retry();
        loop {
            let Some((record, _)) = self.reservation_and_copies(id).await? else { return Ok(()) };
            let Some(due) = record.due_at.filter(|_| record.is_due(actor.at)) else { return Ok(()) };
            let letter = Letter::to_reader(record.reader, Subject::DueSoon { title: record.title.clone(), due });
            let entry = record.entry(Action::BookDueSoon).with_letter(Some(letter));
            let entry = self.journal.put(&actor.of_the_library(record.reader), entry);
            let transaction = Transaction::of([self.put_reservation(&record.reminded()), entry]);
            if let Committed::Done = transaction.commit().await? {
                return Ok(());
            }
            retry.again_or_busy().await?;
        }
    }
}

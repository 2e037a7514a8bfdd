//! Lapsing of ready copies that were not collected in time.
//!
//! A copy lapses at a certain time, even if nothing has processed the lapse yet. Every step reads reservations with the
//! functions of this file, so no step uses a copy that has lapsed.

use super::Scope;
use super::copies::Lending;
use super::reservation::{Record, Status, Turn};
use crate::tables::fault::Result;
use crate::tables::journal::Actor;
use crate::tables::library::Library;
use crate::values::{BookId, ReservationId};

/// The lapsed copies of a book.
pub(super) struct Lapsed {
    /// Whether a copy had lapsed.
    pub(super) any: bool,
    /// When the next ready copy lapses, in milliseconds since 1970.
    pub(super) next: Option<i64>,
}

impl Library {
    /// Processes the lapses of a reservation's book, and reads the reservation and the copies. `None` if the
    /// reservation is not in `scope`.
    pub(super) async fn current_reservation(
        &self,
        id: ReservationId,
        scope: Scope,
        actor: &Actor,
    ) -> Result<Option<(Record, Lending)>> {
        let mut retry = self.retry();
        loop {
            let found = self.reservation_and_copies(id).await?;
            let Some((record, mut lending)) = found.filter(|(record, _)| scope.includes(record.reader)) else {
                return Ok(None);
            };
            let has_lapsed = record.status == Status::Ready && record.has_lapsed(actor.at);
            if !has_lapsed && !lending.may_lapse(actor.at) {
                return Ok(Some((record, lending)));
            }
            let lapsed = self.process_lapses(id.book, actor).await?;
            // The two items may be read at different times. If another step processes the lapse in between, only one of
            // them shows it.
            if !lapsed.any && !has_lapsed {
                lending.next_lapse = lapsed.next;
                return Ok(Some((record, lending)));
            }
            retry.again_or_busy().await?;
        }
    }

    /// Ends the reservations of a book whose copies were not collected in time. Each copy goes to the first reader in
    /// the queue, or becomes free.
    pub(super) async fn process_lapses(&self, book: BookId, actor: &Actor) -> Result<Lapsed> {
        let mut any = false;
        loop {
            let first = self.first(book, Turn::Ready).await?;
            let Some(record) = first.as_ref().filter(|record| record.has_lapsed(actor.at)) else {
                let next = first.and_then(|record| record.ready_until);
                return Ok(Lapsed { any, next: next.map(|until| until.as_millisecond()) });
            };
            let library = actor.of_the_library(record.reader);
            self.end_if(record.id, Status::Ready, Status::Lapsed, &library).await?;
            any = true;
        }
    }
}

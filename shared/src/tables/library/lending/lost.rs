//! A lost copy: its loan ends, and the book has one copy less.
//!
//! | question     | key                                       | call                            | units               |
//! |--------------|-------------------------------------------|---------------------------------|---------------------|
//! | a copy is lost | book#b, reservation#r, lending; user#u loans | BatchGetItem, GetItem, one transaction | 3 R, 12 W + indexes |

use super::answers::Finished;
use super::end::{End, Ended};
use super::reservation::{Reservation, Status};
use super::{NotDone, Scope};
use crate::tables::fault::{Failure, Result};
use crate::tables::journal::Actor;
use crate::tables::library::Library;
use crate::tables::library::book::{Details, Store};
use crate::tables::library::idempotency::Request;
use crate::tables::table::Consistency::Strong;
use crate::values::ReservationId;

impl Library {
    /// Ends a loan whose copy will not come back.
    ///
    /// # Errors
    /// [`NotDone`]; a fault of the tables.
    pub async fn lose(
        &self,
        id: ReservationId,
        request: Option<&Request>,
        actor: &Actor,
    ) -> Result<Box<Reservation>, Failure<NotDone>> {
        let mut retry = self.retry();
        loop {
            let found = self.current_reservation(id, Scope::All, actor, &mut retry).await?;
            let (record, mut copies) = found.ok_or(Failure::Refused(NotDone::Absent))?;
            if record.status != Status::CheckedOut {
                return self.refuse(NotDone::Status(record.status), request, actor).await;
            }
            if let Some(book) = self.book_record(id.book, Strong).await? {
                copies.copies = copies.copies.saturating_sub(1);
                let details = Details { copies: book.details.copies.one_less(), ..book.details.clone() };
                let fewer = self.replace_book(&book.next(details, Store::Books, actor.at), book.version);
                if let Some(Ended { mut transaction, shown, .. }) = self.end(record, copies, End::Lost, actor).await? {
                    transaction.add(fewer);
                    if let Finished::Answered(done) = self.finish(transaction, request, Box::new(shown), actor).await? {
                        return Ok(done?);
                    }
                }
            }
            retry.again_or_busy().await?;
        }
    }
}

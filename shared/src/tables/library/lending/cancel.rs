//! Steps that end a reservation: cancelling, returning, and the deletion of an account.

use super::answers::Finished;
use super::end::{End, Ended};
use super::reservation::{Reservation, Status};
use super::{NotDone, Scope};
use crate::tables::fault::{Failure, Result, as_a_reader};
use crate::tables::journal::Actor;
use crate::tables::library::Library;
use crate::tables::library::idempotency::Request;
use crate::tables::write::Committed;
use crate::values::{ReservationId, UserId};

impl Library {
    /// Cancels a reservation that is waiting or ready.
    ///
    /// # Errors
    /// [`NotDone`]; a fault of the tables.
    pub async fn cancel(
        &self,
        id: ReservationId,
        scope: Scope,
        actor: &Actor,
    ) -> Result<Box<Reservation>, Failure<NotDone>> {
        let mut retry = self.retry();
        loop {
            let found = self.current_reservation(id, scope, actor, &mut retry).await?;
            let (record, copies) = found.ok_or(Failure::Refused(NotDone::Absent))?;
            if !matches!(record.status, Status::Waiting | Status::Ready) {
                return Err(Failure::Refused(NotDone::Status(record.status)));
            }
            if let Some(Ended { transaction, shown, .. }) = self.end(record, copies, End::Cancelled, actor).await? {
                let done = transaction.commit().await.map_err(as_a_reader(NotDone::Absent))?;
                if let Committed::Done = done {
                    return Ok(Box::new(shown));
                }
            }
            retry.again_or_busy().await?;
        }
    }

    /// Returns a copy that is checked out.
    ///
    /// # Errors
    /// [`NotDone`]; a fault of the tables.
    pub async fn return_copy(
        &self,
        id: ReservationId,
        request: Option<&Request>,
        actor: &Actor,
    ) -> Result<Box<Reservation>, Failure<NotDone>> {
        let mut retry = self.retry();
        loop {
            let found = self.current_reservation(id, Scope::All, actor, &mut retry).await?;
            let (record, copies) = found.ok_or(Failure::Refused(NotDone::Absent))?;
            if record.status != Status::CheckedOut {
                // A repeated request finds the copy returned already, and gets the earlier answer.
                return self.refuse(NotDone::Status(record.status), request, actor).await;
            }
            if let Some(Ended { transaction, shown, .. }) =
                self.end(record, copies, End::Returned(actor.at), actor).await?
                && let Finished::Answered(done) = self.finish(transaction, request, Box::new(shown), actor).await?
            {
                return Ok(done?);
            }
            retry.again_or_busy().await?;
        }
    }

    /// Cancels all waiting and ready reservations of a reader whose account was deleted. Their loans, if there are any, stay until
    /// the copies are returned; otherwise the list of them is deleted.
    ///
    /// # Errors
    /// A fault of the tables. Reservations that ended before it stay ended, and a retry ends the rest.
    pub async fn cancel_all(&self, reader: UserId, actor: &Actor) -> Result<()> {
        let mut retry = self.retry();
        for id in self.loans(reader).await? {
            // From both at once: the desk may send it back into the queue meanwhile.
            let from = [Status::Waiting, Status::Ready];
            self.end_if(id, &from, End::Cancelled, &actor.of_the_library(reader), &mut retry).await?;
        }
        self.remove_loans(reader).await
    }
}

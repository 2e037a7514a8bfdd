//! Checking a ready copy out.

use super::answers::Finished;
use super::reservation::{Reservation, Status};
use super::undo::Undo;
use super::{NotDone, Scope};
use crate::tables::fault::Failure;
use crate::tables::journal::{Action, Actor};
use crate::tables::library::Library;
use crate::tables::library::idempotency::Request;
use crate::values::ReservationId;

impl Library {
    /// Checks a ready copy out to its reader, unless they are blocked.
    ///
    /// # Errors
    /// [`NotDone`]; a fault of the tables.
    pub async fn check_out(
        &self,
        id: ReservationId,
        request: Option<&Request>,
        actor: &Actor,
    ) -> Result<Box<Reservation>, Failure<NotDone>> {
        let rules = self.rules(actor.at).await?;
        let today = rules.day(actor.at);
        // The group may have changed since the reservation.
        let mut group = None;
        let mut retry = self.retry();
        loop {
            let found = self.current_reservation(id, Scope::All, actor, &mut retry).await?;
            let (record, copies) = found.ok_or(Failure::Refused(NotDone::Absent))?;
            if record.status != Status::Ready {
                return self.refuse(NotDone::Status(record.status), request, actor).await;
            }
            let undo = Undo::of_loan(Some(&record), None, actor);
            let group_now = group.as_ref().unwrap_or(&record.group).clone();
            let loan = record.of_group(&group_now).checked_out(&rules, None, actor.at).undoable(undo);
            let entry = self.journal.put(actor, loan.entry(Action::BookCheckedOut));
            let mut transaction = self.sessions.transaction(actor);
            transaction.add_all([self.put_reservation(&loan), entry]);
            if loan.reader != actor.id {
                // The reservations of a deleted account are cancelled a moment later.
                transaction.add(self.sessions.check_unblocked_in(loan.reader, &loan.group, today));
            }
            let shown = Box::new(loan.shown(Some((&copies, &rules)), actor.at));
            if let Finished::Answered(done) = self.finish(transaction, request, shown, actor).await? {
                return Ok(done?);
            }
            let reader = self.sessions.get(loan.reader).await?;
            if reader.as_ref().is_some_and(|reader| reader.blocked_on(today).is_some()) {
                return self.refuse(NotDone::Blocked, request, actor).await;
            }
            group = reader.map(|reader| reader.group);
            retry.again_or_busy().await?;
        }
    }
}

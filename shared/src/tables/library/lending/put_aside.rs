//! The shelf for collection: a copy is put aside for its reader, or goes back to its own shelf.

use jiff::Timestamp;

use super::reservation::{Record, Reservation, Status};
use super::undo::Undo;
use super::{NotDone, Scope};
use crate::tables::fault::{Failure, Result};
use crate::tables::journal::{Action, Actor};
use crate::tables::library::Library;
use crate::tables::write::Committed;
use crate::values::ReservationId;

impl Record {
    /// Returns the ready reservation whose copy the actor has put aside, which can be undone.
    pub(super) fn put_aside(self, at: Option<Timestamp>, actor: &Actor) -> Self {
        let undo = Undo::in_place(&self, actor);
        self.aside(at).undoable(undo)
    }
}

impl Library {
    /// Puts a ready copy aside for its reader, with a slip of its own. If it is aside already, nothing is written.
    ///
    /// # Errors
    /// [`NotDone`]; a fault of the tables.
    pub async fn put_aside(&self, id: ReservationId, actor: &Actor) -> Result<Box<Reservation>, Failure<NotDone>> {
        self.on_the_shelf(id, actor, |record| match record.status {
            Status::Ready if record.aside_at.is_some() && !record.new_slip => Ok(None),
            Status::Ready => {
                let at = record.aside_at.or(Some(actor.at));
                Ok(Some((record.put_aside(at, actor), Action::BookPutAside)))
            }
            status => Err(NotDone::Status(status)),
        })
        .await
    }

    /// Records that a copy on the shelf for collection is where it belongs again: on its own shelf or, if it has another
    /// reader now, under that reader's slip. If it was there before, nothing is written.
    ///
    /// # Errors
    /// [`NotDone`]; a fault of the tables.
    pub async fn put_back(&self, id: ReservationId, actor: &Actor) -> Result<Box<Reservation>, Failure<NotDone>> {
        self.on_the_shelf(id, actor, |record| match (record.put_back, record.new_slip) {
            (false, false) => Ok(None),
            (false, true) => {
                let at = record.aside_at;
                Ok(Some((record.put_aside(at, actor), Action::BookPutAside)))
            }
            (true, _) => Ok(Some((record.with_put_back(false), Action::BookPutBack))),
        })
        .await
    }

    async fn on_the_shelf(
        &self,
        id: ReservationId,
        actor: &Actor,
        step: impl Fn(Record) -> Result<Option<(Record, Action)>, NotDone>,
    ) -> Result<Box<Reservation>, Failure<NotDone>> {
        let rules = self.rules(actor.at).await?;
        let mut retry = self.retry();
        loop {
            let found = self.current_reservation(id, Scope::All, actor, &mut retry).await?;
            let (record, copies) = found.ok_or(Failure::Refused(NotDone::Absent))?;
            let Some((new, action)) = step(record.clone()).map_err(Failure::Refused)? else {
                return Ok(Box::new(record.shown(Some((&copies, &rules)), actor.at)));
            };
            let mut transaction = self.sessions.transaction(actor);
            transaction.add_all([self.put_reservation(&new), self.journal.put(actor, new.entry(action))]);
            if let Committed::Done = transaction.commit().await? {
                return Ok(Box::new(new.shown(Some((&copies, &rules)), actor.at)));
            }
            retry.again_or_busy().await?;
        }
    }
}

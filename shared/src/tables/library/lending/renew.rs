//! Renewing a loan. The desk may do it in spite of the rules.
//!
//! | question                  | key                            | call                          | units       |
//! |---------------------------|--------------------------------|-------------------------------|-------------|
//! | renew one's own loan      | book#b reservation#r, lending  | BatchGetItem, one transaction | 2 R, 11 W   |
//! | renew another's, at the desk | the same; user#u is checked | the same                      | 2 R, 13 W   |
//! | … in spite of a block     | the same; user#u               | one GetItem more              | 3 R, 11 W   |

use super::answers::Finished;
use super::lend::Despite;
use super::reservation::{RenewalRefusal, Reservation, Status};
use super::undo::Undo;
use super::{NotDone, Scope};
use crate::tables::fault::{Failure, Result, as_a_reader};
use crate::tables::journal::{Action, Actor};
use crate::tables::library::Library;
use crate::tables::library::idempotency::Request;
use crate::tables::sessions::borrowing::Borrowing;
use crate::tables::sessions::{Needs, Verdict};
use crate::values::{Day, ReservationId, UserId};

impl RenewalRefusal {
    /// Returns the word with which the desk passes it over; `None` if it cannot be.
    fn despite(self) -> Option<Despite> {
        match self {
            RenewalRefusal::OthersWait => Some(Despite::OthersWait),
            RenewalRefusal::NoRenewalsLeft => Some(Despite::NoRenewalsLeft),
            RenewalRefusal::Blocked => Some(Despite::Blocked),
            RenewalRefusal::TooEarly => None,
        }
    }
}

impl Library {
    /// Renews a loan, if the rules allow it or the desk passes them over.
    ///
    /// # Errors
    /// [`NotDone`]; a fault of the tables.
    pub async fn renew(
        &self,
        id: ReservationId,
        scope: Scope,
        despite: &[Despite],
        request: Option<&Request>,
        actor: &Actor,
    ) -> Result<Box<Reservation>, Failure<NotDone>> {
        let rules = self.rules(actor.at).await?;
        let today = rules.day(actor.at);
        let passes_block = despite.contains(&Despite::Blocked);
        let (mut doubts_reader, mut retry) = (false, self.retry());
        loop {
            let found = self.current_reservation(id, scope, actor, &mut retry).await?;
            let (record, copies) = found.ok_or(Failure::Refused(NotDone::Absent))?;
            if record.status != Status::CheckedOut {
                return self.refuse(NotDone::Status(record.status), request, actor).await;
            }
            let mut reasons = record.renewal_refusals(&copies, &rules, actor.at);
            let is_own = record.reader == actor.id;
            // A reader's own block is the request's verdict. Another's is read only if all reasons must be named.
            let names_all = doubts_reader || passes_block || !reasons.is_empty();
            if names_all && !is_own && self.is_blocked(record.reader, today).await? {
                reasons.push(RenewalRefusal::Blocked);
            }
            let is_passed_over = |why: &RenewalRefusal| why.despite().is_some_and(|word| despite.contains(&word));
            let (passed_over, refusing): (Vec<_>, Vec<_>) = reasons.into_iter().partition(is_passed_over);
            if !refusing.is_empty() {
                return self.refuse(NotDone::NoRenewal(refusing), request, actor).await;
            }
            let undo = Undo::in_place(&record, actor);
            let renewed = record.renewed(&rules, actor.at).undoable(undo);
            let passed_over = passed_over.into_iter().filter_map(RenewalRefusal::despite).collect();
            let entry = renewed.entry(Action::ReservationRenewed).in_spite_of(passed_over);
            let (entry, reader) = (self.journal.put(actor, entry), renewed.reader);
            let actor = if is_own { actor.unblocked_on(today) } else { actor.on_what_is_of(reader, Needs::Desk) };
            let mut transaction = self.sessions.transaction(&actor);
            let check = (!is_own && !passes_block).then(|| self.sessions.check_unblocked(reader, today));
            let check = check.map(|check| transaction.add(check));
            // The write of the copies fails if a reader has joined the queue since they were read.
            transaction.add_all([self.put_reservation(&renewed), self.put_lending(&copies, actor.at), entry]);
            let shown = Box::new(renewed.shown(Some((&copies, &rules)), actor.at));
            let done = self.finish(transaction, request, shown, &actor).await;
            match done.map_err(as_a_reader(NotDone::Absent))? {
                Finished::Answered(done) => return Ok(done?),
                Finished::Refused(refusal) => doubts_reader = check.is_some_and(|check| refusal.is_at(check)),
            }
            retry.again_or_busy().await?;
        }
    }

    async fn is_blocked(&self, reader: UserId, today: Day) -> Result<bool> {
        Ok(self.sessions.get(reader).await?.is_some_and(|reader| reader.blocked_on(today).is_some()))
    }
}

impl Actor {
    /// Returns the actor of a step on a loan of their own, who must not be blocked.
    fn unblocked_on(&self, today: Day) -> Actor {
        let needs = Needs::Borrower(Borrowing { approval: false, unblocked_on: Some(today) });
        Actor { verdict: self.verdict.map(|verdict| Verdict { needs, ..verdict }), ..self.clone() }
    }
}

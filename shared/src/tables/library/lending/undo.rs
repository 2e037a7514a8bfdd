//! Undoing a loan, a return, a renewal, or the putting aside of a copy: for ten minutes, by whoever did it.
//!
//! | question              | key                                    | call                       | units       |
//! |-----------------------|----------------------------------------|----------------------------|-------------|
//! | undo a loan, a return | book#b reservation#r, lending; user#u loans | BatchGetItem, one transaction | 2 R, ≤ 16 W |
//! | undo a renewal, a putting aside | book#b reservation#r, lending | BatchGetItem, one transaction | 2 R, ≤ 9 W |
//!
//! A step that can be undone keeps in its reservation what it changed. Its undoing puts that back in one transaction: the
//! reader's place or ready copy, and what another reader lost or got by the step. The promise that a return makes to the
//! next reader is open for two minutes: for so long it can be taken back, and its letter waits a little longer.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Scope;
use super::copies::Lending;
use super::end::{End, Ended};
use super::loans::LoanRefusal;
use super::reservation::{Record, Reservation, Status};
use super::rules::{Due, Rules};
use crate::tables::fault::{Failure, Result};
use crate::tables::journal::{Action, Actor, Entry, Letter, Subject};
use crate::tables::library::Library;
use crate::tables::write::{Committed, Part, Transaction, Write};
use crate::values::{Day, ReservationId, UserId, stored};

/// How long a step can be undone.
const UNDO_FOR: SignedDuration = SignedDuration::from_mins(10);
/// How long the promise that a return makes can be taken back.
const PROMISE_IS_OPEN_FOR: SignedDuration = SignedDuration::from_mins(2);
/// How long the letter about such a promise waits: longer by more than a function may take for a request, and than two
/// clocks differ. So no letter is sent about what is undone.
pub(super) const LETTER_WAITS: SignedDuration = SignedDuration::from_secs(2 * 60 + 30);

/// A step that can be undone.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Undo {
    by: UserId,
    at: Timestamp,
    /// What the reservation was before. A loan without a reservation was nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<Before>,
    /// The reservation whose ready copy was lent, as it was before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    displaced: Option<Promise>,
    /// The reservation that got the copy that came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    promoted: Option<Promise>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_done: bool,
}

/// What a step changes of a reservation.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Before {
    status: Status,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<u64>,
    /// The end of the period to collect the copy, or when it is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    due_on: Option<Day>,
    /// The deadline for the sweep.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deadline: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    aside_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    new_slip: bool,
}

/// A ready copy of another reader.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Promise {
    own: Uuid,
    until: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    aside_at: Option<Timestamp>,
}

/// Why nothing was undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotUndone {
    /// There is no such reservation.
    Absent,
    /// The last step of the reservation cannot be undone: it is of another kind, or somebody made it meanwhile.
    Nothing,
    /// Somebody else did it.
    NotYours,
    /// It was more than ten minutes ago.
    TooLate,
    /// The copy has been promised to another reader, or lent.
    AlreadyPromised,
    /// The reader has reserved or borrowed the book again.
    AlreadyHeld,
    /// The book is not in the catalogue any more.
    NoSuchBook,
    /// The reader's account has been deleted.
    NoSuchReader,
}

/// What undoes a step: its transaction, and the parts that may refuse it for good.
struct Plan {
    transaction: Transaction,
    shown: Reservation,
    reader: Option<Part>,
    loan: Option<Part>,
    /// Whether a copy is free afterwards for the first reader in the queue.
    is_owed: bool,
}

impl Plan {
    fn new(transaction: Transaction, shown: Reservation) -> Self {
        Plan { transaction, shown, reader: None, loan: None, is_owed: false }
    }
}

impl Undo {
    /// Returns how to undo a loan: what the reservation was `before`, and whose copy was `displaced`.
    pub(super) fn of_loan(before: Option<&Record>, displaced: Option<&Record>, actor: &Actor) -> Self {
        let (before, displaced) = (before.map(Before::of), displaced.and_then(Promise::of));
        Undo { by: actor.id, at: actor.at, before, displaced, promoted: None, is_done: false }
    }

    /// Returns how to undo a return: what the loan was `before`, and who was `promoted`.
    pub(super) fn of_return(before: &Record, promoted: Option<&Record>, actor: &Actor) -> Self {
        let promoted = promoted.and_then(Promise::of);
        Undo { promoted, ..Undo::of_loan(Some(before), None, actor) }
    }

    /// Returns how to undo a step that changed the reservation alone, a renewal or the putting aside of a copy: what it was
    /// `before`.
    pub(super) fn in_place(before: &Record, actor: &Actor) -> Self {
        Undo::of_loan(Some(before), None, actor)
    }

    /// Returns what the reservation was before a step that left its status as it is.
    fn before_in_place(&self, record: &Record) -> Option<&Before> {
        self.before.as_ref().filter(|before| before.status == record.status)
    }

    /// Returns why it cannot be undone by the actor; `None` if it can.
    fn refusal(&self, actor: &Actor) -> Option<NotUndone> {
        match () {
            () if self.by != actor.id => Some(NotUndone::NotYours),
            () if actor.at > self.at + UNDO_FOR && !self.is_done => Some(NotUndone::TooLate),
            () => None,
        }
    }

    /// Returns whether the letter about the step has not been sent yet.
    fn is_untold(&self, actor: &Actor) -> bool {
        actor.at < self.at + PROMISE_IS_OPEN_FOR
    }

    fn done(self) -> Self {
        Undo { is_done: true, before: None, displaced: None, promoted: None, ..self }
    }
}

impl Before {
    fn of(record: &Record) -> Self {
        let Record { status, number, aside_at, .. } = *record;
        Before {
            status,
            number,
            until: record.ready_until.or(record.due_at),
            aside_at,
            due_on: record.due_day(),
            deadline: record.deadline(),
            new_slip: record.new_slip,
        }
    }
}

impl Promise {
    fn of(record: &Record) -> Option<Self> {
        Some(Promise { own: record.id.own, until: record.ready_until?, aside_at: record.aside_at })
    }
}

impl Record {
    /// Returns the loan without a reservation that never was.
    pub(super) fn undone(self, now: Timestamp) -> Self {
        let undo = self.undo.clone().map(Undo::done);
        self.ended(Status::Undone, now).undoable(undo)
    }

    /// Returns the reservation as it was before the step.
    fn restored(mut self, before: &Before) -> Self {
        let undo = self.undo.take().map(Undo::done);
        self.number = before.number;
        self.returned_at = None;
        if before.status != Status::CheckedOut {
            (self.lent_at, self.barcode) = (None, None);
        }
        let record = match (before.status, before.until, before.due_on) {
            (Status::Ready, Some(until), _) => self.ready(until).aside(before.aside_at),
            (Status::CheckedOut, Some(at), Some(on)) => self.due(Due { on, at }, before.deadline),
            _ => self.waiting(before.number.unwrap_or_default()),
        };
        let mut record = record.undoable(undo);
        record.new_slip = before.new_slip;
        record
    }
}

impl Library {
    /// Undoes the last step of a reservation. Repeated, it changes nothing.
    ///
    /// # Errors
    /// [`NotUndone`]; a fault of the tables.
    pub async fn undo(&self, id: ReservationId, actor: &Actor) -> Result<Box<Reservation>, Failure<NotUndone>> {
        let refused = |why| Err(Failure::Refused(why));
        let rules = self.rules(actor.at).await?;
        let (mut step, mut retry) = (None, self.retry());
        loop {
            let found = self.current_reservation(id, Scope::All, actor, &mut retry).await?;
            let Some((record, copies)) = found else { return refused(NotUndone::Absent) };
            let Some(undo) = record.undo.clone() else { return refused(NotUndone::Nothing) };
            // Nobody asked to undo a step that was made meanwhile.
            if *step.get_or_insert(undo.at) != undo.at {
                return refused(NotUndone::Nothing);
            }
            if let Some(why) = undo.refusal(actor) {
                return refused(why);
            }
            if undo.is_done {
                return Ok(Box::new(record.shown(Some((&copies, &rules)), actor.at)));
            }
            let plan = match (record.status, undo.before_in_place(&record)) {
                (_, Some(before)) => Ok(self.undo_in_place(record, before, &copies, &rules, actor)),
                (Status::Returned, _) => self.undo_return(record, copies, &undo, &rules, actor).await?,
                _ => self.undo_loan(record, copies, &undo, &rules, actor).await?.ok_or(None),
            };
            match plan {
                Err(Some(why)) => return refused(why),
                Err(None) => {}
                Ok(Plan { transaction, shown, reader, loan, is_owed }) => match transaction.commit().await? {
                    Committed::Done => {
                        if is_owed {
                            self.serve_queue(id.book, actor).await?;
                        }
                        return Ok(Box::new(shown));
                    }
                    Committed::Refused(refusal) => {
                        if reader.is_some_and(|reader| refusal.is_at(reader)) {
                            return refused(NotUndone::NoSuchReader);
                        }
                        let held = loan.and_then(|loan| refusal.item(loan));
                        if held.is_some_and(|item| LoanRefusal::of(item, id.book) == LoanRefusal::AlreadyHeld) {
                            return refused(NotUndone::AlreadyHeld);
                        }
                    }
                },
            }
            retry.again_or_busy().await?;
        }
    }

    /// Plans the undoing of a renewal, or of the putting aside of a copy.
    fn undo_in_place(&self, record: Record, before: &Before, copies: &Lending, rules: &Rules, actor: &Actor) -> Plan {
        let (action, renewals) = match record.status {
            Status::CheckedOut => (Action::RenewalUndone, record.renewals.saturating_sub(1)),
            _ => (Action::PutAsideUndone, record.renewals),
        };
        let mut record = record.restored(before);
        record.renewals = renewals;
        let mut transaction = self.sessions.transaction(actor);
        transaction.add_all([self.put_reservation(&record), self.journal.put(actor, record.entry(action))]);
        Plan::new(transaction, record.shown(Some((copies, rules)), actor.at))
    }

    /// Plans the undoing of a loan. `None` if the queue has changed since the copies were read.
    async fn undo_loan(
        &self,
        record: Record,
        mut copies: Lending,
        undo: &Undo,
        rules: &Rules,
        actor: &Actor,
    ) -> Result<Option<Plan>> {
        let displaced = match &undo.displaced {
            // Whoever was displaced may have given up, or have got another copy.
            Some(promise) => {
                let displaced = self.reservation(ReservationId { book: record.id.book, own: promise.own }).await?;
                displaced.filter(|other| other.status == Status::Waiting).zip(Some(promise))
            }
            None => None,
        };
        if undo.before.is_none() && displaced.is_none() {
            let ended = self.end(record, copies, End::Undone, actor).await?;
            return Ok(ended.map(|Ended { transaction, shown, .. }| Plan::new(transaction, shown)));
        }
        let mut transaction = self.sessions.transaction(actor);
        // What a deleted account had waiting or ready has ended, and does not come back.
        let is_others = undo.before.is_some() && record.reader != actor.id;
        let reader = is_others.then(|| transaction.add(self.sessions.check_exists(record.reader)));
        let entry = self.journal.put(actor, record.entry(Action::LoanUndone));
        let counted = match &undo.before {
            Some(Before { status: Status::Ready, until: Some(until), .. }) => {
                copies.lapses_at(*until);
                Ok(())
            }
            before => {
                let counted = copies.put_back();
                before.as_ref().map(|before| copies.rejoin(before.number));
                counted
            }
        };
        let record = match &undo.before {
            Some(before) => record.restored(before),
            None => {
                transaction.add(self.remove_loan(record.reader, record.id));
                record.undone(actor.at)
            }
        };
        transaction.add_all([self.put_reservation(&record), entry]);
        if let Some((other, promise)) = displaced {
            let Some(writes) = self.give_back(other, promise, &mut copies, undo, actor) else { return Ok(None) };
            transaction.add_all(writes);
        }
        transaction.add(self.put_lending(&copies, actor.at));
        let plan = Plan::new(transaction, record.shown(Some((&copies, rules)), actor.at));
        Ok(counted.ok().map(|()| Plan { reader, is_owed: copies.has_a_copy_for_the_next(actor.at), ..plan }))
    }

    /// Returns the writes that make the copy ready again for the reader who was displaced. If they have been told of it,
    /// another letter follows. `None` if the copies do not count the reader.
    fn give_back(
        &self,
        other: Record,
        Promise { until, aside_at, .. }: &Promise,
        copies: &mut Lending,
        undo: &Undo,
        actor: &Actor,
    ) -> Option<Vec<Write>> {
        copies.leave(other.number?).ok()?;
        copies.take(*until);
        let mut writes = Vec::new();
        if !undo.is_untold(actor) {
            let subject = Subject::Ready { title: other.title.clone(), until: *until };
            let letter = Some(Letter::to_reader(other.reader, subject));
            let entry = Entry { whom: None, ..other.entry(Action::ReservationReady) }.with_letter(letter);
            writes.push(self.journal.put(&actor.of_the_library(other.reader), entry));
        }
        writes.push(self.put_reservation(&other.ready(*until).aside(*aside_at)));
        Some(writes)
    }

    /// Plans the undoing of a return: the copy is lent again. `Err(None)` if the step must be retried.
    async fn undo_return(
        &self,
        record: Record,
        mut copies: Lending,
        undo: &Undo,
        rules: &Rules,
        actor: &Actor,
    ) -> Result<Result<Plan, Option<NotUndone>>> {
        let Some(before) = undo.before.as_ref().filter(|_| !copies.is_new()) else {
            return Ok(Err(Some(NotUndone::NoSuchBook)));
        };
        let mut transaction = self.sessions.transaction(actor);
        let reader = record.reader;
        let check = (reader != actor.id).then(|| transaction.add(self.sessions.check_exists(reader)));
        let entry = record.entry(Action::ReturnUndone);
        if copies.has_a_free_copy(actor.at) {
            copies.lend();
        } else {
            let promised = match undo.promoted.as_ref().filter(|_| undo.is_untold(actor)) {
                Some(promise) => {
                    let other = self.reservation(ReservationId { book: record.id.book, own: promise.own }).await?;
                    other.filter(|other| other.status == Status::Ready && other.ready_until == Some(promise.until))
                }
                None => None,
            };
            let Some(promised) = promised else { return Ok(Err(Some(NotUndone::AlreadyPromised))) };
            let number = copies.rejoin(promised.number);
            transaction.add(self.put_reservation(&promised.waiting(number)));
        }
        let record = record.restored(before);
        let loan = transaction.add(self.add_loan(&record, u32::MAX));
        let lending = self.put_lending(&copies, actor.at);
        transaction.add_all([self.put_reservation(&record), lending, self.journal.put(actor, entry)]);
        let plan = Plan::new(transaction, record.shown(Some((&copies, rules)), actor.at));
        Ok(Ok(Plan { reader: check, loan: Some(loan), ..plan }))
    }
}

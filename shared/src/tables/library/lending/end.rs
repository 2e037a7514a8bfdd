//! The end of a reservation. A copy that becomes free goes to the first reader in the queue who may borrow, in the same
//! transaction.

use jiff::Timestamp;

use super::copies::{Lending, Miscounted};
use super::next::Next;
use super::reservation::{Record, Reservation, Status};
use super::undo::{LETTER_WAITS, Undo};
use crate::tables::fault::Result;
use crate::tables::journal::{Action, Actor, Entry, Letter, Subject};
use crate::tables::library::Library;
use crate::tables::retry::Retry;
use crate::tables::sessions::Needs;
use crate::tables::write::{Committed, Transaction, Write};
use crate::values::{BookId, ReservationId};

/// How a reservation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The reader gave it up, or has no account any more.
    Cancelled,
    /// The copy was not collected in time.
    Lapsed,
    /// The copy came back at that time.
    Returned(Timestamp),
    /// The copy will not come back.
    Lost,
    /// It never was: a loan without a reservation is undone.
    Undone,
}

/// A reservation that ends, and its transaction.
pub(super) struct Ended {
    pub(super) transaction: Transaction,
    pub(super) shown: Reservation,
    /// The reservation that gets the copy.
    pub(super) promoted: Option<Reservation>,
}

/// The writes that make a copy ready for the next reader in the queue.
#[derive(Default)]
pub(super) struct Promotion {
    pub(super) writes: Vec<Write>,
    pub(super) promoted: Option<Record>,
}

impl End {
    fn action(self) -> Action {
        match self {
            End::Cancelled => Action::ReservationCancelled,
            End::Lapsed => Action::ReservationLapsed,
            End::Returned(_) => Action::BookReturned,
            End::Lost => Action::BookLost,
            End::Undone => Action::LoanUndone,
        }
    }
}

impl Library {
    /// Ends a reservation if it still has one of the statuses `from`. The library does this, not a request.
    pub(super) async fn end_if(
        &self,
        id: ReservationId,
        from: &[Status],
        end: End,
        actor: &Actor,
        retry: &mut Retry,
    ) -> Result<()> {
        loop {
            let found = self.reservation_and_copies(id).await?.filter(|(record, _)| from.contains(&record.status));
            let Some((record, copies)) = found else { return Ok(()) };
            if copies.has_a_copy_for_the_next(actor.at) {
                self.give_free_copies(id.book, actor, retry).await?;
            } else if let Some(Ended { transaction, .. }) = self.end(record, copies, end, actor).await?
                && let Committed::Done = transaction.commit().await?
            {
                return Ok(());
            }
            retry.again_or_busy().await?;
        }
    }

    /// Ends a reservation, and makes its copy ready for the next reader in the queue. `None` if the queue has changed
    /// since the copies were read.
    pub(super) async fn end(
        &self,
        record: Record,
        mut copies: Lending,
        end: End,
        actor: &Actor,
    ) -> Result<Option<Ended>> {
        let counted = match record.number {
            Some(number) if record.status == Status::Waiting => copies.leave(number),
            _ => copies.put_back(),
        };
        if counted == Err(Miscounted) {
            self.mend(record.id.book, Some(&copies), actor.at).await?;
            return Ok(None);
        }
        // What is handed in, or stood on the shelf for collection, stands there for the next reader.
        let (aside, letter_after) = match end {
            End::Returned(_) => (Some(actor.at), Some(actor.at + LETTER_WAITS)),
            _ => (record.aside_at, None),
        };
        let Some(promotion) = self.promote(record.id.book, &mut copies, aside, letter_after, actor).await? else {
            return Ok(None);
        };
        let Promotion { writes, promoted } = promotion;
        if promoted.as_ref().is_some_and(|next| next.id == record.id) {
            // It was read before the desk sent it back into the queue: one transaction cannot write it twice.
            return Ok(None);
        }
        let put_back = record.aside_at.is_some() && promoted.is_none();
        let entry = self.journal.put(actor, record.entry(end.action()));
        let loan = self.remove_loan(record.reader, record.id);
        let reader = record.reader;
        let record = match end {
            End::Cancelled => record.ended(Status::Cancelled, actor.at).with_put_back(put_back),
            End::Lapsed => record.ended(Status::Lapsed, actor.at).with_put_back(put_back),
            End::Lost => record.ended(Status::Lost, actor.at),
            End::Undone => record.undone(actor.at),
            End::Returned(at) => {
                let undo = Undo::of_return(&record, promoted.as_ref(), actor);
                record.returned(at, actor.at).undoable(undo)
            }
        };
        let mut transaction = self.sessions.transaction(&actor.on_what_is_of(reader, Needs::Desk));
        transaction.add_all([self.put_reservation(&record), self.put_lending(&copies, actor.at), loan, entry]);
        // The row of the promotion comes after the row of its cause.
        transaction.add_all(writes);
        let (shown, promoted) = (record.shown(None, actor.at), promoted.map(|next| next.shown(None, actor.at)));
        Ok(Some(Ended { transaction, shown, promoted }))
    }

    /// Returns the writes that make a copy ready for the first reader in the queue who may borrow, and updates `copies`.
    /// `aside` is when the copy was put aside. The letter is sent at once or after a time. There are no writes if no copy is
    /// free, or nobody in the queue may have it. `None` if the queue has changed since the copies were read.
    pub(super) async fn promote(
        &self,
        book: BookId,
        copies: &mut Lending,
        aside: Option<Timestamp>,
        letter_after: Option<Timestamp>,
        actor: &Actor,
    ) -> Result<Option<Promotion>> {
        if !copies.has_a_copy_for_the_next(actor.at) {
            return Ok(Some(Promotion::default()));
        }
        let rules = self.rules(actor.at).await?;
        let until = rules.ready_until(actor.at);
        let next = match self.next_in_line(book, rules.day(actor.at)).await? {
            Next::First(next) => next.number.and_then(|number| copies.promote(number, until).ok()).map(|()| next),
            Next::Later(next) => next.number.and_then(|number| copies.promote_past(number, until).ok()).map(|()| next),
            Next::Nobody => {
                copies.pass_over(rules.end_of_today(actor.at));
                return Ok(Some(Promotion::default()));
            }
            Next::NoQueue => None,
        };
        let Some(next) = next else {
            // The queue has changed since the copies were read, or the copies do not count it.
            self.mend(book, Some(copies), actor.at).await?;
            return Ok(None);
        };
        let letter = Letter::to_reader(next.reader, Subject::Ready { title: next.title.clone(), until });
        let letter = Letter { after: letter_after, ..letter };
        let entry = Entry { whom: None, ..next.entry(Action::ReservationReady) }.with_letter(Some(letter));
        let library = actor.of_the_library(next.reader);
        let next = next.ready(until).promised(aside, actor.at);
        let writes = vec![self.put_reservation(&next), self.journal.put(&library, entry)];
        Ok(Some(Promotion { writes, promoted: Some(next) }))
    }
}

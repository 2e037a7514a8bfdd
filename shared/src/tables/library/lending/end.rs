//! The end of a reservation. A copy that becomes free goes to the first reader in the queue, in the same transaction.

use jiff::Timestamp;

use super::copies::{Lending, Miscounted};
use super::reservation::{Record, Reservation, Status, Turn};
use super::rules::RULES;
use super::{Tried, answered};
use crate::tables::fault::Result;
use crate::tables::journal::{Action, Actor, Entry, Letter, Subject};
use crate::tables::library::Library;
use crate::tables::library::idempotency::Request;
use crate::tables::retry::Retry;
use crate::tables::sessions::Needs;
use crate::tables::write::{Committed, Transaction, Write};
use crate::values::{BookId, ReservationId};

impl Library {
    /// Ends a reservation if it still has the status `from`. The library does this, not a request.
    pub(super) async fn end_if(
        &self,
        id: ReservationId,
        from: Status,
        to: Status,
        actor: &Actor,
        retry: &mut Retry,
    ) -> Result<()> {
        loop {
            let found = self.reservation_and_copies(id).await?.filter(|(record, _)| record.status == from);
            let Some((record, copies)) = found else { return Ok(()) };
            if copies.has_a_copy_for_the_next() {
                self.give_free_copies(id.book, actor, retry).await?;
            } else if self.end(record, copies, to, None, actor).await?.is_some() {
                return Ok(());
            }
            retry.again_or_busy().await?;
        }
    }

    /// Ends a reservation, and makes its copy ready for the first reader in the queue, in one transaction.
    pub(super) async fn end(
        &self,
        record: Record,
        mut copies: Lending,
        status: Status,
        request: Option<&Request>,
        actor: &Actor,
    ) -> Result<Tried> {
        let counted = match record.number {
            Some(number) if record.status == Status::Waiting => copies.leave(number),
            _ => copies.put_back(),
        };
        if counted == Err(Miscounted) {
            self.mend(record.id.book, Some(&copies), actor.at).await?;
            return Ok(None);
        }
        // What is handed in, or stood on the shelf for collection, stands there for the next reader.
        let aside = if status == Status::Returned { Some(actor.at) } else { record.aside_at };
        let Some(promotion) = self.promote(record.id.book, &mut copies, aside, actor).await? else { return Ok(None) };
        let put_back = record.aside_at.is_some() && promotion.is_empty();
        let action = match status {
            Status::Returned => Action::BookReturned,
            Status::Lapsed => Action::ReservationLapsed,
            _ => Action::ReservationCancelled,
        };
        let entry = record.entry(action);
        let loan = self.remove_loan(record.reader, record.id);
        let record = match status {
            Status::Returned => record.returned(actor.at, actor.at),
            status => record.ended(status, actor.at).to_put_back(put_back),
        };
        let shown = record.shown(None, actor.at);
        let entry = self.journal.put(actor, entry);
        let lending = self.put_lending(&copies, actor.at);
        let mut transaction = self.sessions.transaction(&actor.on_what_is_of(record.reader, Needs::Desk));
        transaction.add_all([self.put_reservation(&record), lending, loan, entry]);
        // The row of the promotion comes after the row of its cause.
        for write in promotion {
            transaction.add(write);
        }
        self.finish(transaction, request, shown, actor).await
    }

    /// Commits the transaction of a step.
    pub(super) async fn finish(
        &self,
        mut transaction: Transaction,
        request: Option<&Request>,
        shown: Reservation,
        actor: &Actor,
    ) -> Result<Tried> {
        let remembered = request.map(|request| transaction.add(self.remember(request, &shown, actor.at)));
        let refusal = match transaction.commit().await? {
            Committed::Done => return Ok(Some(Ok(Box::new(shown)))),
            Committed::Refused(refusal) => refusal,
        };
        match (request, remembered.and_then(|part| refusal.item(part))) {
            (Some(request), Some(item)) => Ok(Some(answered(request.earlier(item.clone())?))),
            _ => Ok(None),
        }
    }

    /// Returns the writes that make a copy ready for the first reader in the queue, and updates `copies`. `aside` is when
    /// the copy was put aside. There are no writes if no copy is free or the queue is empty. `None` if the queue has changed since the copies were read.
    pub(super) async fn promote(
        &self,
        book: BookId,
        copies: &mut Lending,
        aside: Option<Timestamp>,
        actor: &Actor,
    ) -> Result<Option<Vec<Write>>> {
        if !copies.has_a_copy_for_the_next() {
            return Ok(Some(Vec::new()));
        }
        let until = actor.at + RULES.ready;
        let next = self.first(book, Turn::Waiting).await?;
        let next = next.and_then(|next| Some((copies.promote(next.number?, until).ok()?, next)));
        let Some(((), next)) = next else {
            // The queue has changed since the copies were read, or the copies do not count it.
            self.mend(book, Some(copies), actor.at).await?;
            return Ok(None);
        };
        let letter = Letter::to_reader(next.reader, Subject::Ready { title: next.title.clone(), until });
        let entry = Entry { whom: None, ..next.entry(Action::ReservationReady) }.with_letter(Some(letter));
        let library = actor.of_the_library(next.reader);
        Ok(Some(vec![
            self.put_reservation(&next.ready(until).promised(aside, actor.at)),
            self.journal.put(&library, entry),
        ]))
    }
}

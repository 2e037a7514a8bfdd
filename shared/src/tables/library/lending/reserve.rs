//! Reserving a book.

use uuid::Uuid;

use super::answers::Finished;
use super::copies::Lending;
use super::loans::{Counted, LoanRefusal};
use super::reservation::{Record, Reservation};
use super::rules::Rules;
use crate::tables::fault::{Failure, Result};
use crate::tables::journal::{Action, Actor, Entry, Letter, Subject};
use crate::tables::library::Library;
use crate::tables::library::book::{self, Store};
use crate::tables::library::idempotency::Request;
use crate::tables::write::{Part, Transaction};
use crate::values::{BookId, Group, ReservationId};

/// Why a book was not reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotReserved {
    /// There is no such book in the catalogue.
    NoSuchBook,
    /// The reader has reserved or borrowed this book.
    AlreadyHeld,
    /// The reader has the most reservations and loans that are permitted.
    TooMany,
    /// The Idempotency-Key was sent with another request.
    KeyReused,
}

/// A reservation that is possible with the copies that were read, and its transaction.
struct Plan {
    reservation: Reservation,
    transaction: Transaction,
    /// The part that adds it to the reader's list.
    loan: Part,
}

/// What a reservation depends on beside the book.
#[derive(Clone, Copy)]
struct Terms<'a> {
    rules: &'a Rules,
    /// The reader's group.
    group: &'a Group,
    /// The reader has less reservations and loans than that.
    most: u32,
}

impl Library {
    /// Reserves a book for the actor, who is in that group. They get a copy if one is free and the queue is empty, and a place in the queue
    /// otherwise. `own` is a part of the reservation's id.
    ///
    /// # Errors
    /// [`NotReserved`]; a fault of the tables.
    pub async fn reserve(
        &self,
        book: BookId,
        own: Uuid,
        group: &Group,
        request: Option<&Request>,
        actor: &Actor,
    ) -> Result<Box<Reservation>, Failure<NotReserved>> {
        let refused = |why| Err(Failure::Refused(why));
        let rules = self.rules(actor.at).await?;
        let limit = rules.of(group).reservations;
        // Who holds less than the limit has no more reservations. Who holds more may have books out, and is counted.
        let mut counted: Option<Counted> = None;
        let mut retry = self.retry();
        loop {
            let (record, lending) = self.current_book(book, actor, &mut retry).await?;
            let Some(found) = record.filter(|record| record.is_in(Store::Books)) else {
                return self.refuse(NotReserved::NoSuchBook, request, actor).await;
            };
            if limit == 0 {
                return self.refuse(NotReserved::TooMany, request, actor).await;
            }
            let copies = lending.unwrap_or_else(|| Lending::new(&found));
            let most = counted.as_ref().map_or(limit, |counted| counted.most(limit));
            let terms = Terms { rules: &rules, group, most };
            let Plan { reservation, mut transaction, loan } = self.plan(&found, own, copies, terms, actor);
            transaction.add_all(counted.take().into_iter().flat_map(|counted| counted.others));
            let refusal = match self.finish(transaction, request, Box::new(reservation), actor).await? {
                Finished::Answered(done) => return Ok(done?),
                Finished::Refused(refusal) => refusal,
            };
            match refusal.item(loan).map(|item| LoanRefusal::of(item, book)) {
                Some(LoanRefusal::AlreadyHeld) => return refused(NotReserved::AlreadyHeld),
                Some(LoanRefusal::LimitReached) => {
                    let reservations = self.count_reservations(actor.id, actor.at).await?;
                    if reservations.number >= limit as usize {
                        return refused(NotReserved::TooMany);
                    }
                    counted = Some(reservations);
                }
                None => {}
            }
            retry.again_or_busy().await?;
        }
    }

    fn plan(&self, book: &book::Record, own: Uuid, mut copies: Lending, terms: Terms<'_>, actor: &Actor) -> Plan {
        let Terms { rules, group, most } = terms;
        let (id, now, title) = (ReservationId { book: book.pk.0, own }, actor.at, &book.details.title);
        let record = Record::new(id, actor.id, title.clone(), now).of_group(group);
        let is_first_of_its_book = copies.is_new();
        let (record, subject) = if copies.has_a_free_copy(now) {
            let until = rules.ready_until(now);
            let number = copies.take_at_once(until);
            (record.numbered(number).ready(until), Subject::Reserved { title: title.clone(), until })
        } else {
            let number = copies.join();
            let place = copies.place(number);
            (record.waiting(number), Subject::Queued { title: title.clone(), place })
        };
        let reservation = record.shown(Some((&copies, rules)), now);
        let entry = Entry { place: reservation.place, whom: None, ..record.entry(Action::BookReserved) };
        let entry = entry.with_letter(Some(Letter::to_reader(actor.id, subject)));
        let mut transaction = self.sessions.transaction(actor);
        transaction.add(self.put_lending(&copies, now));
        let loan = transaction.add(self.add_loan(&record, most));
        transaction.add(self.put_reservation(&record));
        transaction.add(self.journal.put(actor, entry));
        if is_first_of_its_book {
            // Once the item of the copies exists, every change of the copies and of the store writes it.
            transaction.add(self.check_book(book.pk, book.version));
        }
        Plan { reservation, transaction, loan }
    }
}

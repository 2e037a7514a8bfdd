//! Lending at the desk, to a reader who stands there.
//!
//! | question              | key                                  | call                               | units       |
//! |-----------------------|--------------------------------------|------------------------------------|-------------|
//! | lend a book           | book#b, lending; user#u loans; user#u | BatchGetItem, one transaction     | 4 R, ≤ 14 W |
//! | … that is ready for them | also book#b reservation#r         | one GetItem more                   | 5 R, ≤ 12 W |
//! | … that is promised to somebody | also index turn, the other reservation | one Query more       | 5 R, ≤ 23 W |
//! | … above the limit of loans | also each reservation           | one BatchGetItem more              | + 1 R, 2 W each |
//!
//! Who is lent a book that is ready for them, or in whose queue they wait, keeps the reservation: it becomes the loan. A
//! copy that is promised to others is lent only if the desk says so. Then the copy goes that was promised last and is not
//! put aside, and its reader is the first in the queue again.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::answers::{Finished, KeyReused};
use super::judge::{Judge, Loan};
use super::reservation::{Record, Reservation, Status};
use super::undo::{LETTER_WAITS, Undo};
use crate::tables::fault::{Failure, Result};
use crate::tables::journal::{Action, Actor, Letter, Subject};
use crate::tables::library::Library;
use crate::tables::library::idempotency::Request;
use crate::tables::sessions::borrowing::Borrowing;
use crate::values::{Barcode, BookId, Day, ReservationId, UserId};

/// What the desk lends, and to whom.
#[derive(Debug)]
pub struct Wish {
    /// The reader.
    pub reader: UserId,
    /// The book.
    pub book: BookId,
    /// The barcode of the copy, if it was scanned.
    pub barcode: Option<Barcode>,
    /// The day when it is due, if not as the rules say.
    pub due: Option<Day>,
    /// What the desk lends in spite of.
    pub despite: Vec<Despite>,
    /// Whose copy goes, if all that are promised are put aside.
    pub instead: Option<ReservationId>,
    /// What borrowing needs of the reader.
    pub needs: Borrowing,
}

/// A reason to refuse a loan that the desk may pass over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Despite {
    /// The copies are promised to others.
    OthersWait,
    /// The reader has as many books out as the rules allow.
    Limit,
    /// The reader is blocked.
    Blocked,
    /// The reader has neither a verified address nor an approval.
    NotApproved,
    /// The loan has been renewed as often as the rules allow.
    NoRenewalsLeft,
}

/// A reason why a loan was refused.
#[derive(Debug)]
pub struct Reason {
    /// What the desk may pass over.
    pub despite: Despite,
    /// Whom the copies are promised to.
    pub promised: Vec<Reservation>,
    /// Until when a copy was ready for the reader, if that time has just passed.
    pub waited_until: Option<Timestamp>,
}

impl Reason {
    pub(super) fn of(despite: Despite) -> Self {
        Reason { despite, promised: Vec::new(), waited_until: None }
    }
}

/// A loan.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lent {
    /// Whether the copy was ready for the reader.
    pub was_ready: bool,
    /// The loan.
    pub reservation: Reservation,
    /// The reader whose copy went.
    pub displaced: Option<UserId>,
}

/// Why a book was not lent.
#[derive(Debug)]
pub enum NotLent {
    /// There is no such book.
    NoSuchBook,
    /// The book is in the archive.
    Archived,
    /// There is no such reader.
    NoSuchReader,
    /// The reader's account is disabled.
    Disabled,
    /// The reader has it already.
    AlreadyHeld(Box<Reservation>),
    /// Every copy is out, to these readers.
    NoCopyFree(Vec<Reservation>),
    /// Every promised copy is put aside, for these readers. The desk must say whose goes.
    AllAside(Vec<Reservation>),
    /// All these reasons.
    Reasons(Vec<Reason>),
    /// The Idempotency-Key was sent with another request.
    KeyReused,
}

impl From<KeyReused> for NotLent {
    fn from(KeyReused: KeyReused) -> Self {
        NotLent::KeyReused
    }
}

impl Wish {
    /// Returns what borrowing needs of the reader, without what the desk passes over.
    fn still_needed(&self) -> Borrowing {
        Borrowing {
            approval: self.needs.approval && !self.despite.contains(&Despite::NotApproved),
            unblocked_on: self.needs.unblocked_on.filter(|_| !self.despite.contains(&Despite::Blocked)),
        }
    }
}

impl Library {
    /// Lends a book to a reader. `id` is a part of the loan's id, if the reader has no reservation.
    ///
    /// # Errors
    /// [`NotLent`]; a fault of the tables.
    pub async fn lend(
        &self,
        wish: &Wish,
        id: Uuid,
        request: Option<&Request>,
        actor: &Actor,
    ) -> Result<Box<Lent>, Failure<NotLent>> {
        let rules = self.rules(actor.at).await?;
        let mut judge = Judge { wish, actor, rules: &rules, waited_until: None, doubts_reader: false };
        let mut retry = self.retry();
        loop {
            let Some(found) = self.look(&mut judge, &mut retry).await? else {
                retry.again_or_busy().await?;
                continue;
            };
            let seen = found.copies.clone();
            let loan = match self.judge(&judge, found).await? {
                Ok(loan) => loan,
                // The copies and the reservations were read at different moments: a refusal must be true of one.
                Err(NotLent::NoCopyFree(_) | NotLent::AllAside(_) | NotLent::Reasons(_))
                    if !self.is_current(&seen).await? =>
                {
                    retry.again_or_busy().await?;
                    continue;
                }
                Err(why) => return self.refuse(why, request, actor).await,
            };
            match self.make(loan, &judge, id, request).await? {
                Made::Answered(lent) => return Ok(lent?),
                Made::Unfit => judge.doubts_reader = true,
                Made::Collided => {}
            }
            retry.again_or_busy().await?;
        }
    }

    /// Makes a loan, in one transaction.
    async fn make(&self, loan: Loan, judge: &Judge<'_>, id: Uuid, request: Option<&Request>) -> Result<Made> {
        let Judge { wish, actor, rules, .. } = *judge;
        let Loan { book, mut copies, own, group, most, checks, displaced, passed_over } = loan;
        if own.as_ref().zip(displaced.as_ref()).is_some_and(|(own, other)| own.id == other.id) {
            // It was read before it became ready: one transaction cannot write it twice.
            return Ok(Made::Collided);
        }
        let is_first_of_its_book = copies.is_new();
        let undo = Undo::of_loan(own.as_ref(), displaced.as_ref(), actor);
        let was_ready = own.as_ref().is_some_and(|own| own.status == Status::Ready);
        let counted = match own.as_ref().and_then(|own| own.number.filter(|_| own.status == Status::Waiting)) {
            Some(number) => copies.leave(number),
            None => Ok(()),
        };
        if counted.is_err() {
            self.mend(wish.book, Some(&copies), actor.at).await?;
            return Ok(Made::Collided);
        }
        let mut transaction = self.sessions.transaction(actor);
        transaction.add_all(checks);
        // The actor's own item is checked already.
        let reader = (wish.reader != actor.id)
            .then(|| transaction.add(self.sessions.check_borrower(wish.reader, wish.still_needed())));
        let record = own.unwrap_or_else(|| {
            let id = ReservationId { book: wish.book, own: id };
            let record = Record::new(id, wish.reader, book.details.title.clone(), actor.at);
            transaction.add(self.add_loan(&record, most));
            record
        });
        let mut record = record.of_group(&group).checked_out(rules, wish.due, actor.at).undoable(undo);
        record.barcode.clone_from(&wish.barcode);
        let entry = record.entry(Action::BookLent).in_spite_of(passed_over);
        transaction.add_all([self.put_reservation(&record), self.journal.put(actor, entry)]);
        let other = displaced.as_ref().map(|other| other.reader);
        if let Some(other) = displaced {
            let letter = Letter::to_reader(other.reader, Subject::Displaced { title: other.title.clone() });
            let letter = Letter { after: Some(actor.at + LETTER_WAITS), ..letter };
            let entry = other.entry(Action::ReservationDisplaced).with_letter(Some(letter));
            let number = copies.rejoin(other.number);
            transaction.add_all([self.put_reservation(&other.waiting(number)), self.journal.put(actor, entry)]);
        } else if !was_ready {
            copies.lend();
        }
        if !was_ready {
            transaction.add(self.put_lending(&copies, actor.at));
        }
        if is_first_of_its_book {
            // Once the item of the copies exists, every change of the copies and of the store writes it.
            transaction.add(self.check_book(book.pk, book.version));
        }
        let lent = Lent { was_ready, reservation: record.shown(Some((&copies, rules)), actor.at), displaced: other };
        Ok(match self.finish(transaction, request, Box::new(lent), actor).await? {
            Finished::Answered(lent) => Made::Answered(lent),
            Finished::Refused(refusal) if reader.is_some_and(|reader| refusal.is_at(reader)) => Made::Unfit,
            Finished::Refused(_) => Made::Collided,
        })
    }
}

/// The outcome of the transaction of a loan.
enum Made {
    Answered(Result<Box<Lent>, KeyReused>),
    /// The reader may not borrow.
    Unfit,
    /// Something has changed since it was read.
    Collided,
}

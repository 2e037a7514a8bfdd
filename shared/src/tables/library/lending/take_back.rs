//! Taking back what is handed in at the desk: the loan is found from the book or the barcode that was scanned.
//!
//! | question              | key                               | call                              | units        |
//! |-----------------------|-----------------------------------|-----------------------------------|--------------|
//! | take a book back      | book#b, lending; index turn; user#u loans | 2 Query, one transaction  | 2 R, ≤ 14 W  |
//! | … and somebody waits  | also index turn                   | one more Query                    | 3 R, ≤ 23 W  |
//! | put aside what was promised | index turn, book#b reservation#r | 3 Query, one transaction     | 3 R, ≤ 8 W   |

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::answers::{Finished, KeyReused};
use super::end::{End, Ended};
use super::reservation::{Record, Reservation, Turn};
use crate::tables::fault::{Failure, Result};
use crate::tables::journal::entry::BookName;
use crate::tables::journal::{Action, Actor};
use crate::tables::library::Library;
use crate::tables::library::idempotency::Request;
use crate::values::{Barcode, BookId, UserId};

/// What was handed in.
#[derive(Debug)]
pub struct HandedIn {
    /// The book.
    pub book: BookId,
    /// The barcode of the copy, if it was scanned.
    pub barcode: Option<Barcode>,
    /// The reader who has it, if the desk says so.
    pub reader: Option<UserId>,
    /// When it was scanned.
    pub at: Timestamp,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// The loan has ended.
    Returned,
    /// It was not out, but promised to a reader on the website. It is put aside for them now.
    PutAside,
    /// It was not out.
    WasNotOut,
}

/// The answer to what was handed in.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TakenBack {
    /// What became of it.
    pub outcome: Outcome,
    /// The book.
    pub book: BookName,
    /// The loan that has ended.
    pub ended: Option<Reservation>,
    /// How many days it was late.
    pub days_late: u32,
    /// The reservation that the copy is for now.
    pub promised: Option<Reservation>,
}

/// Why nothing was taken back.
#[derive(Debug)]
pub enum NotTaken {
    /// There is no such book.
    NoSuchBook,
    /// Several readers have a copy.
    Ambiguous(Vec<Reservation>),
    /// This reader has none, and these have.
    NotThisReader(Vec<Reservation>),
    /// The Idempotency-Key was sent with another request.
    KeyReused,
}

impl From<KeyReused> for NotTaken {
    fn from(KeyReused: KeyReused) -> Self {
        NotTaken::KeyReused
    }
}

impl Library {
    /// Takes a copy back. It is put aside for the next reader in the queue, if there is one.
    ///
    /// # Errors
    /// [`NotTaken`]; a fault of the tables.
    pub async fn take_back(
        &self,
        what: &HandedIn,
        request: Option<&Request>,
        actor: &Actor,
    ) -> Result<Box<TakenBack>, Failure<NotTaken>> {
        let rules = self.rules(actor.at).await?;
        let mut retry = self.retry();
        loop {
            let (found, lending) = self.current_book(what.book, actor, &mut retry).await?;
            let Some(found) = found else { return self.refuse(NotTaken::NoSuchBook, request, actor).await };
            let book = BookName::new(what.book, Some(found.details.title));
            let out = self.all(what.book, Turn::Due).await?;
            let known: Vec<_> = out.iter().map(|loan| loan.id).collect();
            // A scan that waited on its way ends no loan that began after it. For one that did not, times say nothing: the clock
            // of the function that lent the book may be ahead.
            let has_waited = what.at < actor.at;
            let (out, later): (Vec<_>, Vec<_>) =
                out.into_iter().partition(|loan| !has_waited || loan.lent_at.is_none_or(|lent| lent <= what.at));
            let out = of_the_copy(out, what.barcode.as_ref());
            let shown = |loans: &[Record]| loans.iter().map(|loan| loan.shown(None, actor.at)).collect::<Vec<_>>();
            let (mut theirs, others): (Vec<_>, Vec<_>) =
                out.into_iter().partition(|loan| what.reader.is_none_or(|reader| reader == loan.reader));
            if theirs.len() > 1 {
                return self.refuse(NotTaken::Ambiguous(shown(&theirs)), request, actor).await;
            }
            if theirs.is_empty() && !others.is_empty() {
                return self.refuse(NotTaken::NotThisReader(shown(&others)), request, actor).await;
            }
            let nothing = TakenBack { outcome: Outcome::WasNotOut, book, ended: None, days_late: 0, promised: None };
            let done = match (theirs.pop(), lending) {
                (Some(loan), Some(copies)) => {
                    let days_late = loan.due_day().map_or(0, |due| rules.days_late(due, what.at));
                    let ended = self.end(loan, copies, End::Returned(what.at), actor).await?;
                    ended.map(|Ended { transaction, shown, promoted }| {
                        let (outcome, ended, promised) = (Outcome::Returned, Some(shown), promoted);
                        (transaction, TakenBack { outcome, ended, days_late, promised, ..nothing })
                    })
                }
                (Some(_), None) => None,
                (None, _) => {
                    let promised = if later.is_empty() { self.all(what.book, Turn::Ready).await? } else { Vec::new() };
                    let mut transaction = self.sessions.transaction(actor);
                    match promised.into_iter().find(|ready| ready.aside_at.is_none() || ready.new_slip) {
                        Some(ready) => {
                            let at = ready.aside_at.unwrap_or(actor.at);
                            let ready = ready.put_aside(Some(at), actor);
                            let entry = self.journal.put(actor, ready.entry(Action::BookPutAside));
                            transaction.add_all([self.put_reservation(&ready), entry]);
                            let promised = Some(ready.shown(None, actor.at));
                            Some((transaction, TakenBack { outcome: Outcome::PutAside, promised, ..nothing }))
                        }
                        // What was ready a moment ago may be out by now.
                        None if self.all(what.book, Turn::Due).await?.iter().any(|loan| !known.contains(&loan.id)) => {
                            None
                        }
                        None if request.is_none() => return Ok(Box::new(nothing)),
                        None => Some((transaction, nothing)),
                    }
                }
            };
            if let Some((transaction, answer)) = done
                && let Finished::Answered(done) = self.finish(transaction, request, Box::new(answer), actor).await?
            {
                return Ok(done?);
            }
            retry.again_or_busy().await?;
        }
    }
}

/// Returns the loans that may be of the copy with that barcode: the one that was lent with it or, without one, those that
/// were lent without any.
fn of_the_copy(loans: Vec<Record>, barcode: Option<&Barcode>) -> Vec<Record> {
    let Some(barcode) = barcode else { return loans };
    let is_it = |loan: &Record| loan.barcode.as_ref() == Some(barcode);
    if loans.iter().any(is_it) {
        return loans.into_iter().filter(is_it).collect();
    }
    loans.into_iter().filter(|loan| loan.barcode.is_none()).collect()
}

//! Lending: reservations, queues and loans, in the Library table.
//!
//! | question                                | key                                         | call                       | units          |
//! |-----------------------------------------|---------------------------------------------|----------------------------|----------------|
//! | reserve a book                          | book#b lending, reservation#r; user#u loans | Query, one transaction     | 1 R, ≤ 10 W    |
//! | what has a reader reserved or borrowed  | user#u loans; then each and its book's lending | GetItem, BatchGetItem, strong | ≤ 21 R   |
//! | one reservation                         | book#b reservation#r, lending               | BatchGetItem, strong       | 2 R            |
//! | check out; renew                        | book#b reservation#r (lending)              | the above, one transaction | 2 R, ≤ 8 W     |
//! | cancel; return; lapse                   | all three; and the next in the queue        | the above, Query, one transaction | 3 R, ≤ 15 W |
//! | who is next; what lapses next           | index turn                                  | Query, strong              | 1 R            |
//! | what is due by now                      | index deadlines, a partition a day          | Query                      | ½ R            |
//!
//! No price depends on how many wait, or have ever had the book. Units are without an Idempotency-Key (2 W more).
//!
//! Every step is one transaction: the reservation, what it means for the book's copies ([`copies`]) and for the reader
//! ([`loans`]), and the row of the journal with its letter. Each item is written on the condition that it is as it was
//! read. A step that loses such a race is tried again after a random pause; of a hundred at once, each succeeds within a
//! few seconds.
//!
//! A copy that comes free goes to the next in the queue in the same transaction. A copy that was not collected in time has
//! lapsed at that moment: the next step that touches the book processes the lapse first ([`lapse`]); the sweep does so for
//! books that nobody touches.
//!
//! The files build on one another: [`reservation`], [`copies`] and [`loans`] are the items, [`read`] reads them, [`end`]
//! ends a reservation, [`lapse`] ends those that were not collected, and every step stands on these.

mod cancel;
mod check_out;
mod copies;
mod end;
mod lapse;
mod list;
mod loans;
mod read;
pub mod reservation;
mod reserve;
mod sweep;

use super::idempotency::Earlier;
use crate::values::UserId;

pub use reservation::{Reservation, Status};
pub use reserve::NotReserved;

/// Whose reservations an actor may see and change.
#[derive(Debug, Clone, Copy)]
pub enum Scope {
    /// All: a librarian.
    All,
    /// Their own: a reader. Those of others do not exist for them.
    Own(UserId),
}

impl Scope {
    fn includes(self, reader: UserId) -> bool {
        match self {
            Scope::All => true,
            Scope::Own(own) => own == reader,
        }
    }
}

/// Why a step of a reservation was not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotDone {
    /// There is no such reservation, or it is another reader's.
    Absent,
    /// The reservation has this status, which does not allow the step.
    Status(Status),
    /// Other readers wait for the book.
    OthersWait,
    /// The Idempotency-Key was sent with another request.
    KeyReused,
}

/// What became of the transaction of a step: the reservation as it is now, or nothing if it overlapped with another step
/// and has to be tried again.
type Tried = Option<Result<Box<Reservation>, NotDone>>;

/// The answer of an earlier request with the same key.
fn answered(earlier: Earlier<Reservation>) -> Result<Box<Reservation>, NotDone> {
    match earlier {
        Earlier::Same(reservation) => Ok(Box::new(reservation)),
        Earlier::Other => Err(NotDone::KeyReused),
    }
}

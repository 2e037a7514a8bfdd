//! Lending: reservations, queues and loans, in the Library table.
//!
//! | question                                | key                                         | call                       | units          |
//! |-----------------------------------------|---------------------------------------------|----------------------------|----------------|
//! | reserve a book                          | book#b lending, reservation#r; user#u loans | Query, one transaction     | 1 R, ≤ 10 W    |
//! | what has a reader reserved or borrowed  | user#u loans; then each and its book's lending | GetItem, BatchGetItem, strong | ≤ 21 R   |
//! | one reservation                         | book#b reservation#r, lending               | BatchGetItem, strong       | 2 R            |
//! | collect a copy; renew                   | book#b reservation#r (lending)              | the above, one transaction | 2 R, ≤ 8 W     |
//! | give up; bring back; let lapse          | all three; and the next in the queue        | the above, Query, one transaction | 3 R, ≤ 15 W |
//! | who is next; what lapses next           | index turn                                  | Query, strong              | 1 R            |
//! | what has to be done by now              | index deadlines, a partition a day          | Query                      | ½ R            |
//!
//! None of it depends on how many wait, or have ever had the book. Units are without an Idempotency-Key (2 W more).
//!
//! Every step is one transaction: the reservation, what it means for the book's copies ([`copies`]) and for the reader
//! ([`loans`]), and the row of the journal with its letter. Each item is written on the condition that it is as it was
//! read. Who loses such a race looks again, after a pause by chance; at a hundred at once, everybody gets their turn within
//! a few seconds.
//!
//! A copy that comes free goes to the next in the queue in the same transaction. One that was not collected in time has
//! lapsed at that moment: whoever touches the book next takes note first ([`desk`]); a scheduled run does so for books
//! that nobody touches.

mod collect;
pub(crate) mod copies;
pub(crate) mod desk;
mod end;
mod list;
mod loans;
pub mod reservation;
mod reserve;
mod rounds;

pub use collect::{check_out, renew};
pub use end::{cancel, forget, give_back};
pub use list::{get, list};
pub use reservation::{Reservation, Status};
pub use reserve::{Reserved, reserve};
pub use rounds::{fill, make_rounds};

use crate::values::UserId;

/// Who may see and change a reservation: its reader, or a librarian.
#[derive(Debug, Clone, Copy)]
pub enum Who {
    /// A librarian: every reservation.
    Librarian,
    /// A reader: their own. Others' are not there for them.
    Reader(UserId),
}

/// What became of a step of a reservation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Done; the reservation as it is now.
    Done(Box<Reservation>),
    /// There is no such reservation, or it is another's.
    Absent,
    /// The reservation has not come so far yet, or is further.
    Not(Status),
    /// Others wait for the book.
    OthersWait,
    /// The Idempotency-Key went with another request.
    KeyReused,
}

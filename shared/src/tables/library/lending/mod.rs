//! Lending: reservations, queues and loans, in the Library table.
//!
//! | question                                | key                                         | call                       | units          |
//! |-----------------------------------------|---------------------------------------------|----------------------------|----------------|
//! | reserve a book                          | book#b lending, reservation#r; user#u loans | Query, one transaction     | 1 R, ≤ 14 W    |
//! | a reader's reservations and loans       | user#u loans; then each and its book's lending | GetItem, BatchGetItem, strong | ≤ 21 R   |
//! | how many copies are free                | book#b, its lending; if none, index turn    | Query, Query, strong       | 1–2 R          |
//! | one reservation                         | book#b reservation#r, lending               | BatchGetItem, strong       | 2 R            |
//! | check out; renew                        | book#b reservation#r (lending)              | the above, one transaction | 2 R, ≤ 13 W    |
//! | cancel; return; lapse                   | all three; also of the next in the queue, user#u | the above, Query, GetItem, one transaction | 4 R, ≤ 21 W |
//! | first in the queue; next to lapse, due  | index turn                                  | Query, strong              | 1 R            |
//! | the desk's lists                        | index desk                                  | Query                      | ½ R a 4 KB     |
//! | deadlines that have passed              | index deadlines, a partition a day          | Query                      | ½ R            |
//! | write about overdue loans               | user#u loans; then each; the profile        | 2 GetItem, BatchGetItem, one transaction | 2 R, 4 W; 1 R, 6 W a loan |
//!
//! No cost depends on the length of the queue or the number of past reservations. An Idempotency-Key costs 2 W more.
//!
//! Every step is one transaction. It writes the reservation, the book's copies (`copies`), the reader's list
//! (`loans`) and the row of the journal, as far as they change. Each item is written on the condition that it has not
//! changed since it was read. A step that is refused by this is retried after a random pause. Of a hundred parallel
//! steps, each succeeds within a few seconds.
//!
//! A copy that becomes free goes to the first reader in the queue who is neither blocked nor disabled, in the same transaction. A copy that is not
//! collected in time lapses at once. The next step on the book records the lapse first (`settle`). The sweep does so
//! for all other books.
//!
//! The files build on one another: `reservation`, `copies` and `loans` have the items, `read` reads them, `mend` counts
//! them anew, `desk` has the lists of the desk, `next` says who gets a copy, `end` ends a reservation, `settle` prepares a book
//! for a step. All steps use these.
//! `rules` is how many and how long, `renew` makes a loan longer. `judge` says whether `lend` may lend and whose copy goes, `take_back` finds the loan of
//! what is handed in, `undo` puts back what one of them changed, `lost` ends the loan of a lost copy.
//! `sweep` looks at each deadline that has passed, and `overdue` says which letters go out then.

mod answers;
mod at_home;
pub mod availability;
mod cancel;
mod check_out;
pub(super) mod copies;
pub mod desk;
mod end;
mod judge;
pub mod lend;
mod list;
pub(super) mod loans;
mod lost;
mod mend;
mod next;
pub mod overdue;
pub mod past;
mod put_aside;
mod read;
mod refold;
mod renew;
pub mod reservation;
mod reserve;
pub mod rules;
mod settle;
mod sweep;
pub mod take_back;
pub mod undo;

use crate::values::UserId;

pub use reservation::{RenewalRefusal, Reservation, Status};
pub use reserve::NotReserved;
pub use sweep::Swept;

/// Whose reservations an actor may see and change.
#[derive(Debug, Clone, Copy)]
pub enum Scope {
    /// All reservations, for a librarian.
    All,
    /// Only those of this reader. The reservations of others look as if they did not exist.
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

/// Why a step of a reservation was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotDone {
    /// There is no such reservation, or it is another reader's.
    Absent,
    /// The reservation has this status, which does not allow the step.
    Status(Status),
    /// The reader is blocked.
    Blocked,
    /// The loan cannot be renewed, for all these reasons.
    NoRenewal(Vec<RenewalRefusal>),
    /// The Idempotency-Key was sent with another request.
    KeyReused,
}

//! Converts the refusals of the tables and of tokens into errors: the only place where a rule of the library gets its code.

use crate::crypto::token::NotVerified;
use crate::edge::details::{Details, Reason};
use crate::edge::error::Error;
use crate::edge::refusals::{Conflict, Forbidden, KeyReused, NotFound, Refusal, Stale, TooMany, Unauthenticated};
use crate::tables::Failure;
use crate::tables::accounts::added;
use crate::tables::accounts::addresses::{NotAsked, NotProved};
use crate::tables::accounts::cards::NotGiven;
use crate::tables::accounts::fetches::FetchedBefore;
use crate::tables::accounts::limits::Reached;
use crate::tables::accounts::mended::NotMended;
use crate::tables::accounts::names::{NotRegistered, NotRenamed};
use crate::tables::accounts::removal::NotRemoved;
use crate::tables::accounts::resets::NotIssued;
use crate::tables::accounts::standing::NotMoved;
use crate::tables::accounts::user::NotChanged;
use crate::tables::library::barcodes::NotLabelled;
use crate::tables::library::book::Store;
use crate::tables::library::books::{NotAdded, NotEdited};
use crate::tables::library::by_title::NotDeleted;
use crate::tables::library::lending::rules::InUse;
use crate::tables::library::lending::undo::NotUndone;
use crate::tables::library::lending::{NotDone, NotReserved, RenewalRefusal, Status};
use crate::tables::sessions::Denied;
use crate::tables::sessions::borrowing::Unfit;

impl<R: Into<Error>> From<Failure<R>> for Error {
    fn from(failure: Failure<R>) -> Self {
        match failure {
            Failure::Refused(why) => why.into(),
            Failure::Fault(fault) => fault.into(),
        }
    }
}

impl From<Denied> for Error {
    /// The caller is told what the read of a later request would have told.
    fn from(why: Denied) -> Self {
        match why {
            Denied::SessionEnded => Unauthenticated::SessionEnded.into(),
            Denied::NotLibrarian => Forbidden::LibrariansOnly.into(),
            Denied::NotDesk => Forbidden::DeskOnly.into(),
            Denied::NotBorrower(why) => why.into(),
        }
    }
}

impl From<Unfit> for Error {
    /// The caller, who is the borrower, is told why.
    fn from(why: Unfit) -> Self {
        match why {
            Unfit::Unapproved => Forbidden::UnverifiedAddress.into(),
            Unfit::Blocked => Conflict::Blocked.into(),
            Unfit::Disabled | Unfit::Gone => Unauthenticated::SessionEnded.into(),
        }
    }
}

impl From<NotVerified> for Error {
    fn from(why: NotVerified) -> Self {
        match why {
            NotVerified::Invalid => Unauthenticated::TokenInvalid.into(),
            NotVerified::Expired => Unauthenticated::TokenExpired.into(),
        }
    }
}

impl From<NotAdded> for Error {
    fn from(why: NotAdded) -> Self {
        match why {
            NotAdded::IsbnTaken(store) => isbn_refusal(store).into(),
            NotAdded::KeyReused => KeyReused::Key.into(),
        }
    }
}

/// Returns the refusal of an ISBN that a book in that store has.
fn isbn_refusal(store: Store) -> Conflict {
    match store {
        Store::Books => Conflict::IsbnTaken,
        Store::Archive => Conflict::IsbnArchived,
    }
}

impl From<NotEdited> for Error {
    fn from(why: NotEdited) -> Self {
        match why {
            NotEdited::Absent => NotFound::Book.into(),
            NotEdited::NotYours => Forbidden::NotYourBook.into(),
            NotEdited::Stale => Stale::Version.into(),
            NotEdited::IsbnTaken(store) => isbn_refusal(store).into(),
            NotEdited::InUse => Conflict::BookInUse.into(),
        }
    }
}

impl From<NotLabelled> for Error {
    fn from(why: NotLabelled) -> Self {
        match why {
            NotLabelled::Book(why) => why.into(),
            NotLabelled::BarcodeTaken => Conflict::BarcodeTaken.into(),
            NotLabelled::CardTaken => Conflict::CardTaken.into(),
            NotLabelled::TooMany => Conflict::TooManyBarcodes.into(),
            NotLabelled::Absent => NotFound::Barcode.into(),
            NotLabelled::KeyReused => KeyReused::Key.into(),
        }
    }
}

impl From<NotDeleted> for Error {
    fn from(why: NotDeleted) -> Self {
        match why {
            NotDeleted::Absent => NotFound::BookOfYours.into(),
            NotDeleted::Several => Conflict::SeveralBooks.into(),
            NotDeleted::Refused(why) => why.into(),
        }
    }
}

impl From<NotReserved> for Error {
    fn from(why: NotReserved) -> Self {
        match why {
            NotReserved::NoSuchBook => NotFound::Book.into(),
            NotReserved::AlreadyHeld => Conflict::AlreadyReserved.into(),
            NotReserved::TooMany => Conflict::TooManyReservations.into(),
            NotReserved::KeyReused => KeyReused::Key.into(),
        }
    }
}

impl From<NotDone> for Error {
    fn from(why: NotDone) -> Self {
        match why {
            NotDone::Absent => NotFound::Reservation.into(),
            NotDone::Status(status) => status_refusal(status).into(),
            NotDone::Blocked => Conflict::Blocked.into(),
            NotDone::NoRenewal(reasons) => no_renewal(&reasons),
            NotDone::KeyReused => KeyReused::Key.into(),
        }
    }
}

/// Returns the refusal of a step that a reservation's status does not allow.
fn status_refusal(status: Status) -> Conflict {
    match status {
        Status::Waiting => Conflict::NotReady,
        Status::Ready => Conflict::NotCheckedOut,
        Status::CheckedOut => Conflict::CheckedOut,
        Status::Returned => Conflict::Returned,
        Status::Cancelled => Conflict::Cancelled,
        Status::Lapsed => Conflict::Lapsed,
        Status::Lost => Conflict::Lost,
        Status::Undone => Conflict::Undone,
    }
}

/// Returns the error of a renewal, with all reasons against it. Its code is the one that the loan shows.
fn no_renewal(reasons: &[RenewalRefusal]) -> Error {
    let refusals: Vec<Refusal> = reasons.iter().map(|why| renewal_refusal(*why).refusal()).collect();
    let Some(first) = refusals.first().copied() else { return Conflict::TooEarly.into() };
    let reasons = refusals.into_iter().map(Reason::of).collect();
    Error::Detailed(first, Box::new(Details { reasons, ..Details::default() }))
}

/// Returns the refusal of a reason against a renewal.
fn renewal_refusal(why: RenewalRefusal) -> Conflict {
    match why {
        RenewalRefusal::OthersWait => Conflict::OthersWait,
        RenewalRefusal::NoRenewalsLeft => Conflict::NoRenewalsLeft,
        RenewalRefusal::TooEarly => Conflict::TooEarly,
        RenewalRefusal::Blocked => Conflict::Blocked,
    }
}

impl From<NotUndone> for Error {
    fn from(why: NotUndone) -> Self {
        match why {
            NotUndone::Absent => NotFound::Reservation.into(),
            NotUndone::Nothing => Conflict::NothingToUndo.into(),
            NotUndone::NotYours => Conflict::UndoNotYours.into(),
            NotUndone::TooLate => Conflict::UndoTooLate.into(),
            NotUndone::AlreadyPromised => Conflict::AlreadyPromised.into(),
            NotUndone::AlreadyHeld => Conflict::AlreadyHeld.into(),
            NotUndone::NoSuchBook => NotFound::Book.into(),
            NotUndone::NoSuchReader => NotFound::User.into(),
        }
    }
}

impl From<NotChanged> for Error {
    fn from(why: NotChanged) -> Self {
        match why {
            NotChanged::Gone => Unauthenticated::AccountGone.into(),
            NotChanged::Stale => Stale::Version.into(),
        }
    }
}

impl From<NotRemoved> for Error {
    fn from(why: NotRemoved) -> Self {
        match why {
            NotRemoved::Gone => NotFound::User.into(),
            NotRemoved::PasswordReplaced => Forbidden::WrongPassword.into(),
            NotRemoved::LastLibrarian => Conflict::LastLibrarian.into(),
            NotRemoved::BooksAtHome => Conflict::BooksAtHome.into(),
        }
    }
}

impl From<NotMoved> for Error {
    fn from(why: NotMoved) -> Self {
        match why {
            NotMoved::LastLibrarian => Conflict::LastLibrarian.into(),
            NotMoved::NoSuchGroup => no_such_group(),
        }
    }
}

fn no_such_group() -> Error {
    Error::invalid("/group", "is not a group of the library's rules")
}

impl From<InUse> for Error {
    fn from(InUse(group): InUse) -> Self {
        Error::invalid("/groups", format!("should keep the group {group}: readers are still in it"))
    }
}

impl From<NotProved> for Error {
    fn from(why: NotProved) -> Self {
        match why {
            NotProved::OtherAddress => Error::invalid("/token", "is not valid any more"),
            NotProved::EmailTaken => Conflict::EmailTaken.into(),
        }
    }
}

impl From<NotAsked> for Error {
    fn from(why: NotAsked) -> Self {
        match why {
            NotAsked::TooMany(reached) => reached.into(),
            NotAsked::PasswordReplaced => Forbidden::WrongPassword.into(),
        }
    }
}

impl From<NotRegistered> for Error {
    fn from(why: NotRegistered) -> Self {
        match why {
            NotRegistered::EmailTaken => Conflict::EmailTaken.into(),
            NotRegistered::UsernameTaken => Conflict::UsernameTaken.into(),
        }
    }
}

impl From<added::NotAdded> for Error {
    fn from(why: added::NotAdded) -> Self {
        match why {
            added::NotAdded::EmailTaken => Conflict::EmailTaken.into(),
            added::NotAdded::Card(why) => why.into(),
            added::NotAdded::KeyReused => KeyReused::Key.into(),
            added::NotAdded::Gone => NotFound::User.into(),
            added::NotAdded::NoSuchGroup => no_such_group(),
        }
    }
}

impl From<NotMended> for Error {
    fn from(why: NotMended) -> Self {
        match why {
            NotMended::Gone => NotFound::User.into(),
            NotMended::OfTheDesk => Conflict::OfTheDesk.into(),
            NotMended::Same => Error::invalid("/email", "is the reader's address already"),
            NotMended::EmailTaken => Conflict::EmailTaken.into(),
            NotMended::TooMany(reached) => reached.into(),
        }
    }
}

impl From<NotIssued> for Error {
    fn from(why: NotIssued) -> Self {
        match why {
            NotIssued::Gone => NotFound::User.into(),
            NotIssued::OfTheDesk => Conflict::OfTheDesk.into(),
            NotIssued::HasEmail => Conflict::HasEmail.into(),
            NotIssued::Nameless => Conflict::Nameless.into(),
        }
    }
}

impl From<NotGiven> for Error {
    fn from(why: NotGiven) -> Self {
        match why {
            NotGiven::Gone => NotFound::User.into(),
            NotGiven::CardTaken => Conflict::CardTaken.into(),
            NotGiven::BarcodeTaken => Conflict::BarcodeTaken.into(),
        }
    }
}

impl From<NotRenamed> for Error {
    fn from(why: NotRenamed) -> Self {
        match why {
            NotRenamed::UsernameTaken => Conflict::UsernameTaken.into(),
            NotRenamed::Gone => Unauthenticated::AccountGone.into(),
        }
    }
}

impl From<FetchedBefore> for Error {
    fn from(FetchedBefore { retry_after }: FetchedBefore) -> Self {
        Error::Again { refusal: TooMany::DataFetched.refusal(), retry_after }
    }
}

impl From<Reached> for Error {
    fn from(Reached { retry_after }: Reached) -> Self {
        Error::TooMany { retry_after }
    }
}

//! What the librarian of the model refuses, and why.

use jiff::Timestamp;
use shared::tables::library::lending::Status;
use shared::values::{BookId, ReservationId, UserId};

use super::accounts::{Pair, Standing};
use super::model::{Book, Card, Command, Model, Place};
use super::rules::due;

pub(super) const MOST_OF_A_READER: usize = 10;

/// The reason of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    SignedOut,
    Forbidden,
    NotThere,
    HasItAlready,
    HasTen,
    OthersWait,
    HasRenewedTwice,
    TooEarly,
    InUse,
    NoReader,
    NoCopyFree,
    AllAside,
    Ambiguous,
    NotThisReader,
    WasNotOut,
    NothingToUndo,
    UndoNotYours,
    UndoTooLate,
    AlreadyPromised,
    Is(Status),
}

impl Model {
    /// Returns the reason why `who`, with that standing, is refused; `None` if the command succeeds.
    pub(super) fn refusal(
        &self,
        who: UserId,
        (standing, of_the_reader): Pair,
        command: Command,
        now: Timestamp,
    ) -> Option<Refusal> {
        let is_librarian = standing == Standing::Librarian;
        match command {
            _ if standing == Standing::SignedOut => Some(Refusal::SignedOut),
            Command::CheckOut(_) | Command::Return(_) | Command::Lend { .. } | Command::TakeBack { .. }
                if !is_librarian =>
            {
                Some(Refusal::Forbidden)
            }
            Command::PutAside(_) | Command::Lose(_) | Command::Undo(_) if !is_librarian => Some(Refusal::Forbidden),
            Command::Lend { book, to, despite } => self.refusal_of_a_loan((book, to, despite), of_the_reader, now),
            Command::TakeBack { book, from } => self.refusal_of_a_return(book, from, now),
            Command::PutAside(id) => {
                let needs_one = self.cards.get(&id).is_some_and(|card| card.needs_a_slip(now));
                (!needs_one).then_some(Refusal::WasNotOut)
            }
            Command::Undo(id) => self.refusal_of_undoing(who, id, of_the_reader, now),
            Command::Lose(id) => self.refusal_of_a_step(who, is_librarian, command, id, now),
            Command::Reserve(book) => self.refusal_of_a_reservation(who, book, now),
            Command::Cancel(id) => self.refusal_of_a_step(who, is_librarian, command, id, now),
            Command::CheckOut(id) | Command::Return(id) | Command::Renew(id) => {
                self.refusal_of_a_step(who, is_librarian, command, id, now)
            }
            Command::Archive(book) | Command::Delete(book) => {
                let refusal = self.refusal_of_a_move(is_librarian, book, Place::Shelf);
                refusal.or_else(|| self.is_in_use(book, now).then_some(Refusal::InUse))
            }
            Command::Restore(book) => self.refusal_of_a_move(is_librarian, book, Place::Archive),
        }
    }

    fn refusal_of_a_reservation(&self, who: UserId, book: BookId, now: Timestamp) -> Option<Refusal> {
        if self.place(book) != Place::Shelf {
            return Some(Refusal::NotThere);
        }
        let is_reserved = |card: &&Card| card.status(now) != Status::CheckedOut;
        match self.live(who, now).map(|(_, card)| card).filter(is_reserved).count() {
            _ if self.live(who, now).any(|(_, card)| card.book == book) => Some(Refusal::HasItAlready),
            MOST_OF_A_READER.. => Some(Refusal::HasTen),
            _ => None,
        }
    }

    fn refusal_of_a_step(
        &self,
        who: UserId,
        is_librarian: bool,
        step: Command,
        id: ReservationId,
        now: Timestamp,
    ) -> Option<Refusal> {
        let from: &[Status] = match step {
            Command::Cancel(_) => &[Status::Waiting, Status::Ready],
            Command::CheckOut(_) => &[Status::Ready],
            _ => &[Status::CheckedOut],
        };
        let seen = self.cards.get(&id).filter(|card| is_librarian || who == card.reader);
        let Some(card) = seen else { return Some(Refusal::NotThere) };
        let status = card.status(now);
        match (step, status) {
            (Command::Renew(_), Status::CheckedOut) => self.refusal_of_a_renewal(card, now),
            _ if from.contains(&status) => None,
            (Command::Cancel(_), Status::Returned | Status::Cancelled | Status::Lapsed) => Some(Refusal::NotThere),
            _ => Some(Refusal::Is(status)),
        }
    }

    fn refusal_of_a_renewal(&self, card: &Card, now: Timestamp) -> Option<Refusal> {
        let Book { copies, taken, queue, .. } = &self.books[&card.book];
        if queue.len() + taken.len() > *copies {
            Some(Refusal::OthersWait)
        } else if card.renewals == 2 {
            Some(Refusal::HasRenewedTwice)
        } else {
            card.until.is_some_and(|until| due(now) <= until).then_some(Refusal::TooEarly)
        }
    }

    /// All books belong to the librarian.
    fn refusal_of_a_move(&self, is_librarian: bool, book: BookId, from: Place) -> Option<Refusal> {
        match is_librarian {
            _ if self.place(book) != from => Some(Refusal::NotThere),
            false => Some(Refusal::Forbidden),
            true => None,
        }
    }

    /// Whether a copy is out or waits to be collected, or somebody waits for one.
    fn is_in_use(&self, book: BookId, now: Timestamp) -> bool {
        let book = &self.books[&book];
        book.taken.iter().any(|id| self.cards[id].is_live(now)) || !book.queue.is_empty()
    }

    pub(super) fn place(&self, book: BookId) -> Place {
        self.books.get(&book).map_or(Place::Nowhere, |book| book.place)
    }
}

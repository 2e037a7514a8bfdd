//! Lending as one librarian would do it with cards and a pencil: one thing after another, and no database. What they answer
//! is here, what they do in `rules`.

use std::collections::{HashMap, VecDeque};
use std::fmt;

use jiff::Timestamp;
use shared::tables::journal::Deed;
use shared::tables::journal::events::Event;
use shared::tables::library::lending::{Reservation, Status};
use shared::values::{BookId, ReservationId, UserId};

use super::accounts::Standing;
use crate::known_failures::is_known;

const MOST_OF_A_READER: usize = 10;

/// What somebody asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Command {
    Reserve(BookId),
    Cancel(ReservationId),
    CheckOut(ReservationId),
    Return(ReservationId),
    Renew(ReservationId),
    Archive(BookId),
    Restore(BookId),
    Delete(BookId),
}

/// Why somebody does not get it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    SignedOut,
    Forbidden,
    NotThere,
    HasItAlready,
    HasTen,
    OthersWait,
    InUse,
    Is(Status),
}

/// The books, each with its queue, and a card for each reservation.
#[derive(Default)]
pub(super) struct Model {
    pub(super) books: HashMap<BookId, Book>,
    pub(super) cards: HashMap<ReservationId, Card>,
}

/// Where a book is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// It has not been added yet.
    Nowhere,
    Shelf,
    Archive,
    /// It has been deleted.
    Gone,
}

pub(super) struct Book {
    pub(super) place: Place,
    pub(super) copies: usize,
    /// The numbers of copies that it is going to have.
    pub(super) recounts: VecDeque<usize>,
    /// Whether copies were added, of which those who wait have not all been given theirs.
    pub(super) is_being_filled: bool,
    /// Whose copies wait to be collected or are out.
    pub(super) taken: Vec<ReservationId>,
    pub(super) queue: Vec<ReservationId>,
}

#[derive(Debug)]
pub(super) struct Card {
    pub(super) book: BookId,
    pub(super) reader: UserId,
    pub(super) status: Status,
    /// The end of the three or the 21 days.
    pub(super) until: Option<Timestamp>,
}

impl Command {
    /// What was asked for when this happened; `None` where nobody had to ask.
    pub(super) fn behind(event: &Event) -> Option<Command> {
        let (book, id) = (event.book.id, event.reservation);
        Some(match event.kind {
            Deed::BookReserved => Command::Reserve(book),
            Deed::ReservationCancelled => Command::Cancel(id?),
            Deed::BookCheckedOut => Command::CheckOut(id?),
            Deed::BookReturned => Command::Return(id?),
            Deed::ReservationRenewed => Command::Renew(id?),
            Deed::BookArchived => Command::Archive(book),
            Deed::BookRestored => Command::Restore(book),
            Deed::BookDeleted => Command::Delete(book),
            _ => return None,
        })
    }

    pub(super) fn book(self) -> BookId {
        match self {
            Command::Reserve(book) | Command::Archive(book) | Command::Restore(book) | Command::Delete(book) => book,
            Command::Cancel(id) | Command::CheckOut(id) | Command::Return(id) | Command::Renew(id) => id.book,
        }
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Command::Reserve(book) => write!(f, "reserve {book}"),
            Command::Cancel(id) => write!(f, "cancel {id}"),
            Command::CheckOut(id) => write!(f, "check out {id}"),
            Command::Return(id) => write!(f, "return {id}"),
            Command::Renew(id) => write!(f, "renew {id}"),
            Command::Archive(book) => write!(f, "archive {book}"),
            Command::Restore(book) => write!(f, "restore {book}"),
            Command::Delete(book) => write!(f, "delete {book}"),
        }
    }
}

impl Book {
    pub(super) fn new(copies: usize) -> Self {
        Book {
            place: Place::Nowhere,
            copies,
            recounts: VecDeque::new(),
            is_being_filled: false,
            taken: Vec::new(),
            queue: Vec::new(),
        }
    }

    /// Whether a copy is there for the first who waits.
    pub(super) fn has_a_copy_for_the_next(&self) -> bool {
        self.has_a_copy_left() && !self.queue.is_empty()
    }

    pub(super) fn has_a_copy_left(&self) -> bool {
        self.taken.len() < self.copies
    }
}

impl Card {
    /// A copy that was not collected in time has lapsed, whether or not somebody has noticed.
    pub(super) fn status(&self, now: Timestamp) -> Status {
        if self.status == Status::Ready && self.is_over(now) { Status::Lapsed } else { self.status }
    }

    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= now)
    }

    pub(super) fn is_live(&self, now: Timestamp) -> bool {
        matches!(self.status(now), Status::Waiting | Status::Ready | Status::CheckedOut)
    }
}

impl Model {
    /// Why `who`, with that standing, would not get that now; `None` if they would.
    pub(super) fn refusal(&self, who: UserId, standing: Standing, command: Command, now: Timestamp) -> Option<Refusal> {
        let is_librarian = standing == Standing::Librarian;
        match command {
            _ if standing == Standing::SignedOut => Some(Refusal::SignedOut),
            Command::CheckOut(_) | Command::Return(_) if !is_librarian => Some(Refusal::Forbidden),
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
        let theirs: Vec<_> = self.live(who, now).map(|(_, card)| card.book).collect();
        match theirs.len() {
            _ if theirs.contains(&book) => Some(Refusal::HasItAlready),
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
        let others_wait = || !self.books[&id.book].queue.is_empty();
        match (step, status) {
            (Command::Renew(_), Status::CheckedOut) if others_wait() => Some(Refusal::OthersWait),
            _ if from.contains(&status) => None,
            (Command::Cancel(_), Status::Returned | Status::Cancelled | Status::Lapsed) => Some(Refusal::NotThere),
            _ => Some(Refusal::Is(status)),
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
        let counts = |id: &ReservationId| is_known("RAC14-lapsed") || self.cards[id].is_live(now);
        book.taken.iter().any(counts) || !book.queue.is_empty()
    }

    fn place(&self, book: BookId) -> Place {
        self.books.get(&book).map_or(Place::Nowhere, |book| book.place)
    }

    /// What a reader has reserved or borrowed.
    pub(super) fn live(&self, reader: UserId, now: Timestamp) -> impl Iterator<Item = (&ReservationId, &Card)> {
        self.cards.iter().filter(move |(_, card)| card.reader == reader && card.is_live(now))
    }

    /// Whether a reservation is just as it was shown.
    pub(super) fn is_as_shown(&self, shown: &Reservation, now: Timestamp) -> bool {
        let Some(card) = self.cards.get(&shown.id) else { return false };
        let place = self.books[&card.book].queue.iter().position(|id| *id == shown.id).map(|before| before as u32 + 1);
        let until = shown.ready_until.or(shown.due_at);
        (shown.reader, shown.status, shown.place, until) == (card.reader, card.status(now), place, card.until)
    }
}

/// Everything about a book, for who has to find out what went wrong.
pub(super) struct Shown<'a>(pub(super) &'a Model, pub(super) BookId);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(book) = self.0.books.get(&self.1) else { return write!(f, "no such book") };
        let Book { place, copies, taken, queue, .. } = book;
        writeln!(f, "{place:?}, {copies} copies, {} taken, {} wait", taken.len(), queue.len())?;
        for id in book.taken.iter().chain(&book.queue) {
            let Card { reader, status, until, .. } = &self.0.cards[id];
            writeln!(f, "  {id} of {reader}: {status:?} {}", until.map(|until| until.to_string()).unwrap_or_default())?;
        }
        Ok(())
    }
}

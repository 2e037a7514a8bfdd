//! Lending as one librarian would do it with cards and a pencil: one thing after another, and no database. What they say
//! to whom is here, what they do in `happens`.

use std::collections::{HashMap, VecDeque};
use std::fmt;

use jiff::Timestamp;
use shared::tables::journal::Action;
use shared::tables::journal::events::Event;
use shared::tables::library::lending::{Reservation, Status};
use shared::values::{BookId, ReservationId, UserId};

const MOST_OF_A_READER: usize = 10;

/// What somebody asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Wish {
    Reserve(BookId),
    Cancel(ReservationId),
    CheckOut(ReservationId),
    Return(ReservationId),
    Renew(ReservationId),
}

/// Why somebody does not get it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    NotThere,
    HasItAlready,
    HasTen,
    OthersWait,
    Is(Status),
}

/// The books, each with its queue, and a card for each reservation.
pub(super) struct Model {
    pub(super) librarian: UserId,
    pub(super) books: HashMap<BookId, Book>,
    pub(super) cards: HashMap<ReservationId, Card>,
}

pub(super) struct Book {
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

impl Wish {
    /// What was asked for when this happened; `None` where nobody had to ask.
    pub(super) fn behind(event: &Event) -> Option<Wish> {
        let id = event.reservation?;
        match event.kind {
            Action::BookReserved => Some(Wish::Reserve(event.book.id)),
            Action::ReservationCancelled => Some(Wish::Cancel(id)),
            Action::BookCheckedOut => Some(Wish::CheckOut(id)),
            Action::BookReturned => Some(Wish::Return(id)),
            Action::ReservationRenewed => Some(Wish::Renew(id)),
            _ => None,
        }
    }

    pub(super) fn book(self) -> BookId {
        match self {
            Wish::Reserve(book) => book,
            Wish::Cancel(id) | Wish::CheckOut(id) | Wish::Return(id) | Wish::Renew(id) => id.book,
        }
    }
}

impl fmt::Display for Wish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wish::Reserve(book) => write!(f, "reserve {book}"),
            Wish::Cancel(id) => write!(f, "cancel {id}"),
            Wish::CheckOut(id) => write!(f, "check out {id}"),
            Wish::Return(id) => write!(f, "return {id}"),
            Wish::Renew(id) => write!(f, "renew {id}"),
        }
    }
}

impl Book {
    pub(super) fn new(copies: usize) -> Self {
        Book { copies, recounts: VecDeque::new(), is_being_filled: false, taken: Vec::new(), queue: Vec::new() }
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

    fn is_live(&self, now: Timestamp) -> bool {
        matches!(self.status(now), Status::Waiting | Status::Ready | Status::CheckedOut)
    }
}

impl Model {
    /// Why `who` would not get that now; `None` if they would.
    pub(super) fn refusal(&self, who: UserId, wish: Wish, now: Timestamp) -> Option<Refusal> {
        let (id, from): (_, &[Status]) = match wish {
            Wish::Reserve(book) => return self.refusal_of_a_reservation(who, book, now),
            Wish::Cancel(id) => (id, &[Status::Waiting, Status::Ready]),
            Wish::CheckOut(id) => (id, &[Status::Ready]),
            Wish::Return(id) | Wish::Renew(id) => (id, &[Status::CheckedOut]),
        };
        let seen = self.cards.get(&id).filter(|card| who == self.librarian || who == card.reader);
        let Some(card) = seen else { return Some(Refusal::NotThere) };
        let status = card.status(now);
        let others_wait = || !self.books[&id.book].queue.is_empty();
        match (wish, status) {
            (Wish::Renew(_), Status::CheckedOut) if others_wait() => Some(Refusal::OthersWait),
            _ if from.contains(&status) => None,
            (Wish::Cancel(_), Status::Returned | Status::Cancelled | Status::Lapsed) => Some(Refusal::NotThere),
            _ => Some(Refusal::Is(status)),
        }
    }

    fn refusal_of_a_reservation(&self, who: UserId, book: BookId, now: Timestamp) -> Option<Refusal> {
        if !self.books.contains_key(&book) {
            return Some(Refusal::NotThere);
        }
        let theirs: Vec<_> = self.live(who, now).map(|(_, card)| card.book).collect();
        match theirs.len() {
            _ if theirs.contains(&book) => Some(Refusal::HasItAlready),
            MOST_OF_A_READER.. => Some(Refusal::HasTen),
            _ => None,
        }
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
        writeln!(f, "{} copies, {} taken, {} wait", book.copies, book.taken.len(), book.queue.len())?;
        for id in book.taken.iter().chain(&book.queue) {
            let Card { reader, status, until, .. } = &self.0.cards[id];
            writeln!(f, "  {id} of {reader}: {status:?} {}", until.map(|until| until.to_string()).unwrap_or_default())?;
        }
        Ok(())
    }
}

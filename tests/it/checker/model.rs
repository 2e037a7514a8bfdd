//! Lending as one librarian would do it with cards and a pencil: one step after another, without a database. What they refuse
//! is in `refusals`, what they do in `rules`.

use std::collections::{HashMap, VecDeque};
use std::fmt;

use jiff::Timestamp;
use shared::tables::journal::Action;
use shared::tables::journal::events::Event;
use shared::tables::library::lending::{Reservation, Status};
use shared::values::{BookId, ReservationId, UserId};

use super::accounts::Absences;

/// What a client asks for.
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
    /// At the desk, to a reader, perhaps in spite of everything.
    Lend {
        book: BookId,
        to: UserId,
        despite: bool,
    },
    /// At the desk, from a reader if one is named.
    TakeBack {
        book: BookId,
        from: Option<UserId>,
    },
    /// What a return of what was not out does.
    PutAside(ReservationId),
    Lose(ReservationId),
    Undo(ReservationId),
}

/// The books, each with its queue, and a card for each reservation.
#[derive(Default)]
pub(super) struct Model {
    pub(super) books: HashMap<BookId, Book>,
    pub(super) cards: HashMap<ReservationId, Card>,
    /// Whom the queues pass over.
    pub(super) absences: Absences,
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
    /// The numbers of copies that it will have, in their order.
    pub(super) recounts: VecDeque<usize>,
    /// The reservations whose copies wait to be collected or are out.
    pub(super) taken: Vec<ReservationId>,
    pub(super) queue: Vec<ReservationId>,
    /// How many reservations there have been.
    pub(super) reserved: usize,
    /// A loan of a copy that was another reader's. The next event says whose.
    pub(super) takes_from_another: Option<ReservationId>,
    /// A reservation whose copy goes to the next reader.
    pub(super) passes_on: Option<PassedOn>,
}

/// A copy that has become free.
pub(super) struct PassedOn {
    pub(super) from: ReservationId,
    /// Since when it stands on the shelf for collection.
    pub(super) aside: Option<Timestamp>,
    /// The event with which it became free.
    pub(super) event: u64,
}

#[derive(Debug)]
pub(super) struct Card {
    pub(super) book: BookId,
    pub(super) reader: UserId,
    pub(super) status: Status,
    /// The end of the 3 or 21 days.
    pub(super) until: Option<Timestamp>,
    pub(super) renewals: u32,
    /// Whether the reader has been told that the loan is due soon.
    pub(super) is_reminded: bool,
    /// Whether it has been recorded that the loan is overdue.
    pub(super) is_overdue: bool,
    /// Since when the copy is put aside.
    pub(super) aside: Option<Timestamp>,
    /// Whether it has the slip of another reader.
    pub(super) has_old_slip: bool,
    /// The place among the reservations of the book.
    pub(super) number: usize,
    pub(super) undo: Option<Undo>,
}

/// A step that can be undone.
#[derive(Debug)]
pub(super) struct Undo {
    pub(super) by: UserId,
    pub(super) at: Timestamp,
    pub(super) before: Option<Before>,
    /// Whose copy was lent, and until when it was ready.
    pub(super) displaced: Option<(ReservationId, Timestamp)>,
    /// Who got the copy, and until when it is ready.
    pub(super) promoted: Option<(ReservationId, Timestamp)>,
}

/// What a step changes of a card.
#[derive(Debug)]
pub(super) struct Before {
    pub(super) status: Status,
    pub(super) until: Option<Timestamp>,
    pub(super) aside: Option<Timestamp>,
    pub(super) has_old_slip: bool,
    pub(super) is_reminded: bool,
    pub(super) is_overdue: bool,
    pub(super) renewals: u32,
}

impl Before {
    pub(super) fn of(card: &Card) -> Self {
        let Card { status, until, aside, has_old_slip, is_reminded, is_overdue, renewals, .. } = *card;
        Before { status, until, aside, has_old_slip, is_reminded, is_overdue, renewals }
    }
}

impl Command {
    /// Returns the command behind an event; `None` if the library does it by itself.
    pub(super) fn behind(event: &Event) -> Option<Command> {
        let (book, id) = (event.book.id, event.reservation);
        Some(match event.kind {
            Action::BookReserved => Command::Reserve(book),
            Action::ReservationCancelled => Command::Cancel(id?),
            Action::BookCheckedOut => Command::CheckOut(id?),
            Action::BookReturned => Command::Return(id?),
            Action::ReservationRenewed => Command::Renew(id?),
            Action::BookArchived => Command::Archive(book),
            Action::BookRestored => Command::Restore(book),
            Action::BookDeleted => Command::Delete(book),
            Action::BookLent => {
                Command::Lend { book, to: event.reader.unwrap_or(event.actor), despite: !event.despite.is_empty() }
            }
            Action::BookPutAside => Command::PutAside(id?),
            Action::BookLost => Command::Lose(id?),
            Action::LoanUndone | Action::ReturnUndone | Action::RenewalUndone | Action::PutAsideUndone => {
                Command::Undo(id?)
            }
            _ => return None,
        })
    }

    pub(super) fn book(self) -> BookId {
        match self {
            Command::Reserve(book) | Command::Archive(book) | Command::Restore(book) | Command::Delete(book) => book,
            Command::Lend { book, .. } | Command::TakeBack { book, .. } => book,
            Command::Cancel(id) | Command::CheckOut(id) | Command::Return(id) | Command::Renew(id) => id.book,
            Command::PutAside(id) | Command::Lose(id) | Command::Undo(id) => id.book,
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
            Command::Lend { book, to, despite } => write!(f, "lend {book} to {to}, despite: {despite}"),
            Command::TakeBack { book, from } => write!(f, "take back {book} from {from:?}"),
            Command::PutAside(id) => write!(f, "put aside {id}"),
            Command::Lose(id) => write!(f, "lose {id}"),
            Command::Undo(id) => write!(f, "undo {id}"),
        }
    }
}

impl Book {
    pub(super) fn new(copies: usize) -> Self {
        Book {
            place: Place::Nowhere,
            copies,
            recounts: VecDeque::new(),
            taken: Vec::new(),
            queue: Vec::new(),
            reserved: 0,
            takes_from_another: None,
            passes_on: None,
        }
    }

    /// Notes a new number of copies.
    pub(super) fn will_have(&mut self, copies: usize) {
        self.recounts.push_back(copies);
    }

    pub(super) fn has_a_copy_left(&self) -> bool {
        self.taken.len() < self.copies
    }
}

impl Card {
    /// Whether a copy that is handed in is put aside for this reader.
    pub(super) fn needs_a_slip(&self, now: Timestamp) -> bool {
        self.status(now) == Status::Ready && (self.aside.is_none() || self.has_old_slip)
    }

    pub(super) fn new(book: BookId, reader: UserId, number: usize) -> Self {
        let (status, until, renewals, undo) = (Status::Waiting, None, 0, None);
        let (is_reminded, is_overdue, aside, has_old_slip) = (false, false, None, false);
        Card { book, reader, status, until, renewals, is_reminded, is_overdue, aside, has_old_slip, number, undo }
    }

    /// A copy that was not collected in time has lapsed, whether or not that has been noted.
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
    /// Returns the live reservations of a reader.
    pub(super) fn live(&self, reader: UserId, now: Timestamp) -> impl Iterator<Item = (&ReservationId, &Card)> {
        self.cards.iter().filter(move |(_, card)| card.reader == reader && card.is_live(now))
    }

    /// Whether a copy is free and a reader waits who may have it.
    pub(super) fn has_a_copy_for_the_next(&self, book: &Book, now: Timestamp) -> bool {
        book.has_a_copy_left() && !self.passes_over(&book.queue, now)
    }

    /// Whether a copy is free, and nobody waits who may have it.
    pub(super) fn has_a_free_copy(&self, book: &Book, now: Timestamp) -> bool {
        book.has_a_copy_left() && self.passes_over(&book.queue, now)
    }

    /// Whether all these readers may be passed over: they may be signed out.
    pub(super) fn passes_over(&self, waiting: &[ReservationId], now: Timestamp) -> bool {
        waiting.iter().all(|id| self.absences.may_include(self.cards[id].reader, now))
    }

    /// Whether the reservation is as the API shows it.
    pub(super) fn is_as_shown(&self, shown: &Reservation, now: Timestamp) -> bool {
        let Some(card) = self.cards.get(&shown.id) else { return false };
        let place = self.books[&card.book].queue.iter().position(|id| *id == shown.id).map(|before| before as u32 + 1);
        let until = shown.ready_until.or(shown.due_at);
        (shown.reader, shown.status, shown.place, until) == (card.reader, card.status(now), place, card.until)
    }
}

/// Everything about a book, for a report.
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

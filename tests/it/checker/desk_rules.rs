//! The librarian's rules at the desk: loans without a reservation, copies that are taken from those who wait, lost copies, and
//! what is undone.

use jiff::{SignedDuration, Timestamp};
use shared::tables::journal::events::Event;
use shared::tables::library::lending::Status;
use shared::values::{BookId, ReservationId, UserId};

use super::accounts::Standing;
use super::model::{Before, Card, Model, PassedOn, Place, Undo};
use super::refusals::{MOST_OF_A_READER, Refusal};
use super::rules::{NO_BOOK, NO_RESERVATION, due};

const UNDO_FOR: SignedDuration = SignedDuration::from_mins(10);

impl Model {
    /// Lends a copy. If none is free, the next event says whose it was.
    pub(super) fn lend(&mut self, id: ReservationId, event: &Event) -> Result<(), String> {
        let to = event.reader.unwrap_or(event.actor);
        let before = self.cards.get(&id).map(Before::of);
        let book = self.books.get_mut(&id.book).ok_or(NO_BOOK)?;
        match self.cards.get(&id).map(|card| (card.reader, card.status(event.time))) {
            Some((reader, _)) if reader != to => return Err(format!("its reader is {reader}")),
            Some((_, Status::Ready)) => {}
            Some((_, Status::Waiting)) => {
                book.queue.retain(|other| *other != id);
                book.taken.push(id);
            }
            Some((_, status)) => return Err(format!("it is {status:?}")),
            None => {
                self.cards.insert(id, Card::new(id.book, to, usize::MAX));
                book.taken.push(id);
            }
        }
        book.takes_from_another = (book.taken.len() > book.copies).then_some(id);
        self.set(id, Status::CheckedOut, Some(due(event.time)))?;
        self.can_be_undone(id, before, event)
    }

    /// Sends the reader whose copy was lent back into the queue: the one who got it last, of those for whom none is put aside.
    pub(super) fn displace(&mut self, id: ReservationId, event: &Event) -> Result<(), String> {
        let loan = self.books.get_mut(&id.book).and_then(|book| book.takes_from_another.take());
        let loan = loan.ok_or("no copy was lent that was somebody else's")?;
        let card = self.cards.get(&id).ok_or(NO_RESERVATION)?;
        let on_the_shelf = |card: &&Card| card.status == Status::Ready && card.aside.is_none();
        let last = self.books[&id.book].taken.iter().map(|id| &self.cards[id]).filter(on_the_shelf);
        let is_last = last.filter_map(|card| card.until).max() == card.until;
        if card.status != Status::Ready
            || card.aside.is_some()
            || !is_last
            || event.reader.is_some_and(|who| who != card.reader)
        {
            return Err(format!("another reader's copy should go: {card:?}"));
        }
        let displaced = Some((id, card.until.ok_or("it is not ready")?));
        self.cards.entry(loan).and_modify(|loan| loan.undo.iter_mut().for_each(|undo| undo.displaced = displaced));
        self.goes_back_into_the_queue(id)
    }

    pub(super) fn take_back(&mut self, id: ReservationId, event: &Event) -> Result<(), String> {
        let before = self.cards.get(&id).map(Before::of);
        self.end(id, Status::Returned)?;
        self.can_be_undone(id, before, event)?;
        let book = self.books.get_mut(&id.book).ok_or(NO_BOOK)?;
        if !book.queue.is_empty() {
            book.passes_on = Some(PassedOn { from: id, aside: Some(event.time), event: event.id });
        }
        Ok(())
    }

    pub(super) fn lose(&mut self, id: ReservationId) -> Result<(), String> {
        self.end(id, Status::Lost)?;
        let book = self.books.get_mut(&id.book).ok_or(NO_BOOK)?;
        book.copies -= 1;
        Ok(())
    }

    pub(super) fn undo_loan(&mut self, id: ReservationId) -> Result<(), String> {
        let undo = self.cards.get_mut(&id).and_then(|card| card.undo.take()).ok_or("there is nothing to undo")?;
        let waits = |(id, _): &(ReservationId, Timestamp)| self.cards[id].status == Status::Waiting;
        let displaced = undo.displaced.filter(waits);
        match undo.before {
            None => self.end(id, Status::Undone)?,
            Some(Before { status: Status::Ready, .. }) => {}
            Some(_) => self.goes_back_into_the_queue(id)?,
        }
        self.restore(id, undo.before)?;
        if let Some((other, until)) = displaced {
            let book = self.books.get_mut(&id.book).ok_or(NO_BOOK)?;
            book.queue.retain(|id| *id != other);
            book.taken.push(other);
            self.set(other, Status::Ready, Some(until))?;
        }
        Ok(())
    }

    pub(super) fn undo_return(&mut self, id: ReservationId, now: Timestamp) -> Result<(), String> {
        let undo = self.cards.get_mut(&id).and_then(|card| card.undo.take()).ok_or("there is nothing to undo")?;
        if !self.has_a_free_copy(&self.books[&id.book], now) {
            let (promoted, _) = undo.promoted.ok_or("the copy is not there any more")?;
            self.goes_back_into_the_queue(promoted)?;
        }
        self.books.get_mut(&id.book).ok_or(NO_BOOK)?.taken.push(id);
        self.restore(id, undo.before)
    }

    /// Undoes a step that left the status as it is.
    pub(super) fn undo_in_place(&mut self, id: ReservationId, status: Status) -> Result<(), String> {
        let card = self.cards.get_mut(&id).ok_or(NO_RESERVATION)?;
        let before = card.undo.take().and_then(|undo| undo.before).ok_or("there is nothing to undo")?;
        if (before.status, card.status) != (status, status) {
            return Err(format!("it is {:?}, and was {:?}", card.status, before.status));
        }
        self.restore(id, Some(before))
    }

    /// Puts a card back as it was before the step. What has been undone cannot be undone again.
    fn restore(&mut self, id: ReservationId, before: Option<Before>) -> Result<(), String> {
        let Some(Before { status, until, aside, has_old_slip, is_reminded, is_overdue, renewals }) = before else {
            return Ok(());
        };
        self.set(id, status, until)?;
        let card = self.cards.get_mut(&id).ok_or(NO_RESERVATION)?;
        (card.aside, card.has_old_slip) = (aside, has_old_slip);
        (card.is_reminded, card.is_overdue, card.renewals) = (is_reminded, is_overdue, renewals);
        Ok(())
    }

    /// Everybody has the place of their reservation.
    fn goes_back_into_the_queue(&mut self, id: ReservationId) -> Result<(), String> {
        self.set(id, Status::Waiting, None)?;
        let number = self.cards[&id].number;
        let book = self.books.get_mut(&id.book).ok_or(NO_BOOK)?;
        book.taken.retain(|other| *other != id);
        let place = book.queue.partition_point(|other| self.cards[other].number < number);
        book.queue.insert(place, id);
        Ok(())
    }

    pub(super) fn can_be_undone(
        &mut self,
        id: ReservationId,
        before: Option<Before>,
        event: &Event,
    ) -> Result<(), String> {
        let undo = Undo { by: event.actor, at: event.time, before, displaced: None, promoted: None };
        self.cards.get_mut(&id).ok_or(NO_RESERVATION)?.undo = Some(undo);
        Ok(())
    }

    /// Why a loan is refused to a reader with that standing.
    pub(super) fn refusal_of_a_loan(
        &self,
        (book, to, despite): (BookId, UserId, bool),
        standing: Standing,
        now: Timestamp,
    ) -> Option<Refusal> {
        if self.place(book) != Place::Shelf {
            return Some(Refusal::NotThere);
        }
        let own = self.live(to, now).find(|(_, card)| card.book == book).map(|(_, card)| card.status(now));
        let found = &self.books[&book];
        let is_free = self.has_a_free_copy(found, now);
        let mut others_wait = false;
        if own == Some(Status::CheckedOut) {
            return Some(Refusal::HasItAlready);
        }
        if own != Some(Status::Ready) && !is_free {
            let ready = found.taken.iter().map(|id| &self.cards[id]).filter(|card| card.status(now) == Status::Ready);
            let aside: Vec<_> = ready.map(|card| card.aside.is_some()).collect();
            match aside.is_empty() {
                true => return Some(Refusal::NoCopyFree),
                false if despite && aside.iter().all(|aside| *aside) => return Some(Refusal::AllAside),
                false => others_wait = !despite,
            }
        }
        let out = self.live(to, now).filter(|(_, card)| card.status(now) == Status::CheckedOut).count();
        let is_full = own.is_none() && out >= MOST_OF_A_READER;
        match () {
            () if standing == Standing::SignedOut => Some(Refusal::NoReader),
            () if others_wait => Some(Refusal::OthersWait),
            () if is_full && !despite => Some(Refusal::HasTen),
            () => None,
        }
    }

    /// Why what is handed in is not taken back.
    pub(super) fn refusal_of_a_return(&self, book: BookId, from: Option<UserId>, now: Timestamp) -> Option<Refusal> {
        if !matches!(self.place(book), Place::Shelf | Place::Archive) {
            return Some(Refusal::NotThere);
        }
        let taken = || self.books[&book].taken.iter().map(|id| &self.cards[id]);
        let out: Vec<_> = taken().filter(|card| card.status == Status::CheckedOut).collect();
        let theirs = out.iter().filter(|card| from.is_none_or(|from| from == card.reader)).count();
        match (theirs, out.len()) {
            (1, _) => None,
            (0, 0) => (!taken().any(|card| card.needs_a_slip(now))).then_some(Refusal::WasNotOut),
            (0, _) => Some(Refusal::NotThisReader),
            _ => Some(Refusal::Ambiguous),
        }
    }

    /// Why nothing is undone.
    pub(super) fn refusal_of_undoing(
        &self,
        who: UserId,
        id: ReservationId,
        standing: Standing,
        now: Timestamp,
    ) -> Option<Refusal> {
        let Some(card) = self.cards.get(&id) else { return Some(Refusal::NotThere) };
        let Some(undo) = &card.undo else { return Some(Refusal::NothingToUndo) };
        let is_gone = standing == Standing::SignedOut && card.reader != who;
        if undo.by != who {
            return Some(Refusal::UndoNotYours);
        }
        if now > undo.at + UNDO_FOR {
            return Some(Refusal::UndoTooLate);
        }
        if undo.before.as_ref().is_some_and(|before| before.status == card.status) {
            return None;
        }
        if card.status != Status::Returned {
            return (is_gone && undo.before.is_some()).then_some(Refusal::NoReader);
        }
        if self.place(id.book) != Place::Shelf {
            return Some(Refusal::NotThere);
        }
        let book = &self.books[&id.book];
        let is_still = |(id, until): &(ReservationId, Timestamp)| {
            let card = &self.cards[id];
            card.status == Status::Ready && card.until == Some(*until)
        };
        match () {
            () if !(undo.promoted.as_ref().is_some_and(is_still) || self.has_a_free_copy(book, now)) => {
                Some(Refusal::AlreadyPromised)
            }
            () if is_gone => Some(Refusal::NoReader),
            () if self.live(card.reader, now).any(|(_, other)| other.book == id.book) => Some(Refusal::HasItAlready),
            () => None,
        }
    }
}

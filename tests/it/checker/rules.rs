//! The librarian's rules: which event is possible when, and what it changes.

use jiff::{SignedDuration, Timestamp};
use shared::tables::journal::Action;
use shared::tables::journal::events::Event;
use shared::tables::library::lending::Status;
use shared::values::ReservationId;

use super::accounts::Pair;
use super::model::{Before, Card, Command, Model, PassedOn, Place};

const DAY: SignedDuration = SignedDuration::from_hours(24);
/// From the morning, when readers are reminded, until the end of the day.
const MORNING: SignedDuration = SignedDuration::from_hours(18);
const LOAN: SignedDuration = SignedDuration::from_hours(21 * 24);
pub(super) const NO_BOOK: &str = "there is no such book";
pub(super) const NO_RESERVATION: &str = "there is no such reservation";

/// Returns the last millisecond of a day of UTC.
fn end_of_day(at: Timestamp) -> Timestamp {
    let days = at.as_second().div_euclid(DAY.as_secs()) + 1;
    Timestamp::from_second(days * DAY.as_secs()).expect("a time") - SignedDuration::from_millis(1)
}

/// Returns when a loan is due that begins then.
pub(super) fn due(lent: Timestamp) -> Timestamp {
    end_of_day(lent + LOAN)
}

impl Model {
    /// Applies an event, if it is possible now. The person who asked for it has one of these standings.
    pub(super) fn apply(&mut self, event: &Event, standings: &[Pair]) -> Result<(), String> {
        self.is_in_turn(event)?;
        if let Some(command) = Command::behind(event) {
            let refusal = |standings: &Pair| self.refusal(event.actor, *standings, command, event.time);
            let refusals: Vec<_> = standings.iter().map(refusal).collect();
            if refusals.iter().all(Option::is_some) {
                return Err(format!("it should have been refused: {refusals:?}"));
            }
        }
        let Some(id) = event.reservation else { return self.apply_to_book(event) };
        match event.kind {
            Action::BookReserved => self.reserve(id, event),
            Action::ReservationReady => self.hand_on(id, event),
            Action::BookCheckedOut => {
                let before = self.cards.get(&id).map(Before::of);
                self.set(id, Status::CheckedOut, Some(due(event.time)))?;
                self.can_be_undone(id, before, event)
            }
            Action::BookLent => self.lend(id, event),
            Action::ReservationDisplaced => self.displace(id, event),
            Action::BookPutAside => {
                let before = self.cards.get(&id).map(Before::of);
                let slip = |card: &mut Card| (card.aside, card.has_old_slip) = (card.aside.or(Some(event.time)), false);
                self.cards.entry(id).and_modify(slip);
                self.can_be_undone(id, before, event)
            }
            Action::BookLost => self.lose(id),
            Action::LoanUndone => self.undo_loan(id),
            Action::ReturnUndone => self.undo_return(id, event.time),
            Action::ReservationRenewed => {
                let before = self.cards.get(&id).map(Before::of);
                self.cards.entry(id).and_modify(|card| card.renewals += 1);
                self.set(id, Status::CheckedOut, Some(due(event.time)))?;
                self.can_be_undone(id, before, event)
            }
            Action::RenewalUndone => self.undo_in_place(id, Status::CheckedOut),
            Action::PutAsideUndone => self.undo_in_place(id, Status::Ready),
            Action::BookReturned => self.take_back(id, event),
            Action::ReservationCancelled => self.give_up(id, Status::Cancelled, event),
            Action::ReservationLapsed => self.lapse(id, event),
            Action::BookDueSoon => self.remind(id, event),
            Action::BookOverdue => self.note_overdue(id, event),
            _ => Err("nobody does such things here".into()),
        }
    }

    /// Ends a reservation because its reader's account is deleted. Nobody has to note first what has lapsed.
    pub(super) fn forget(&mut self, event: &Event) -> Result<(), String> {
        let id = event.reservation.ok_or(NO_RESERVATION)?;
        match self.is_about_its_reader(id, event)?.status {
            Status::Waiting | Status::Ready => self.give_up(id, Status::Cancelled, event),
            status => Err(format!("it is {status:?}")),
        }
    }

    fn apply_to_book(&mut self, event: &Event) -> Result<(), String> {
        let book = self.books.get_mut(&event.book.id).ok_or(NO_BOOK)?;
        match event.kind {
            Action::BookAdded if book.place == Place::Nowhere => {
                book.place = Place::Shelf;
                Ok(())
            }
            Action::BookArchived => {
                book.place = Place::Archive;
                Ok(())
            }
            Action::BookRestored => {
                book.place = Place::Shelf;
                Ok(())
            }
            Action::BookDeleted => {
                book.place = Place::Gone;
                Ok(())
            }
            Action::BookChanged => {
                book.copies = book.recounts.pop_front().ok_or("nobody has changed it")?;
                if book.taken.len() <= book.copies { Ok(()) } else { Err("more copies than that are taken".into()) }
            }
            _ => Err("nobody does such things here".into()),
        }
    }

    /// A change of a book is possible at any time. Before any other event that takes or frees a copy, or changes the queue, a
    /// free copy goes to the next in the queue, and what has lapsed is noted.
    fn is_in_turn(&self, event: &Event) -> Result<(), String> {
        use Action::{
            BookAdded, BookChanged, BookCheckedOut, BookDueSoon, BookOverdue, BookRestored, ReservationLapsed,
            ReservationReady,
        };
        let book = self.books.get(&event.book.id).ok_or(NO_BOOK)?;
        if book.takes_from_another.is_some() != (event.kind == Action::ReservationDisplaced) {
            return Err("a copy was lent that is another reader's, or it was not".into());
        }
        if matches!(event.kind, BookAdded | BookChanged | BookRestored) {
            return Ok(());
        }
        let is_ready = |id| self.cards.get(&id).is_some_and(|card| card.status(event.time) == Status::Ready);
        let is_handed_over = event.kind == Action::BookLent && event.reservation.is_some_and(is_ready);
        let touches_no_copies = is_handed_over
            || matches!(
                event.kind,
                ReservationReady
                    | BookCheckedOut
                    | BookDueSoon
                    | BookOverdue
                    | Action::BookPutAside
                    | Action::PutAsideUndone
                    | Action::RenewalUndone
            );
        if !touches_no_copies && self.has_a_copy_for_the_next(book, event.time) {
            return Err("a copy is there, and the next of the queue should get it before that".into());
        }
        let has_lapsed = |id: &&ReservationId| self.cards[*id].status(event.time) == Status::Lapsed;
        match book.taken.iter().find(has_lapsed) {
            Some(id) if !matches!(event.kind, ReservationReady | ReservationLapsed | BookDueSoon | BookOverdue) => {
                Err(format!("{id} has lapsed, and nobody has taken note before that"))
            }
            _ => Ok(()),
        }
    }

    fn reserve(&mut self, id: ReservationId, event: &Event) -> Result<(), String> {
        let gets_a_copy = self.has_a_free_copy(self.books.get(&id.book).ok_or(NO_BOOK)?, event.time);
        let book = self.books.get_mut(&id.book).ok_or(NO_BOOK)?;
        book.reserved += 1;
        if self.cards.insert(id, Card::new(id.book, event.actor, book.reserved)).is_some() {
            return Err("that reservation has been made before".into());
        }
        book.queue.push(id);
        let place = (!gets_a_copy).then_some(book.queue.len() as u32);
        if event.place != place {
            return Err(
                place.map_or("it should have got a copy".into(), |place| format!("its place should be {place}"))
            );
        }
        if gets_a_copy { self.hand_on(id, event) } else { Ok(()) }
    }

    /// Gives a copy to the first in the queue who is not signed out.
    fn hand_on(&mut self, id: ReservationId, event: &Event) -> Result<(), String> {
        let book = self.books.get(&id.book).ok_or(NO_BOOK)?;
        if !book.has_a_copy_left() {
            return Err("no copy is left".into());
        }
        let place = book.queue.iter().position(|other| *other == id).ok_or("it is not in the queue")?;
        if !self.passes_over(&book.queue[..place], event.time) {
            return Err("it is not the next of the queue".into());
        }
        if self.absences.include(self.cards[&id].reader, event.time) {
            return Err(format!("its reader is signed out: {}", self.absences.shown(self.cards[&id].reader)));
        }
        let book = self.books.get_mut(&id.book).ok_or(NO_BOOK)?;
        book.taken.push(book.queue.remove(place));
        // A copy goes to the next reader in the same transaction, or to nobody.
        let passed_on = book.passes_on.take().filter(|passed| passed.event + 1 == event.id);
        self.is_about_its_reader(id, event)?;
        let until = end_of_day(event.time + 3 * DAY);
        self.set(id, Status::Ready, Some(until))?;
        if let Some(PassedOn { from, aside, .. }) = passed_on {
            let has_old_slip = aside.is_some_and(|at| at < event.time);
            self.cards.entry(id).and_modify(|card| (card.aside, card.has_old_slip) = (aside, has_old_slip));
            let from = self.cards.get_mut(&from).and_then(|card| card.undo.as_mut());
            from.into_iter().for_each(|undo| undo.promoted = Some((id, until)));
        }
        Ok(())
    }

    fn lapse(&mut self, id: ReservationId, event: &Event) -> Result<(), String> {
        match self.is_about_its_reader(id, event)?.status(event.time) {
            Status::Lapsed if self.books[&id.book].taken.contains(&id) => self.give_up(id, Status::Lapsed, event),
            status => Err(format!("it is {status:?}")),
        }
    }

    /// Tells a reader once that a loan is due soon.
    fn remind(&mut self, id: ReservationId, event: &Event) -> Result<(), String> {
        let card = self.is_about_its_reader(id, event)?;
        let is_time =
            card.status == Status::CheckedOut && card.is_over(event.time + 3 * DAY + MORNING) && !card.is_reminded;
        if !is_time {
            return Err(format!("it is too early or too late, or a second time: {card:?}"));
        }
        self.cards.entry(id).and_modify(|card| card.is_reminded = true);
        Ok(())
    }

    /// Records once that the due day of a loan has passed. Then it is too late for a reminder.
    fn note_overdue(&mut self, id: ReservationId, event: &Event) -> Result<(), String> {
        let card = self.is_about_its_reader(id, event)?;
        let day = |at: Timestamp| at.as_second().div_euclid(DAY.as_secs());
        let is_late = card.until.is_some_and(|until| day(until) < day(event.time));
        if card.status != Status::CheckedOut || !is_late || card.is_overdue {
            return Err(format!("it is not overdue, or that has been recorded before: {card:?}"));
        }
        self.cards.entry(id).and_modify(|card| (card.is_reminded, card.is_overdue) = (true, true));
        Ok(())
    }

    fn is_about_its_reader(&self, id: ReservationId, event: &Event) -> Result<&Card, String> {
        let card = self.cards.get(&id).ok_or(NO_RESERVATION)?;
        if card.reader == event.actor { Ok(card) } else { Err(format!("its reader is {}", card.reader)) }
    }

    /// Ends a reservation. A copy that was put aside stays there for the next reader.
    fn give_up(&mut self, id: ReservationId, how: Status, event: &Event) -> Result<(), String> {
        let card = self.cards.get(&id).ok_or(NO_RESERVATION)?;
        let (had_a_copy, aside) = (card.status == Status::Ready, card.aside);
        self.end(id, how)?;
        let book = self.books.get_mut(&id.book).ok_or(NO_BOOK)?;
        if had_a_copy && !book.queue.is_empty() {
            book.passes_on = Some(PassedOn { from: id, aside, event: event.id });
        }
        Ok(())
    }

    pub(super) fn end(&mut self, id: ReservationId, how: Status) -> Result<(), String> {
        let book = self.books.get_mut(&id.book).ok_or(NO_BOOK)?;
        book.taken.retain(|other| *other != id);
        book.queue.retain(|other| *other != id);
        self.set(id, how, None)
    }

    pub(super) fn set(&mut self, id: ReservationId, status: Status, until: Option<Timestamp>) -> Result<(), String> {
        let card = self.cards.get_mut(&id).ok_or(NO_RESERVATION)?;
        (card.status, card.until) = (status, until);
        (card.is_reminded, card.is_overdue, card.aside, card.has_old_slip) = (false, false, None, false);
        card.undo = None;
        Ok(())
    }
}

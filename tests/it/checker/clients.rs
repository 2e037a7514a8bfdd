//! Clients, which choose their commands at random.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use jiff::Timestamp;
use shared::tables::library::lending::Status;
use shared::values::{BookId, ReservationId, UserId};
use tests::Person;

use super::accounts::Standing;
use super::answers::Outcome;
use super::chance::Chance;
use super::desk::{Desk, Known, id_of};
use super::model::Command;

/// One request and its answer.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    pub(super) who: UserId,
    pub(super) command: Command,
    /// The library's time.
    pub(super) at: Timestamp,
    /// The moments of the request and of the answer, as the desk counts them.
    pub(super) sent: usize,
    pub(super) answered: usize,
    pub(super) outcome: Outcome,
}

impl Operation {
    pub(super) fn is_unclear(&self) -> bool {
        matches!(self.outcome, Outcome::Unclear(_))
    }
}

impl Desk {
    /// Sends so many commands, one after the other. Stops if any answer is an error.
    pub(super) async fn client(&self, number: usize, chance: &mut Chance, operations: usize) -> Vec<Operation> {
        let mut done = Vec::new();
        for _ in 0..operations {
            if self.is_broken() {
                break;
            }
            match self.choose(number, chance) {
                Some((person, command)) => done.push(self.ask(person, command).await),
                None => self.change_any_account(chance).await,
            }
        }
        done
    }

    /// Chooses a command that mostly makes sense, and who sends it. `None` is a change of an account.
    fn choose(&self, number: usize, chance: &mut Chance) -> Option<(&Person, Command)> {
        Some(match chance.weighted(&self.mood) {
            0 => self.any_book(number, chance),
            1 => self.any_reservation(Command::Cancel, &[Status::Waiting, Status::Ready], chance),
            2 => self.any_reservation(Command::CheckOut, &[Status::Waiting, Status::Ready], chance),
            3 => self.any_reservation(Command::Return, &[Status::CheckedOut], chance),
            4 => self.any_reservation(Command::Renew, &[Status::CheckedOut], chance),
            5 => self.any_shelf(Command::Archive, chance),
            6 => self.any_shelf(Command::Restore, chance),
            7 => self.any_shelf(Command::Delete, chance),
            9 => self.any_loan(number, chance),
            10 => self.any_return(chance),
            11 => self.any_reservation(Command::Lose, &[Status::CheckedOut], chance),
            12 => self.anything_undone(chance),
            _ => return None,
        })
    }

    /// A client mostly acts for its own reader, sometimes for another's, who then reserves twice at once. Some books are
    /// wanted more than others.
    fn any_book(&self, number: usize, chance: &mut Chance) -> (&Person, Command) {
        let reader = if chance.once_in(5) { chance.below(self.readers.len()) } else { number };
        let some = if chance.once_in(2) { self.books.len() } else { 1 + chance.below(self.books.len()) };
        let book = if chance.once_in(50) { nobodys_book(chance) } else { self.books[chance.below(some)] };
        (&self.readers[reader], Command::Reserve(book))
    }

    /// The desk lends to any reader. Some books are wanted more than others.
    fn any_loan(&self, number: usize, chance: &mut Chance) -> (&Person, Command) {
        let to = if chance.once_in(2) { number } else { chance.below(self.readers.len()) };
        let (_, reserved) = self.any_book(number, chance);
        let command = Command::Lend { book: reserved.book(), to: id_of(&self.readers[to]), despite: chance.once_in(3) };
        let person = if chance.once_in(10) { &self.readers[number] } else { self.any_librarian(chance) };
        (person, command)
    }

    /// Mostly what is out comes back, sometimes another book; mostly the reader is not named.
    fn any_return(&self, chance: &mut Chance) -> (&Person, Command) {
        let out: Vec<_> = self.known().iter().filter(|known| known.status == Status::CheckedOut).copied().collect();
        let any = chance.once_in(5) || out.is_empty();
        let found = if any { None } else { Some(out[chance.below(out.len())]) };
        let book = found.map_or_else(|| self.books[chance.below(self.books.len())], |known| known.id.book);
        let reader = found.map_or_else(|| id_of(&self.readers[chance.below(self.readers.len())]), |known| known.reader);
        let command = Command::TakeBack { book, from: chance.once_in(2).then_some(reader) };
        (self.any_librarian(chance), command)
    }

    /// Of each reservation something is undone once: a repetition succeeds as well, and leaves no event.
    fn anything_undone(&self, chance: &mut Chance) -> (&Person, Command) {
        let recent = |known: &&Known| matches!(known.status, Status::Ready | Status::CheckedOut | Status::Returned);
        let found: Vec<_> = self.known().iter().filter(recent).map(|known| known.id).collect();
        let last = found.iter().rev().take(6).copied().collect::<Vec<_>>();
        let id = last.get(chance.below(6)).copied().filter(|id| self.is_undone_first(*id));
        let id = id.unwrap_or_else(|| nobodys_reservation(self.books[0], chance));
        (self.any_librarian(chance), Command::Undo(id))
    }

    fn any_reservation(
        &self,
        command: fn(ReservationId) -> Command,
        from: &[Status],
        chance: &mut Chance,
    ) -> (&Person, Command) {
        let anyone = &self.readers[chance.below(self.readers.len())];
        let any = chance.once_in(6);
        let known = self.known();
        let fitting: Vec<_> = known.iter().filter(|known| any || from.contains(&known.status)).collect();
        if fitting.is_empty() || chance.once_in(50) {
            let command = command(nobodys_reservation(self.books[0], chance));
            return (if matches!(command, Command::Cancel(_)) { anyone } else { &self.librarian }, command);
        }
        let Known { id, reader, .. } = *fitting[chance.below(fitting.len())];
        let command = command(id);
        let is_for_librarians = matches!(command, Command::CheckOut(_) | Command::Return(_) | Command::Lose(_));
        if is_for_librarians && chance.once_in(10) {
            return (anyone, command);
        }
        if is_for_librarians || chance.once_in(5) {
            return (self.any_librarian(chance), command);
        }
        let theirs = self.readers.iter().find(|person| id_of(person) == reader);
        (theirs.filter(|_| !chance.once_in(10)).unwrap_or(anyone), command)
    }

    /// The books belong to the librarian. Those that may be in the archive are chosen more often to be restored.
    fn any_shelf(&self, command: fn(BookId) -> Command, chance: &mut Chance) -> (&Person, Command) {
        let person = if chance.once_in(10) {
            &self.readers[chance.below(self.readers.len())]
        } else {
            self.any_librarian(chance)
        };
        let archived = self.archived();
        let book = self.books[chance.below(self.books.len())];
        match command(book) {
            Command::Restore(_) if !archived.is_empty() && !chance.once_in(5) => {
                (person, command(archived[chance.below(archived.len())]))
            }
            command => (person, command),
        }
    }

    /// Returns the permanent librarian, or a reader who has become one.
    fn any_librarian(&self, chance: &mut Chance) -> &Person {
        let is_one = |person: &&Person| self.standing(person) == Standing::Librarian;
        let promoted: Vec<_> = self.readers.iter().filter(is_one).collect();
        if promoted.is_empty() || chance.once_in(2) {
            return &self.librarian;
        }
        promoted[chance.below(promoted.len())]
    }

    /// Makes a reader a librarian, or a librarian a reader; or disables or deletes an account.
    async fn change_any_account(&self, chance: &mut Chance) {
        let reader = &self.readers[chance.below(self.readers.len())];
        let deletes = chance.once_in(2);
        match (chance.below(4), self.standing(reader)) {
            (0, _) => self.change(reader, Standing::SignedOut, deletes).await,
            (_, Standing::Reader) => self.change(reader, Standing::Librarian, false).await,
            (_, Standing::Librarian) => self.change(reader, Standing::Reader, false).await,
            (_, Standing::SignedOut) => {}
        }
    }
}

fn nobodys_book(chance: &mut Chance) -> BookId {
    u128::from(chance.next()).to_be_bytes().into()
}

fn nobodys_reservation(of: BookId, chance: &mut Chance) -> ReservationId {
    let own = u128::from(chance.next()).to_be_bytes();
    BASE64.encode([*of.as_bytes(), own].concat()).parse().expect("a reservation's id")
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Operation { who, command, sent, answered, outcome, .. } = self;
        write!(f, "{who} asked at {sent} to {command}, and was told at {answered}: ")?;
        match outcome {
            Outcome::Done(Some(shown)) => write!(f, "{:?} {} place {:?}", shown.status, shown.id, shown.place),
            outcome => write!(f, "{outcome:?}"),
        }
    }
}

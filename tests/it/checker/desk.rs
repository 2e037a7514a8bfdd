//! The desk: what all clients share. It sends their commands and writes down the answers.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::json;
use shared::tables::library::lending::{Reservation, Status};
use shared::values::{BookId, ReservationId, UserId};
use tests::{Person, Request};

use super::accounts::{Change, Standing};
use super::answers::Outcome;
use super::clients::Operation;
use super::model::Command;
use super::refusals::Refusal;

pub(super) struct Desk {
    pub(super) books: Vec<BookId>,
    pub(super) readers: Vec<Person>,
    pub(super) librarian: Person,
    pub(super) now: Timestamp,
    /// How often clients choose each command.
    pub(super) mood: super::Mood,
    /// The standings of the readers who are not plain readers; `None` while an account is being changed.
    standings: Mutex<HashMap<UserId, Option<Standing>>>,
    changes: Mutex<Vec<Change>>,
    ticks: AtomicUsize,
    known: Mutex<Vec<Known>>,
    archived: Mutex<Vec<BookId>>,
    /// The reservations of which something has been undone, or may have been.
    undone: Mutex<HashSet<ReservationId>>,
    is_broken: AtomicBool,
}

/// A reservation that an answer has shown, with the last status that was shown.
#[derive(Clone, Copy)]
pub(super) struct Known {
    pub(super) id: ReservationId,
    pub(super) reader: UserId,
    pub(super) status: Status,
}

impl Desk {
    pub(super) fn new(books: Vec<BookId>, readers: Vec<Person>, librarian: Person, now: Timestamp) -> Self {
        Desk {
            books,
            readers,
            librarian,
            now,
            mood: super::RUSH,
            standings: Mutex::default(),
            changes: Mutex::default(),
            ticks: AtomicUsize::default(),
            known: Mutex::default(),
            archived: Mutex::default(),
            undone: Mutex::default(),
            is_broken: AtomicBool::default(),
        }
    }

    /// Sends a command and writes the answer down.
    pub(super) async fn ask(&self, person: &Person, command: Command) -> Operation {
        let sent = self.tick();
        let answer = request(person, command).await;
        let answered = self.tick();
        let outcome = Outcome::of(&answer, command);
        self.remember(command, &outcome);
        if outcome.is_broken() {
            // Whatever comes after it is no fault of its own.
            eprintln!("{command:?} was answered with {answer:?}");
            self.is_broken.store(true, Ordering::SeqCst);
        }
        Operation { who: id_of(person), command, at: self.now, sent, answered, outcome }
    }

    /// Changes the standing of a reader. Does nothing while another client changes it, or if the reader is signed out.
    pub(super) async fn change(&self, reader: &Person, to: Standing, deletes: bool) {
        let who = id_of(reader);
        let before = lock(&self.standings).insert(who, None).unwrap_or(Some(Standing::Reader));
        if matches!(before, Some(Standing::Reader | Standing::Librarian)) && before != Some(to) {
            let sent = self.tick();
            if self.insist(reader, to, deletes).await {
                let change = Change { who, to, deletes, at: self.now, sent, answered: self.tick() };
                lock(&self.changes).push(change);
                lock(&self.standings).insert(who, Some(to));
            } else {
                lock(&self.standings).insert(who, before);
            }
        } else if before.is_some() {
            lock(&self.standings).insert(who, before);
        }
    }

    /// Sends the change until the answer says that it has happened. Returns false if it cannot happen: who has books at home
    /// is not deleted.
    async fn insist(&self, reader: &Person, to: Standing, deletes: bool) -> bool {
        let path = format!("/users/{}", reader.id);
        let mut is_sent_again = false;
        while !self.is_broken() {
            let answer = match to {
                _ if deletes => self.librarian.delete(&path).await,
                Standing::Reader => self.librarian.patch(&path, json!({"role": "member"})).await,
                Standing::Librarian => self.librarian.patch(&path, json!({"role": "admin"})).await,
                Standing::SignedOut => self.librarian.patch(&path, json!({"disabled": true})).await,
            };
            match answer.status {
                200 | 204 => return true,
                404 if deletes && is_sent_again => return true,
                409 if answer.string("code") == "books-at-home" => return false,
                503 => is_sent_again = true,
                500 if answer.header("x-request-id").is_empty() => is_sent_again = true,
                409 if deletes => {}
                _ => panic!("{to:?} was answered with {answer:?}"),
            }
        }
        true
    }

    /// Replaces a signed-out reader: by the same one, signed in again, or by a new one.
    pub(super) fn readmit(&mut self, number: usize, person: Person) {
        let who = id_of(&person);
        if id_of(&self.readers[number]) == who {
            let (sent, answered) = (self.tick(), self.tick());
            let change = Change { who, to: Standing::Reader, deletes: false, at: self.now, sent, answered };
            lock(&self.changes).push(change);
            lock(&self.standings).insert(who, Some(Standing::Reader));
        }
        self.readers[number] = person;
    }

    /// Returns the standing of a reader; while it is being changed, that of a plain reader.
    pub(super) fn standing(&self, person: &Person) -> Standing {
        lock(&self.standings).get(&id_of(person)).copied().flatten().unwrap_or(Standing::Reader)
    }

    /// Returns all changes of accounts.
    pub(super) fn changes(&self) -> Vec<Change> {
        lock(&self.changes).clone()
    }

    /// Whether the account of that reader has been deleted.
    pub(super) fn is_deleted(&self, person: &Person) -> bool {
        lock(&self.changes).iter().any(|change| change.deletes && change.who == id_of(person))
    }

    /// Returns how many moments have been counted.
    pub(super) fn moments(&self) -> usize {
        self.ticks.load(Ordering::SeqCst)
    }

    /// Whether any answer was an error that no load explains.
    pub(super) fn is_broken(&self) -> bool {
        self.is_broken.load(Ordering::SeqCst)
    }

    /// Returns the reservations that answers have shown.
    pub(super) fn known(&self) -> MutexGuard<'_, Vec<Known>> {
        lock(&self.known)
    }

    /// Returns the books that may be in the archive.
    pub(super) fn archived(&self) -> Vec<BookId> {
        lock(&self.archived).clone()
    }

    /// Returns whether nothing of that reservation has been undone. The next time, it has been.
    pub(super) fn is_undone_first(&self, id: ReservationId) -> bool {
        lock(&self.undone).insert(id)
    }

    /// Counts the requests and answers of all clients, in their order.
    fn tick(&self) -> usize {
        self.ticks.fetch_add(1, Ordering::SeqCst)
    }

    fn remember(&self, command: Command, outcome: &Outcome) {
        let mut all = self.known();
        match (command, outcome) {
            (_, Outcome::Done(Some(shown))) => {
                let Reservation { id, reader, status, .. } = *shown;
                match all.iter_mut().find(|known| known.id == id) {
                    Some(known) => known.status = status,
                    None => all.push(Known { id, reader, status }),
                }
            }
            (Command::Cancel(id), Outcome::Done(None) | Outcome::Refused(Refusal::NotThere)) => {
                all.iter_mut().filter(|known| known.id == id).for_each(|known| known.status = Status::Cancelled);
            }
            (
                Command::CheckOut(id) | Command::Return(id) | Command::Renew(id),
                Outcome::Refused(Refusal::Is(status)),
            ) => {
                all.iter_mut().filter(|known| known.id == id).for_each(|known| known.status = *status);
            }
            (Command::Archive(book), Outcome::Done(_) | Outcome::Unclear(_)) => {
                lock(&self.archived).push(book);
            }
            (Command::Restore(book), Outcome::Done(_) | Outcome::Refused(_)) => {
                lock(&self.archived).retain(|archived| *archived != book);
            }
            _ => {}
        }
    }
}

pub(super) fn id_of(person: &Person) -> UserId {
    person.id.parse().expect("a user's id")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn request(person: &Person, command: Command) -> Request {
    let post = |path: String| person.ask(reqwest::Method::POST, &path);
    match command {
        Command::Reserve(book) => person.reserves(&book.to_string()),
        Command::Cancel(id) => person.cancels(&id.to_string()),
        Command::CheckOut(id) => person.steps(&id.to_string(), "checkout"),
        Command::Return(id) => person.steps(&id.to_string(), "return"),
        Command::Renew(id) => person.steps(&id.to_string(), "renew"),
        Command::Archive(book) => post(format!("/books/{book}/archive")),
        Command::Restore(book) => post(format!("/archive/books/{book}/restore")),
        Command::Delete(book) => person.delete(&format!("/books/{book}")),
        Command::Lend { book, to, despite } => {
            let every: &[&str] = if despite { &["others-wait", "limit", "blocked", "not-approved"] } else { &[] };
            person.post("/loans", json!({"reader": to, "book": book, "despite": every}))
        }
        Command::TakeBack { book, from: Some(reader) } => {
            person.post("/returns", json!({"book": book, "reader": reader}))
        }
        Command::TakeBack { book, from: None } => person.takes_back(&book.to_string()),
        Command::PutAside(id) => person.steps(&id.to_string(), "put-aside"),
        Command::Lose(id) => person.steps(&id.to_string(), "lost"),
        Command::Undo(id) => person.steps(&id.to_string(), "undo"),
    }
}

//! Clients who do as they please, and write down what they asked for and what they were told.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use jiff::Timestamp;
use shared::tables::library::lending::{Reservation, Status};
use shared::values::{BookId, ReservationId, UserId};
use tests::{Answer, Person, Request};

use super::chance::Chance;
use super::model::{Refusal, Wish};

/// One request and its answer.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    pub(super) who: UserId,
    pub(super) wish: Wish,
    /// The library's time.
    pub(super) at: Timestamp,
    /// The sendings and the answers of all clients, counted in their order.
    pub(super) sent: usize,
    pub(super) answered: usize,
    pub(super) outcome: Outcome,
}

#[derive(Debug, Clone)]
pub(super) enum Outcome {
    Done(Option<Reservation>),
    Refused(Refusal),
    /// Busy, or an error: it has happened, or happens yet, or never will.
    Unclear(u16),
}

/// Where all clients meet.
pub(super) struct Desk {
    pub(super) books: Vec<BookId>,
    pub(super) readers: Vec<Person>,
    pub(super) librarian: Person,
    pub(super) now: Timestamp,
    /// How often clients reserve, cancel, collect, bring back and renew.
    pub(super) mood: [usize; 5],
    ticks: AtomicUsize,
    known: Mutex<Vec<Known>>,
    is_broken: AtomicBool,
}

/// A reservation that somebody has been told of, and what they were told last.
#[derive(Clone, Copy)]
struct Known {
    id: ReservationId,
    reader: UserId,
    status: Status,
}

impl Desk {
    pub(super) fn new(books: Vec<BookId>, readers: Vec<Person>, librarian: Person, now: Timestamp) -> Self {
        let (ticks, known, is_broken) = (AtomicUsize::default(), Mutex::default(), AtomicBool::default());
        Desk { books, readers, librarian, now, mood: [1; 5], ticks, known, is_broken }
    }

    /// Asks for so many things, one after the other; for no more once anybody has met an error.
    pub(super) async fn client(&self, number: usize, chance: &mut Chance, operations: usize) -> Vec<Operation> {
        let mut done = Vec::new();
        for _ in 0..operations {
            if self.is_broken.load(Ordering::SeqCst) {
                break;
            }
            let (person, wish) = self.idea(number, chance);
            let sent = self.ticks.fetch_add(1, Ordering::SeqCst);
            let answer = request(person, wish).await;
            let answered = self.ticks.fetch_add(1, Ordering::SeqCst);
            let outcome = Outcome::of(&answer, wish);
            self.remember(wish, &outcome);
            if matches!(outcome, Outcome::Unclear(status) if status != 503) {
                self.is_broken.store(true, Ordering::SeqCst);
            }
            done.push(Operation { who: id_of(person), wish, at: self.now, sent, answered, outcome });
        }
        done
    }

    /// Something to ask for, and who asks. Mostly it is sensible.
    fn idea(&self, number: usize, chance: &mut Chance) -> (&Person, Wish) {
        match chance.weighted(&self.mood) {
            0 => self.any_book(number, chance),
            1 => self.any_reservation(Wish::Cancel, &[Status::Waiting, Status::Ready], chance),
            2 => self.any_reservation(Wish::CheckOut, &[Status::Waiting, Status::Ready], chance),
            3 => self.any_reservation(Wish::Return, &[Status::CheckedOut], chance),
            _ => self.any_reservation(Wish::Renew, &[Status::CheckedOut], chance),
        }
    }

    /// A reader has a client of their own, and now and then uses another's, so that they reserve two things at once. Some
    /// books are wanted more than others.
    fn any_book(&self, number: usize, chance: &mut Chance) -> (&Person, Wish) {
        let reader = if chance.once_in(5) { chance.below(self.readers.len()) } else { number };
        let some = if chance.once_in(2) { self.books.len() } else { 1 + chance.below(self.books.len()) };
        let book = if chance.once_in(50) { nobodys_book(chance) } else { self.books[chance.below(some)] };
        (&self.readers[reader], Wish::Reserve(book))
    }

    fn any_reservation(
        &self,
        wish: fn(ReservationId) -> Wish,
        from: &[Status],
        chance: &mut Chance,
    ) -> (&Person, Wish) {
        let anyone = &self.readers[chance.below(self.readers.len())];
        let any = chance.once_in(6);
        let known = self.known();
        let fitting: Vec<_> = known.iter().filter(|known| any || from.contains(&known.status)).collect();
        if fitting.is_empty() || chance.once_in(50) {
            let wish = wish(nobodys_reservation(self.books[0], chance));
            return (if matches!(wish, Wish::Cancel(_)) { anyone } else { &self.librarian }, wish);
        }
        let Known { id, reader, .. } = *fitting[chance.below(fitting.len())];
        let wish = wish(id);
        let is_the_librarians = matches!(wish, Wish::CheckOut(_) | Wish::Return(_));
        if is_the_librarians || chance.once_in(5) {
            return (&self.librarian, wish);
        }
        let theirs = self.readers.iter().find(|person| id_of(person) == reader);
        (theirs.filter(|_| !chance.once_in(10)).unwrap_or(anyone), wish)
    }

    fn remember(&self, wish: Wish, outcome: &Outcome) {
        let mut all = self.known();
        match (wish, outcome) {
            (_, Outcome::Done(Some(shown))) => {
                let Reservation { id, reader, status, .. } = *shown;
                match all.iter_mut().find(|known| known.id == id) {
                    Some(known) => known.status = status,
                    None => all.push(Known { id, reader, status }),
                }
            }
            (Wish::Cancel(id), Outcome::Done(None) | Outcome::Refused(Refusal::NotThere)) => {
                all.iter_mut().filter(|known| known.id == id).for_each(|known| known.status = Status::Cancelled);
            }
            (Wish::CheckOut(id) | Wish::Return(id) | Wish::Renew(id), Outcome::Refused(Refusal::Is(status))) => {
                all.iter_mut().filter(|known| known.id == id).for_each(|known| known.status = *status);
            }
            _ => {}
        }
    }

    fn known(&self) -> MutexGuard<'_, Vec<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn id_of(person: &Person) -> UserId {
    person.id.parse().expect("a user's id")
}

fn nobodys_book(chance: &mut Chance) -> BookId {
    u128::from(chance.next()).to_be_bytes().into()
}

fn nobodys_reservation(of: BookId, chance: &mut Chance) -> ReservationId {
    let own = u128::from(chance.next()).to_be_bytes();
    BASE64.encode([*of.as_bytes(), own].concat()).parse().expect("a reservation's id")
}

fn request(person: &Person, wish: Wish) -> Request {
    match wish {
        Wish::Reserve(book) => person.reserves(&book.to_string()),
        Wish::Cancel(id) => person.cancels(&id.to_string()),
        Wish::CheckOut(id) => person.steps(&id.to_string(), "checkout"),
        Wish::Return(id) => person.steps(&id.to_string(), "return"),
        Wish::Renew(id) => person.steps(&id.to_string(), "renew"),
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Operation { who, wish, sent, answered, outcome, .. } = self;
        write!(f, "{who} asked at {sent} to {wish}, and was told at {answered}: ")?;
        match outcome {
            Outcome::Done(Some(shown)) => write!(f, "{:?} {} place {:?}", shown.status, shown.id, shown.place),
            outcome => write!(f, "{outcome:?}"),
        }
    }
}

impl Outcome {
    /// What an answer says.
    fn of(answer: &Answer, wish: Wish) -> Outcome {
        let reservation = || serde_json::from_str::<Reservation>(&answer.text).expect("a reservation");
        match (wish, answer.status) {
            (Wish::Reserve(_), 201 | 202) => {
                let shown = reservation();
                let expected = if answer.status == 201 { Status::Ready } else { Status::Waiting };
                assert_eq!(shown.status, expected, "{answer:?}");
                Outcome::Done(Some(shown))
            }
            (Wish::Cancel(_), 204) => Outcome::Done(None),
            (Wish::CheckOut(_) | Wish::Return(_) | Wish::Renew(_), 200) => Outcome::Done(Some(reservation())),
            (_, 404) => Outcome::Refused(Refusal::NotThere),
            (_, 409) => Outcome::Refused(reason(&answer.clone().problem(409, "conflict").string("detail"))),
            (_, 500..) => Outcome::Unclear(answer.status),
            _ => panic!("{wish:?} was answered with {answer:?}"),
        }
    }
}

fn reason(sentence: &str) -> Refusal {
    match sentence {
        "You have reserved or borrowed this book already." => Refusal::HasItAlready,
        "You have ten reservations: more are not possible at once." => Refusal::HasTen,
        "Others wait for this book." => Refusal::OthersWait,
        "Others are first: no copy is there for this reservation yet." => Refusal::Is(Status::Waiting),
        "The copy waits and has not been collected." => Refusal::Is(Status::Ready),
        "The copy is out: it has to be brought back." => Refusal::Is(Status::CheckedOut),
        "The copy is back already." => Refusal::Is(Status::Returned),
        "This reservation has been cancelled." => Refusal::Is(Status::Cancelled),
        "This reservation has lapsed: the copy was not collected in time." => Refusal::Is(Status::Lapsed),
        _ => panic!("nobody is refused with {sentence:?}"),
    }
}

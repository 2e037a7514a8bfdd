//! Refusals at the desk, with the names of the readers that they are about.

use std::collections::HashMap;

use shared::edge::details::{Candidate, Details, Reason};
use shared::edge::error::{Error, Result};
use shared::edge::refusals::{Conflict, KeyReused, NotFound};
use shared::tables::library::lending::Reservation;
use shared::tables::library::lending::lend::{Despite, NotLent};
use shared::tables::library::lending::take_back::NotTaken;
use shared::tables::sessions::{Person, Sessions};
use shared::values::UserId;

/// People by their ids.
pub(crate) struct People(HashMap<UserId, Person>);

impl People {
    /// Reads who the readers are. Nothing is read for nobody.
    ///
    /// # Errors
    /// A fault of the table.
    pub(crate) async fn of(sessions: &Sessions, readers: impl IntoIterator<Item = UserId>) -> Result<Self> {
        let mut readers: Vec<_> = readers.into_iter().collect();
        readers.truncate(100);
        Ok(People(if readers.is_empty() { HashMap::new() } else { sessions.people(&readers).await? }))
    }

    /// Returns a person, by name if there is one.
    pub(crate) fn get(&self, id: UserId) -> Person {
        self.0.get(&id).cloned().unwrap_or_else(|| Person::nameless(id))
    }

    fn candidates(&self, reservations: Vec<Reservation>) -> Vec<Candidate> {
        let candidate = |reservation: Reservation| Candidate { person: self.get(reservation.reader), reservation };
        reservations.into_iter().map(candidate).collect()
    }
}

/// Returns the error of a loan that was refused.
pub(crate) async fn not_lent(why: NotLent, sessions: &Sessions) -> Error {
    let (conflict, reservations) = match why {
        NotLent::NoSuchBook => return NotFound::Book.into(),
        NotLent::NoSuchReader => return NotFound::User.into(),
        NotLent::KeyReused => return KeyReused::Key.into(),
        NotLent::Archived => return Conflict::BookArchived.into(),
        NotLent::Disabled => return Conflict::ReaderDisabled.into(),
        NotLent::AlreadyHeld(own) => {
            let details = Details { reservation: Some(*own), ..Details::default() };
            return Error::Detailed(Conflict::AlreadyHeld.refusal(), Box::new(details));
        }
        NotLent::NoCopyFree(out) => (Conflict::NoCopyFree, out),
        NotLent::AllAside(promised) => (Conflict::AllAside, promised),
        NotLent::Reasons(reasons) => return all(reasons, sessions).await,
    };
    choice(conflict, reservations, sessions).await
}

/// Returns the error of a copy that was not taken back.
pub(crate) async fn not_taken(why: NotTaken, sessions: &Sessions) -> Error {
    match why {
        NotTaken::NoSuchBook => NotFound::Book.into(),
        NotTaken::KeyReused => KeyReused::Key.into(),
        NotTaken::Ambiguous(loans) => choice(Conflict::Ambiguous, loans, sessions).await,
        NotTaken::NotThisReader(loans) => choice(Conflict::NotThisReader, loans, sessions).await,
    }
}

async fn choice(conflict: Conflict, reservations: Vec<Reservation>, sessions: &Sessions) -> Error {
    match People::of(sessions, reservations.iter().map(|reservation| reservation.reader)).await {
        Ok(people) => {
            let candidates = people.candidates(reservations);
            Error::Detailed(conflict.refusal(), Box::new(Details { candidates, ..Details::default() }))
        }
        Err(error) => error,
    }
}

async fn all(reasons: Vec<shared::tables::library::lending::lend::Reason>, sessions: &Sessions) -> Error {
    let promised: Vec<Reservation> = reasons.iter().flat_map(|reason| reason.promised.clone()).collect();
    let people = match People::of(sessions, promised.iter().map(|ready| ready.reader)).await {
        Ok(people) => people,
        Err(error) => return error,
    };
    let refusals = reasons.iter().map(|reason| conflict(reason.despite).refusal()).collect::<Vec<_>>();
    let named = reasons.iter().zip(&refusals).map(|(reason, refusal)| Reason {
        readers: reason.promised.iter().map(|ready| people.get(ready.reader)).collect(),
        waited_until: reason.waited_until,
        ..Reason::of(*refusal)
    });
    let details = Details { reasons: named.collect(), candidates: people.candidates(promised), reservation: None };
    Error::Detailed(refusals[0], Box::new(details))
}

/// Returns the refusal of a reason. Its code is the word that passes it over.
fn conflict(despite: Despite) -> Conflict {
    match despite {
        Despite::OthersWait => Conflict::OthersWait,
        Despite::Limit => Conflict::Limit,
        Despite::Blocked => Conflict::Blocked,
        Despite::NotApproved => Conflict::NotApproved,
        Despite::NoRenewalsLeft => Conflict::NoRenewalsLeft,
    }
}

//! A person who uses the library in every way, one request after the other.
//!
//! Nobody else writes what a person writes, so the person knows at any time what the library must show, or may show.

use std::sync::Arc;
use std::time::{Duration, Instant};

use fastrand::Rng;
use serde_json::json;
use tests::Person;

use super::account::Account;
use super::cell::Cell;
use super::ledger::{Got, Ledger};

/// How long an index or an eventually consistent read may show what was.
pub(crate) const LAG: Duration = Duration::from_secs(3);

/// Where a book is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Catalogue,
    Archive,
    Nowhere,
}

/// A book that the person has added.
pub(crate) struct Book {
    pub(crate) id: String,
    /// The word that only its title has.
    pub(crate) mark: String,
    /// The number behind the word.
    pub(crate) title: Cell<u32>,
    pub(crate) place: Cell<Place>,
    pub(super) changed: Instant,
}

/// What the person has of a book that many borrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loan {
    Nothing,
    Reserved,
    Out,
}

/// A book that many borrow, as this person knows it.
pub(crate) struct Shared {
    pub(crate) id: String,
    pub(crate) favorite: Cell<bool>,
    pub(crate) loan: Cell<Loan>,
    pub(super) changed: Instant,
}

/// The person.
pub(crate) struct Caller {
    pub(crate) me: Account,
    /// A librarian who serves the person.
    pub(crate) staff: Account,
    /// An account that the librarian disables and enables.
    pub(crate) ward: Account,
    pub(crate) is_disabled: Cell<bool>,
    pub(crate) first_name: Cell<String>,
    /// The addresses of those who have registered since the last rest.
    pub(crate) newcomers: Vec<String>,
    pub(crate) books: Vec<Book>,
    /// The marks of books that may have been added: their requests had no answer.
    pub(crate) lost: Vec<String>,
    pub(crate) shared: Vec<Shared>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) chance: Rng,
    pub(super) number: usize,
    count: u32,
}

/// The accounts of a person.
pub(crate) struct Accounts {
    pub(crate) me: Person,
    pub(crate) staff: Person,
    pub(crate) ward: Person,
}

impl Caller {
    pub(crate) fn new(accounts: Accounts, number: usize, seed: u64, shared: &[String], ledger: &Arc<Ledger>) -> Self {
        let Accounts { me, staff, ward } = accounts;
        // A reader may have ten books.
        let of_mine = (0..shared.len().min(6)).map(|step| &shared[(number * 3 + step) % shared.len()]);
        let one = |id: &String| Shared {
            id: id.clone(),
            favorite: Cell::new(false),
            loan: Cell::new(Loan::Nothing),
            changed: Instant::now(),
        };
        Caller {
            me: Account::of(me),
            staff: Account::of(staff),
            ward: Account::of(ward),
            is_disabled: Cell::new(false),
            first_name: Cell::new(String::new()),
            newcomers: Vec::new(),
            books: Vec::new(),
            lost: Vec::new(),
            shared: of_mine.map(one).collect(),
            ledger: Arc::clone(ledger),
            chance: Rng::with_seed(seed ^ ((number as u64 + 1) << 32)),
            number,
            count: 0,
        }
    }

    /// Does one thing.
    pub(crate) async fn step(&mut self) {
        match self.chance.u32(..100) {
            ..10 => self.adds_a_book().await,
            10..20 => self.changes_a_book().await,
            20..30 => self.moves_a_book().await,
            30..36 => self.reads_a_book().await,
            36..50 => self.likes_or_not().await,
            50..58 => self.reserves().await,
            58..62 => self.cancels().await,
            62..70 => self.borrows().await,
            70..78 => self.returns().await,
            78..84 => self.searches().await,
            84..86 => self.me.refresh(&self.ledger).await,
            86..88 => self.me.sign_out(&self.ledger).await,
            88 => self.me.change_password(&self.ledger).await,
            89..91 => self.changes_the_name().await,
            91 => self.ward.guess(&self.ledger).await,
            92 => self.brings_somebody().await,
            93..95 => self.disables_or_not().await,
            _ => self.intrudes().await,
        }
    }

    /// Returns 1, 2, 3, …
    pub(super) fn next(&mut self) -> u32 {
        self.count += 1;
        self.count
    }

    /// Returns an Idempotency-Key.
    pub(super) fn key(&mut self, what: &str) -> String {
        let count = self.next();
        format!("{what} {} {count}", self.number)
    }

    async fn brings_somebody(&mut self) {
        let count = self.next();
        let email = format!("newcomer-{count}-of-{}", self.me.person.email);
        if self.me.bring(&self.ledger, &email).await {
            self.newcomers.push(email);
        }
    }

    async fn likes_or_not(&mut self) {
        let Some(shared) = self.chance.choice(&mut self.shared) else { return };
        let (path, likes) = (format!("/favorites/{}", shared.id), self.chance.bool());
        let (what, action) =
            if likes { ("add a favorite", "favorite.added") } else { ("remove a favorite", "favorite.removed") };
        let request = |person: &Person| if likes { person.post(&path, json!({})) } else { person.delete(&path) };
        match self.me.ask(&self.ledger, what, request).await {
            Got::Done(answer) => {
                let (was, is_new) = (&shared.favorite, likes && answer.status == 201);
                if likes && was.is_only(&is_new) {
                    self.ledger.wrong(format!("{what}: {} was {was:?}: {}", shared.id, answer.status));
                }
                // To remove a book that is no favorite succeeds, too. The journal gets no row of it.
                if is_new || !likes && was.is_only(&true) {
                    self.ledger.did(self.me.id(), action);
                } else if !likes && was.may_be(&true) {
                    self.ledger.may_have_done(self.me.id(), action);
                }
                shared.favorite.set(likes);
            }
            Got::Refused(code) => self.ledger.wrong(format!("{what}: told {code}")),
            Got::Unclear => {
                self.ledger.may_have_done(self.me.id(), action);
                shared.favorite.maybe(likes);
            }
        }
    }

    async fn changes_the_name(&mut self) {
        let name = format!("Name{}", self.next());
        let body = json!({"firstName": name});
        match self.me.ask(&self.ledger, "change the name", |person| person.patch("/users/me", body.clone())).await {
            Got::Done(_) => {
                self.ledger.did(self.me.id(), "user.changed");
                self.first_name.set(name);
            }
            Got::Refused(code) => self.ledger.wrong(format!("change the name: told {code}")),
            Got::Unclear => {
                self.ledger.may_have_done(self.me.id(), "user.changed");
                self.first_name.maybe(name);
            }
        }
    }
}

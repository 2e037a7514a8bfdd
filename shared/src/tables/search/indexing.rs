//! Keeps the lists in step with a book.
//!
//! | question                  | key                     | call                         | units                     |
//! |---------------------------|-------------------------|------------------------------|---------------------------|
//! | what is written of a book | b#7 / book             | GetItem, strong              | 1 R                       |
//! | write what has changed    | b#7 / book             | PutItem twice, conditional   | 2 W                       |
//! | …                         | w#word, d#…             | BatchWriteItem               | 1 W each                  |
//! | … of a book that is gone  | b#7 / book             | DeleteItem, conditional      | 1 W                       |
//!
//! Rows of the journal come twice, and in any order. So none is replayed: the book is read, and what its item `b#…` says is
//! written of it is brought in line with it. The item says what is about to be written before anything is, and for whom it
//! is reserved until when. So a run that broke off is completed by the next, and no two runs write of a book at the same time.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::lists::{list_key, place};
use super::{Search, bytes, bytes_of, initial, source, text_of};
use crate::tables::fault::Result;
use crate::tables::key::{Item, Key, item};
use crate::tables::library::Library;
use crate::tables::library::book::{Book, Store};
use crate::tables::retry::Retry;
use crate::tables::table::Consistency::Strong;
use crate::tables::table::{UNPROCESSED_FOR, to_value};
use crate::tables::write::Written;
use crate::values::BookId;

/// For how long a run has a book to itself. Lambda ends the function before: the template gives it less.
pub const LEASE: SignedDuration = SignedDuration::from_mins(2);

/// Names the run that has a book.
const RUN: &str = "run";

/// Into how many partitions the items of the books are divided.
pub(super) const SHARDS: u8 = 16;

/// The place of a book in a list, written `w127kindred`: the store, the impact, the word.
type Place = String;

/// What the lists should have of a book.
#[derive(Debug, Default, PartialEq, Eq)]
struct State {
    places: BTreeSet<Place>,
    posting: Vec<u8>,
}

/// The item of a book.
#[derive(Debug, Default)]
struct Held {
    version: u64,
    state: State,
    /// What a run may have written that broke off, or is under way.
    begun: BTreeSet<Place>,
    /// Until when a run has it, in milliseconds since 1970; 0 if none has.
    until: i64,
}

pub(super) fn shard(book: BookId) -> String {
    format!("b#{:x}", book.as_bytes()[15] % SHARDS)
}

fn held_key(book: BookId) -> Key {
    Key::of(shard(book)).and_bytes(book.as_bytes())
}

fn join(places: &BTreeSet<Place>) -> String {
    places.iter().map(String::as_str).collect::<Vec<_>>().join("\n")
}

fn split(places: &str) -> BTreeSet<Place> {
    places.lines().map(ToOwned::to_owned).collect()
}

/// Returns the store, the impact and the word of a place.
fn parts(place: &str) -> Option<(Store, u8, &str)> {
    let (store, rest) = place.split_at_checked(1)?;
    let (impact, word) = rest.split_at_checked(3)?;
    let store = if store == initial(Store::Archive).to_string() { Store::Archive } else { Store::Books };
    Some((store, impact.parse().ok()?, word))
}

/// Returns the word of a place.
fn word(place: &str) -> Option<&str> {
    parts(place).map(|(_, _, word)| word)
}

/// Returns the key of a place in the table.
fn key_of(place_text: &str, book: BookId) -> Option<Item> {
    let (store, impact, word) = parts(place_text)?;
    Some(item([("pk", to_value(list_key(store, word))), ("sk", bytes(place(impact, book)))]))
}

impl State {
    fn of(book: Option<&Book>) -> Self {
        let Some(book) = book else { return State::default() };
        let initial = initial(if book.archived { Store::Archive } else { Store::Books });
        let (impacts, posting) = source(book).postings();
        let places = impacts.iter().map(|(word, impact)| format!("{initial}{impact:03}{word}")).collect();
        State { places, posting }
    }
}

impl Held {
    fn read(item: &Item) -> Self {
        let number = |name: &str| item.get(name).and_then(|value| value.as_n().ok()).and_then(|text| text.parse().ok());
        Held {
            version: number("version").and_then(|version: i64| u64::try_from(version).ok()).unwrap_or_default(),
            state: State { places: split(text_of(item, "places")), posting: bytes_of(item, "x").to_vec() },
            begun: split(text_of(item, "begun")),
            until: number("until").unwrap_or_default(),
        }
    }

    fn item(&self, book: BookId) -> Item {
        let mut item = item([
            ("pk", to_value(shard(book))),
            ("sk", bytes(book.as_bytes())),
            ("version", to_value(self.version)),
            ("places", to_value(join(&self.state.places))),
            ("x", bytes(self.state.posting.clone())),
        ]);
        if self.until != 0 {
            item.insert("begun".into(), to_value(join(&self.begun)));
            item.insert("until".into(), to_value(self.until));
        }
        item
    }
}

impl Search {
    /// Brings the lists in line with a book. Returns whether something was written.
    ///
    /// # Errors
    /// A fault of the tables; [`crate::tables::Fault::Busy`] if another run has the book. A second call completes what the first began.
    pub async fn index(&self, library: &Library, id: BookId, now: Timestamp) -> Result<bool> {
        let mut retry = Retry::new(&self.0.random, UNPROCESSED_FOR);
        loop {
            // The book after the item: a run that has the item now reads what is newer than all runs before it have read.
            let stored = self.0.get_item(held_key(id), Strong).await?;
            let held = stored.as_ref().map(Held::read).unwrap_or_default();
            let wanted = State::of(library.find_book(id).await?.as_ref());
            if held.until == 0 && held.state == wanted {
                return Ok(false);
            }
            if held.until <= now.as_millisecond() && self.write(id, stored.is_some(), held, wanted, now).await? {
                return Ok(true);
            }
            retry.again_or_busy().await?;
        }
    }

    /// Writes what a book is found by. Returns false if another run has it.
    async fn write(&self, id: BookId, exists: bool, held: Held, wanted: State, now: Timestamp) -> Result<bool> {
        let begun: BTreeSet<Place> =
            held.state.places.iter().chain(&held.begun).chain(&wanted.places).cloned().collect();
        let until = (now + LEASE).as_millisecond();
        let taken = Held { version: held.version + 1, begun, until, state: held.state };
        let mut item = taken.item(id);
        let run = to_value(uuid::Uuid::from_bytes(self.0.random.bytes()));
        item.insert(RUN.into(), run.clone());
        let put = self.0.put_item(item).showing_item();
        let put = if exists { put.if_version(held.version) } else { put.if_new() };
        match put.send().await? {
            // Its answer was lost, and the SDK has sent it again.
            Written::Refused(Some(there)) if there.get(RUN) == Some(&run) => {}
            Written::Refused(_) => return Ok(false),
            Written::Done(_) => {}
        }

        let known: BTreeSet<&str> = taken.state.places.iter().filter_map(|place| word(place)).collect();
        let new: BTreeSet<&str> = wanted.places.iter().filter_map(|place| word(place)).collect();
        self.add_words(&new - &known, id).await?;
        let posting = |place: &Place| {
            let mut item = key_of(place, id)?;
            item.insert("x".into(), bytes(wanted.posting.clone()));
            Some(item)
        };
        // What was begun may be written or not, so only what is certain to be there is left alone.
        let is_there = |place: &&Place| {
            held.until == 0 && taken.state.posting == wanted.posting && taken.state.places.contains(*place)
        };
        let puts = wanted.places.iter().filter(|place| !is_there(place)).filter_map(posting).collect();
        let deletes = taken.begun.difference(&wanted.places).filter_map(|place| key_of(place, id)).collect();
        self.0.write_batch(puts, deletes).await?;

        let done = if wanted.places.is_empty() && wanted.posting.is_empty() {
            self.0.delete(held_key(id)).if_version(taken.version)
        } else {
            let settled = Held { version: taken.version + 1, state: wanted, ..Held::default() };
            self.0.put_item(settled.item(id)).if_version(taken.version)
        };
        Ok(matches!(done.send().await?, Written::Done(_)))
    }
}

//! Lending, checked at random: sixteen clients send random commands about twenty books at once. At the end, all events and
//! all answers must be what one librarian could have done and answered, one step after the other (linearizability).
//!
//! The order in which the rows of the events were written is that order: each is written in the transaction of the change
//! that it describes. The numbers of the events are not: `dispatch` gets the rows from four shards at once.
//!
//! Meanwhile transactions are held between their reads and their commit, indexes lag, shards are late by days, and rows are
//! lost until an operator has them processed. In the second test calls of the database fail as well, and rows come twice.
//! Without the lost rows, every copy must go to whoever waits for it all the same.
//!
//! - `clients`: choose what to ask for; `desk` sends it and writes down the answers (`answers`)
//! - `days`: what happens between the races: copies lapse, readers come and go, shelves are filled
//! - `rest`: what comes to rest after the last race
//! - `accounts`: who could do what at which time
//! - `model`: the librarian; `rules`: what the librarian does, `desk_rules` at the desk; `refusals`: what the librarian refuses
//! - `order`: which operation caused which event, and what came first
//! - `check`: compares the history with the model
//! - `tables`: compares the tables with the model, and with each other
//!
//! `CHECKER_SEED` repeats the choices of another run, those of its clients and those of its faults, though not its race;
//! `CHECKER_OPERATIONS` is the number of commands, `CHECKER_CLIENTS` and `CHECKER_BOOKS` are how many there are of these.

mod accounts;
mod answers;
pub(crate) mod chance;
mod check;
mod clients;
mod days;
mod desk;
mod desk_rules;
mod model;
mod order;
mod refusals;
mod rest;
mod rules;
mod tables;

use std::collections::{BTreeMap, HashMap};
use std::env;
use std::time::Instant;

use futures_util::future::join_all;
use jiff::Timestamp;
use shared::tables::journal::events::Event;
use shared::tables::library::lending::Reservation;
use tests::database::Fault;
use tests::{Library, Person, StreamFaults};

use accounts::{Accounts, Standing};
use answers::Outcome;
use chance::Chance;
use clients::Operation;
use days::a_new_day_begins;
use desk::{Desk, id_of};
use model::{Book, Model};
use rest::{copies_go_to_those_who_wait, loans_fall_due};

const CLIENTS: u64 = 16;
const BOOKS: u64 = 20;
/// Between the races some days pass, so that copies lapse.
const PHASES: usize = 10;
/// Commands in all: some twenty seconds.
const OPERATIONS: u64 = 1_500;
/// The same with faults, where each takes longer.
const OPERATIONS_ON_FAULTS: u64 = 400;

/// How often a client reserves, cancels, checks out, returns, renews, archives, restores, deletes, and changes an account; and
/// at the desk lends, takes back, notes a lost copy, and undoes.
type Mood = [usize; 13];
/// Mostly reservations and loans.
const RUSH: Mood = [45, 5, 15, 4, 12, 3, 3, 1, 4, 25, 10, 1, 8];
/// Mostly returns and cancellations.
const LULL: Mood = [10, 20, 20, 12, 15, 6, 6, 1, 4, 12, 25, 1, 8];

#[tokio::test(flavor = "multi_thread")]
async fn whatever_sixteen_clients_do_one_librarian_could_have_done() {
    let library = Library::own().standing_clock().proxied().shards(4).start().await;
    let faults = |seed| {
        library.proxy().hold_at_random(10);
        library.proxy().lag(40);
        library.stream().fail(StreamFaults { lost: 10, late: 10, seed });
    };
    let operations = is_explained(&library, OPERATIONS, faults).await;
    let busy = operations.iter().filter(|operation| operation.is_unclear()).count();
    // More than a few only where the machine is overloaded.
    assert!(busy * 20 <= operations.len(), "the library was busy {busy} times");
}

#[tokio::test(flavor = "multi_thread")]
async fn err1_and_so_it_is_where_one_call_of_the_database_in_ten_fails() {
    let setup = Library::own().standing_clock().proxied().everything_twice().every_row_twice();
    let library = setup.shards(4).start().await;
    let faults = |seed| {
        library.proxy().fail(10);
        library.proxy().fail_with(3, &[Fault::Conflict]);
        library.proxy().fail_with(30, &[Fault::ReasonsMixed]);
        library.proxy().hold_at_random(10);
        library.proxy().lag(40);
        library.stream().fail(StreamFaults { lost: 10, late: 10, seed });
    };
    is_explained(&library, OPERATIONS_ON_FAULTS, faults).await;
}

/// Lets the clients race, with these faults, and checks the history. Returns the operations.
async fn is_explained(library: &Library, operations: u64, faults: impl Fn(u64)) -> Vec<Operation> {
    let or = |name, usual| env::var(name).map_or(usual, |value| value.parse().expect(name));
    let seed = or("CHECKER_SEED", Timestamp::now().as_microsecond().cast_unsigned());
    let [count, clients, books] =
        [("CHECKER_OPERATIONS", operations), ("CHECKER_CLIENTS", CLIENTS), ("CHECKER_BOOKS", BOOKS)]
            .map(|(name, usual)| or(name, usual) as usize);
    eprintln!("CHECKER_SEED={seed} CHECKER_OPERATIONS={count} CHECKER_CLIENTS={clients} CHECKER_BOOKS={books}");

    library.proxy().seed(seed);
    let mut chance = Chance::new(seed, 0);
    let (mut desk, mut model) = days::the_first(library, clients, books, &mut chance).await;
    let (mut operations, started) = (Vec::new(), Instant::now());
    for phase in 0..PHASES {
        if phase > 0 {
            operations.extend(a_new_day_begins(library, &mut desk, &mut model, &mut chance).await);
            // What was late comes some days later.
            library.stream().recover();
        }
        let is_last = phase + 1 == PHASES;
        desk.mood = if is_last || chance.once_in(2) { RUSH } else { LULL };
        faults(chance.next());
        let (done, ()) = tokio::join!(races(&desk, seed, phase, count / PHASES), scheduled_run(library, phase));
        library.proxy().recover();
        operations.extend(done);
    }
    operations.extend(copies_go_to_those_who_wait(library, &mut desk, &mut model, &mut chance).await);
    loans_fall_due(library, &mut desk).await;
    eprintln!("{} operations took {:?}", operations.len(), started.elapsed());

    let events = history(library, &desk.librarian).await;
    eprintln!("{:?}", summary(&operations, &events, &desk));
    let accounts = Accounts::new(id_of(&desk.librarian), &desk.changes());
    let model = check::replay(model, &operations, &events, &accounts, desk.moments());
    let model = model.unwrap_or_else(|trouble| panic!("{trouble}"));
    let is_owed = |book: &Book| model.has_a_copy_for_the_next(book, desk.now);
    assert!(!model.books.values().any(is_owed), "a copy is there, and somebody waits");
    for reader in desk.readers.iter().filter(|reader| desk.standing(reader) != Standing::SignedOut) {
        shows_what_they_have(reader, &model, desk.now).await;
    }
    tables::are_consistent(library, &model, desk.now).await;
    if let Some(error) = operations.iter().find(|operation| operation.outcome.is_broken()) {
        panic!("{error}");
    }
    operations
}

/// Runs all clients at once.
async fn races(desk: &Desk, seed: u64, phase: usize, count: usize) -> Vec<Operation> {
    let clients = desk.readers.len();
    let all = (0..clients).map(async |number| {
        let mut chance = Chance::new(seed, (1 + phase * clients + number) as u64);
        desk.client(number, &mut chance, (number..count).step_by(clients).len()).await
    });
    join_all(all).await.concat()
}

/// Runs the schedule a few times during every other race. If it fails, clients and later runs do its work.
async fn scheduled_run(library: &Library, phase: usize) {
    for _ in 0..3 * (phase % 2) {
        if let Err(problem) = library.local().run_schedule("dispatch").await {
            eprintln!("the scheduled run: {problem}");
        }
    }
}

/// Counts events, answers and changes by kind.
fn summary(operations: &[Operation], events: &[Event], desk: &Desk) -> BTreeMap<String, usize> {
    let answers = operations.iter().map(|operation| match &operation.outcome {
        Outcome::Done(_) => "Done".to_owned(),
        outcome => format!("{outcome:?}"),
    });
    let changes = desk.changes().into_iter().map(|change| match change.to {
        _ if change.deletes => "AccountDeleted".to_owned(),
        to => format!("Becomes{to:?}"),
    });
    let mut counts = BTreeMap::new();
    for what in answers.chain(changes).chain(events.iter().map(|event| format!("{:?}", event.kind))) {
        *counts.entry(what).or_default() += 1;
    }
    counts
}

/// Returns all events, once all are numbered, in the order in which they happened. Their ids become that order.
async fn history(library: &Library, librarian: &Person) -> Vec<Event> {
    let mut events = numbered(library, librarian).await;
    let is_complete = (1..).zip(&events).all(|(number, event)| event.id == number);
    assert!(is_complete, "a number is missing: {:?}", events.iter().map(|event| event.id).collect::<Vec<_>>());
    let rows = library.dynamodb().scan("carrel-journal").await;
    let is_event = |row: &&serde_json::Value| row["feed"]["S"] == "events";
    let number_of = |row: &serde_json::Value| row["number"]["N"].as_str().and_then(|number| number.parse::<u64>().ok());
    let key_of = |row: &serde_json::Value| row["pk"]["S"].as_str().map(ToOwned::to_owned);
    let keys: HashMap<_, _> =
        rows.iter().filter(is_event).filter_map(|row| Some((number_of(row)?, key_of(row)?))).collect();
    let mut written = HashMap::new();
    for (place, key) in library.stream().written().into_iter().enumerate() {
        written.entry(key).or_insert(place);
    }
    events.sort_by_key(|event| written[&keys[&event.id]]);
    for (number, event) in (1..).zip(&mut events) {
        event.id = number;
    }
    events
}

/// Returns all events, once all are numbered, in the order of their numbers.
async fn numbered(library: &Library, librarian: &Person) -> Vec<Event> {
    library.local().drained().await;
    let mut events: Vec<Event> = Vec::new();
    loop {
        let last = events.last().map_or(0, |event| event.id);
        let page = librarian.get(&format!("/events?after={last}&limit=100")).await.expect(200).json();
        let page: Vec<Event> = serde_json::from_value(page["items"].clone()).expect("events");
        if page.is_empty() {
            return events;
        }
        events.extend(page);
    }
}

async fn shows_what_they_have(reader: &Person, model: &Model, now: Timestamp) {
    let list = reader.get("/reservations").await.expect(200).json();
    let list: Vec<Reservation> = serde_json::from_value(list["items"].clone()).expect("reservations");
    let has = model.live(id_of(reader), now).count();
    let is_right = list.len() == has && list.iter().all(|shown| model.is_as_shown(shown, now));
    assert!(is_right, "{} has {has} reservations, and is shown {list:#?}", reader.id);
}

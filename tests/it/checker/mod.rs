//! Lending, checked at random: sixteen clients do as they please with twenty books, and in the end everything that happened
//! and everything they were told has to be what one librarian could have done and said, one thing after the other.
//!
//! The events are that order: each is part of the change that it tells of, and they are numbered. `clients` ask and write
//! down the answers, `model` is the librarian and `happens` what they do, `order` says which event is whose doing and what came first, and `check`
//! compares. `CHECKER_SEED` chooses as another run did, though the clients' race may go otherwise;
//! `CHECKER_OPERATIONS` is how many they do.

mod chance;
mod check;
mod clients;
mod happens;
mod model;
mod order;

use std::collections::{BTreeMap, HashMap};
use std::env;
use std::time::Instant;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use shared::tables::journal::events::Event;
use shared::tables::library::lending::Reservation;
use shared::values::BookId;
use tests::{Library, Person};

use chance::Chance;
use clients::{Desk, Operation, Outcome, id_of};
use model::{Book, Model};

const CLIENTS: usize = 16;
const BOOKS: usize = 20;
/// Between them some days pass, so that copies lapse.
const PHASES: usize = 10;
/// So many operations in all; some twenty seconds.
const OPERATIONS: usize = 5_000;
/// The same where the database fails, and each takes longer.
const OPERATIONS_ON_FAULTS: usize = 500;
/// How often a client reserves, cancels, collects, brings back and renews, when everybody comes and when everybody leaves.
const RUSH: [usize; 5] = [50, 5, 20, 10, 15];
const LULL: [usize; 5] = [10, 20, 30, 25, 15];

#[tokio::test(flavor = "multi_thread")]
async fn whatever_sixteen_clients_do_one_librarian_could_have_done() {
    let library = Library::own().standing_clock().start().await;
    let operations = is_explained(&library, OPERATIONS, || {}, || {}).await;
    let busy = operations.iter().filter(|operation| matches!(operation.outcome, Outcome::Unclear(_))).count();
    assert!(busy * 100 <= operations.len(), "the library was busy {busy} times");
}

#[tokio::test(flavor = "multi_thread")]
async fn err1_and_so_it_is_where_one_call_of_the_database_in_ten_fails() {
    let library = Library::own().standing_clock().proxied().start().await;
    is_explained(&library, OPERATIONS_ON_FAULTS, || library.proxy().fail(10), || library.proxy().recover()).await;
}

/// Lets the clients race, each time `before` and `after` something, and checks what comes of it.
async fn is_explained(library: &Library, operations: usize, before: impl Fn(), after: impl Fn()) -> Vec<Operation> {
    let from_environment = |name| env::var(name).ok().map(|value| value.parse::<u64>().expect(name));
    let seed = from_environment("CHECKER_SEED").unwrap_or_else(|| Timestamp::now().as_microsecond().cast_unsigned());
    let count = from_environment("CHECKER_OPERATIONS").map_or(operations, |count| count as usize);
    eprintln!("CHECKER_SEED={seed} CHECKER_OPERATIONS={count}");

    let mut chance = Chance::new(seed, 0);
    let (mut desk, mut model) = opened(library, &mut chance).await;
    let (mut operations, started) = (Vec::new(), Instant::now());
    for phase in 0..PHASES {
        if phase > 0 {
            some_days_pass(library, &mut desk, 1 + chance.below(3) as i64).await;
            copies_are_bought_or_lost(&desk, &mut model, &mut chance).await;
        }
        desk.mood = if chance.once_in(2) { RUSH } else { LULL };
        before();
        let (done, ()) = tokio::join!(races(&desk, seed, phase, count / PHASES), rounds(library, phase));
        after();
        operations.extend(done);
    }
    eprintln!("{} operations took {:?}", operations.len(), started.elapsed());

    let events = history(library, &desk.librarian).await;
    eprintln!("{:?}", summary(&operations, &events));
    let model = check::replay(model, &operations, &events).unwrap_or_else(|trouble| panic!("{trouble}"));
    assert!(!model.books.values().any(Book::has_a_copy_for_the_next), "a copy is there, and somebody waits");
    for reader in &desk.readers {
        shows_what_they_have(reader, &model, desk.now).await;
    }
    let is_an_error = |told: &&Operation| matches!(told.outcome, Outcome::Unclear(status) if status != 503);
    if let Some(error) = operations.iter().find(is_an_error) {
        panic!("{error}");
    }
    operations
}

/// The library with its books and readers, and the same as the model has it.
async fn opened(library: &Library, chance: &mut Chance) -> (Desk, Model) {
    let mut librarian = library.admin().await;
    librarian.id = librarian.get("/users/me").await.expect(200).string("id");
    let mut books = Vec::new();
    for number in 0..BOOKS {
        let copies = 1 + chance.below(3);
        let book = json!({"title": format!("Volume {number}"), "author": "A. N. Author", "copies": copies});
        let id: BookId = librarian.post("/books", book).await.expect(201).string("id").parse().expect("an id");
        books.push((id, Book::new(copies)));
    }
    let ids: Vec<_> = books.iter().map(|(id, _)| *id).collect();
    let model = Model { librarian: id_of(&librarian), books: books.into_iter().collect(), cards: HashMap::new() };
    // The clock stands still, and an id holds the time of its making.
    let now = ids[0].created_at();
    (Desk::new(ids, library.readers(CLIENTS).await, librarian, now), model)
}

/// So long that copies may lapse, and access tokens do.
async fn some_days_pass(library: &Library, desk: &mut Desk, days: i64) {
    let passed = SignedDuration::from_hours(24 * days);
    library.wait(passed.as_secs());
    desk.now += passed;
    for person in desk.readers.iter_mut().chain([&mut desk.librarian]) {
        *person = person.with_tokens(&person.refreshes().await.expect(200));
    }
}

/// A third of the books get another number of copies, where it does not fall below those that are taken. Those who wait for
/// a further one get it while the clients race on.
async fn copies_are_bought_or_lost(desk: &Desk, model: &mut Model, chance: &mut Chance) {
    for id in desk.books.iter().filter(|_| chance.once_in(3)).collect::<Vec<_>>() {
        let copies = 1 + chance.below(3);
        let changed = desk.librarian.patch(&format!("/books/{id}"), json!({"copies": copies})).await;
        if changed.status != 409 {
            changed.expect(200);
            model.books.entry(*id).and_modify(|book| book.recounts.push_back(copies));
        }
    }
}

/// All clients at once.
async fn races(desk: &Desk, seed: u64, phase: usize, count: usize) -> Vec<Operation> {
    let clients = (0..CLIENTS).map(async |number| {
        let mut chance = Chance::new(seed, (1 + phase * CLIENTS + number) as u64);
        desk.client(number, &mut chance, (number..count).step_by(CLIENTS).len()).await
    });
    join_all(clients).await.concat()
}

/// In every other phase the library makes its rounds while the clients race. What they leave undone, others do.
async fn rounds(library: &Library, phase: usize) {
    if phase % 2 == 1
        && let Err(problem) = library.local().run_schedule("dispatch").await
    {
        eprintln!("the rounds: {problem}");
    }
}

/// How often what has happened, and what has been answered.
fn summary(operations: &[Operation], events: &[Event]) -> BTreeMap<String, usize> {
    let answers = operations.iter().map(|operation| match &operation.outcome {
        Outcome::Done(_) => "Done".to_owned(),
        outcome => format!("{outcome:?}"),
    });
    let mut counts = BTreeMap::new();
    for what in answers.chain(events.iter().map(|event| format!("{:?}", event.kind))) {
        *counts.entry(what).or_default() += 1;
    }
    counts
}

/// All events, once every change has its own.
async fn history(library: &Library, librarian: &Person) -> Vec<Event> {
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

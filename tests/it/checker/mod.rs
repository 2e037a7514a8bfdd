//! Lending, checked at random: sixteen clients do as they please with twenty books, and in the end everything that happened
//! and everything they were told has to be what one librarian could have done and said, one thing after the other.
//!
//! The events are that order: each is part of the change that it describes, and they are numbered.
//!
//! - `clients`: what they ask for, and of `desk`, which sends it and writes down the answers (`answers`)
//! - `accounts`: who could do what at which time
//! - `model`: the librarian; `rules`: what the librarian does
//! - `order`: which operation caused which event, and what came first
//! - `check`: compares the history with the model
//! - `tables`: compares the tables with the model, and with each other
//!
//! `CHECKER_SEED` chooses as another run did, though the clients' race may go otherwise; `CHECKER_OPERATIONS` is how many
//! they do. What [`crate::known_failures`] lists is left out: it would show here.

mod accounts;
mod answers;
mod chance;
mod check;
mod clients;
mod desk;
mod model;
mod order;
mod rules;
mod tables;

use std::collections::BTreeMap;
use std::env;
use std::time::Instant;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use shared::tables::journal::events::Event;
use shared::tables::library::lending::Reservation;
use shared::values::BookId;
use tests::database::Fault;
use tests::{Library, Person};

use accounts::{Accounts, Standing};
use answers::Outcome;
use chance::Chance;
use clients::Operation;
use desk::{Desk, id_of};
use model::{Book, Command, Model};

use crate::known_failures::is_known;

const CLIENTS: usize = 16;
const BOOKS: usize = 20;
/// Between them some days pass, so that copies lapse.
const PHASES: usize = 10;
/// So many operations in all; some twenty seconds.
const OPERATIONS: usize = 3_000;
/// The same where the database fails, and each takes longer.
const OPERATIONS_ON_FAULTS: usize = 500;

/// How often a client reserves, cancels, collects, brings back, renews, archives, restores, deletes, and changes an account.
type Mood = [usize; 9];
/// Everybody comes.
const RUSH: Mood = [50, 5, 20, 10, 15, 3, 3, 1, 1];
/// Everybody leaves.
const LULL: Mood = [10, 20, 30, 25, 15, 6, 6, 1, 1];

#[tokio::test(flavor = "multi_thread")]
async fn whatever_sixteen_clients_do_one_librarian_could_have_done() {
    let library = Library::own().standing_clock().proxied().start().await;
    let operations = is_explained(&library, OPERATIONS, || library.proxy().hold_at_random(5)).await;
    let busy = operations.iter().filter(|operation| operation.is_unclear()).count();
    assert!(busy * 100 <= operations.len(), "the library was busy {busy} times");
}

#[tokio::test(flavor = "multi_thread")]
async fn err1_and_so_it_is_where_one_call_of_the_database_in_ten_fails() {
    let setup = Library::own().standing_clock().proxied().everything_twice();
    let setup = if is_known("RAC12") { setup } else { setup.every_row_twice() };
    let library = setup.start().await;
    let faults = || {
        library.proxy().fail(10);
        library.proxy().fail_with(3, &[Fault::Conflict]);
        if !is_known("RAC8") {
            library.proxy().fail_with(30, &[Fault::ReasonsMixed]);
        }
        library.proxy().hold_at_random(5);
    };
    is_explained(&library, OPERATIONS_ON_FAULTS, faults).await;
}

/// Lets the clients race, each time with these faults, and checks what comes of it.
async fn is_explained(library: &Library, operations: usize, faults: impl Fn()) -> Vec<Operation> {
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
            readers_come_back_or_leave(library, &mut desk, &mut chance).await;
            operations.extend(shelves_are_filled(&mut desk, &mut model, &mut chance).await);
            copies_are_bought_or_lost(&desk, &mut model, &mut chance).await;
        }
        desk.mood = if chance.once_in(2) { RUSH } else { LULL };
        faults();
        let (done, ()) = tokio::join!(races(&desk, seed, phase, count / PHASES), scheduled_run(library, phase));
        library.proxy().recover();
        operations.extend(done);
    }
    eprintln!("{} operations took {:?}", operations.len(), started.elapsed());
    everything_is_done(library).await;

    let events = history(library, &desk.librarian).await;
    eprintln!("{:?}", summary(&operations, &events, &desk));
    let accounts = Accounts::new(id_of(&desk.librarian), &desk.changes());
    let model = check::replay(model, &operations, &events, &accounts, desk.moments());
    let model = model.unwrap_or_else(|trouble| panic!("{trouble}"));
    assert!(!model.books.values().any(Book::has_a_copy_for_the_next), "a copy is there, and somebody waits");
    for reader in desk.readers.iter().filter(|reader| desk.standing(reader) != Standing::SignedOut) {
        shows_what_they_have(reader, &model, desk.now).await;
    }
    tables::are_consistent(library, &model, desk.now).await;
    let is_an_error = |operation: &&Operation| matches!(operation.outcome, Outcome::Unclear(status) if status != 503);
    if let Some(error) = operations.iter().find(is_an_error) {
        panic!("{error}");
    }
    operations
}

/// The library with its books and readers, and the same as the model has it.
async fn opened(library: &Library, chance: &mut Chance) -> (Desk, Model) {
    let (mut librarian, mut model) = (library.admin().await, Model::default());
    librarian.id = librarian.get("/users/me").await.expect(200).string("id");
    let mut books = Vec::new();
    for _ in 0..BOOKS {
        books.push(a_book_is_added(&librarian, &mut model, chance).await);
    }
    // The clock stands still, and an id holds the time of its making.
    let now = books[0].created_at();
    (Desk::new(books, library.readers(CLIENTS).await, librarian, now), model)
}

async fn a_book_is_added(librarian: &Person, model: &mut Model, chance: &mut Chance) -> BookId {
    let copies = 1 + chance.below(3);
    let book = json!({"title": format!("Volume {}", model.books.len()), "author": "A. N. Author", "copies": copies});
    let id: BookId = librarian.post("/books", book).await.expect(201).string("id").parse().expect("an id");
    model.books.insert(id, Book::new(copies));
    id
}

/// So long that copies may lapse, and access tokens do.
async fn some_days_pass(library: &Library, desk: &mut Desk, days: i64) {
    let passed = SignedDuration::from_hours(24 * days);
    library.wait(passed.as_secs());
    desk.now += passed;
    for number in 0..CLIENTS {
        if desk.standing(&desk.readers[number]) != Standing::SignedOut {
            let refreshed = desk.readers[number].refreshes().await.expect(200);
            desk.readers[number] = desk.readers[number].with_tokens(&refreshed);
        }
    }
    desk.librarian = desk.librarian.with_tokens(&desk.librarian.refreshes().await.expect(200));
}

/// Disabled readers are enabled and sign in again; others come in the place of those who are gone. Sometimes one leaves.
async fn readers_come_back_or_leave(library: &Library, desk: &mut Desk, chance: &mut Chance) {
    if chance.once_in(2) {
        let leaving = desk.readers[chance.below(CLIENTS)].clone();
        desk.change(&leaving, Standing::SignedOut, true).await;
    }
    for number in 0..CLIENTS {
        let reader = desk.readers[number].clone();
        if desk.is_deleted(&reader) {
            desk.readmit(number, library.reader().await);
        } else if desk.standing(&reader) == Standing::SignedOut {
            let change = json!({"disabled": false, "role": "member"});
            desk.librarian.patch(&format!("/users/{}", reader.id), change).await.expect(200);
            desk.readmit(number, library.signs_in(&reader).await);
        }
    }
}

/// Archived books come back to the shelf, and others take the place of those that are deleted.
async fn shelves_are_filled(desk: &mut Desk, model: &mut Model, chance: &mut Chance) -> Vec<Operation> {
    let mut operations = Vec::new();
    for book in desk.archived() {
        operations.push(desk.ask(&desk.librarian, Command::Restore(book)).await);
    }
    for number in 0..BOOKS {
        if desk.librarian.get(&format!("/books/{}", desk.books[number])).await.status == 404 {
            desk.books[number] = a_book_is_added(&desk.librarian, model, chance).await;
        }
    }
    operations
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

/// In every other phase the scheduled run happens while the clients race. What it leaves undone, others do.
async fn scheduled_run(library: &Library, phase: usize) {
    if phase % 2 == 1
        && let Err(problem) = library.local().run_schedule("dispatch").await
    {
        eprintln!("the scheduled run: {problem}");
    }
}

/// The scheduled run, until it finds nothing to do; and what follows from it.
async fn everything_is_done(library: &Library) {
    library.local().drained().await;
    for _ in 0..20 {
        let done = library.local().run_schedule("dispatch").await.unwrap_or_else(|problem| panic!("{problem}"));
        if done.iter().all(|answer| answer["done"] == 0) {
            return library.local().drained().await;
        }
    }
    panic!("the scheduled run always finds something to do");
}

/// How often what has happened, and what has been answered.
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

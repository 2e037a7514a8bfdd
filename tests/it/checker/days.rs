//! The days between the races: copies lapse, readers come and go, books come back to their shelves.

use jiff::SignedDuration;
use serde_json::json;
use shared::values::BookId;
use tests::{Library, Person};

use super::accounts::Standing;
use super::answers::Outcome;
use super::chance::Chance;
use super::clients::Operation;
use super::desk::Desk;
use super::model::{Book, Command, Model};

const MOST_COPIES: usize = 3;

/// Lets a day pass, so that all is over before the first events are hidden, and prepares the library for the next race.
pub(super) async fn a_new_day_begins(
    library: &Library,
    desk: &mut Desk,
    model: &mut Model,
    chance: &mut Chance,
) -> Vec<Operation> {
    some_days_pass(library, desk, 1).await;
    readers_come_back_or_leave(library, desk, chance).await;
    let operations = shelves_are_filled(desk, model, chance).await;
    copies_are_bought_or_lost(desk, model, chance).await;
    operations
}

/// Adds books and readers. Returns the desk and the model.
pub(super) async fn the_first(library: &Library, clients: usize, books: usize, chance: &mut Chance) -> (Desk, Model) {
    let (mut librarian, mut model) = (library.admin().await, Model::default());
    librarian.id = librarian.get("/users/me").await.expect(200).string("id");
    let mut added = Vec::new();
    for _ in 0..books {
        added.push(a_book_is_added(&librarian, &mut model, chance).await);
    }
    // The clock stands still, and an id holds the time of its making.
    let now = added[0].created_at();
    (Desk::new(added, library.readers(clients).await, librarian, now), model)
}

async fn a_book_is_added(librarian: &Person, model: &mut Model, chance: &mut Chance) -> BookId {
    let copies = 1 + chance.below(MOST_COPIES);
    let book = json!({"title": format!("Volume {}", model.books.len()), "author": "A. N. Author", "copies": copies});
    let id: BookId = librarian.post("/books", book).await.expect(201).string("id").parse().expect("an id");
    model.books.insert(id, Book::new(copies));
    id
}

/// Moves the clock so far that copies may lapse, loans be due soon, and access tokens expire. Who signed in weeks ago does so
/// again.
pub(super) async fn some_days_pass(library: &Library, desk: &mut Desk, days: i64) {
    let passed = SignedDuration::from_hours(24 * days);
    library.wait(passed.as_secs());
    desk.now += passed;
    for number in 0..desk.readers.len() {
        if desk.standing(&desk.readers[number]) != Standing::SignedOut {
            desk.readers[number] = stays_signed_in(library, &desk.readers[number]).await;
        }
    }
    desk.librarian = stays_signed_in(library, &desk.librarian).await;
}

async fn stays_signed_in(library: &Library, person: &Person) -> Person {
    match person.refreshes().await {
        refreshed if refreshed.status == 200 => person.with_tokens(&refreshed),
        _ => library.signs_in(person).await,
    }
}

/// Enables disabled readers, who sign in again, and replaces deleted ones. Sometimes deletes an account.
async fn readers_come_back_or_leave(library: &Library, desk: &mut Desk, chance: &mut Chance) {
    if chance.once_in(2) {
        let leaving = desk.readers[chance.below(desk.readers.len())].clone();
        desk.change(&leaving, Standing::SignedOut, true).await;
    }
    for number in 0..desk.readers.len() {
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

/// Restores archived books and replaces deleted ones.
async fn shelves_are_filled(desk: &mut Desk, model: &mut Model, chance: &mut Chance) -> Vec<Operation> {
    let mut operations = Vec::new();
    for number in 0..desk.books.len() {
        let book = desk.books[number];
        if desk.librarian.get(&format!("/books/{book}")).await.status == 200 {
            continue;
        }
        let restored = desk.ask(&desk.librarian, Command::Restore(book)).await;
        if matches!(restored.outcome, Outcome::Refused(_)) {
            desk.books[number] = a_book_is_added(&desk.librarian, model, chance).await;
        }
        operations.push(restored);
    }
    operations
}

/// Changes the number of copies of a third of the books. Readers who wait for an added copy get it during the next race.
async fn copies_are_bought_or_lost(desk: &Desk, model: &mut Model, chance: &mut Chance) {
    for id in desk.books.iter().filter(|_| chance.once_in(3)).collect::<Vec<_>>() {
        has_copies(desk, model, *id, 1 + chance.below(MOST_COPIES)).await;
    }
}

/// Gives each book more copies than it ever had.
pub(super) async fn each_book_gets_more_copies(desk: &Desk, model: &mut Model) {
    for id in &desk.books {
        has_copies(desk, model, *id, MOST_COPIES + 1).await;
    }
}

/// Changes the number of copies of a book, if it does not fall below the number of taken copies.
async fn has_copies(desk: &Desk, model: &mut Model, id: BookId, copies: usize) {
    let path = format!("/books/{id}");
    let before = desk.librarian.get(&path).await.expect(200).json()["copies"].clone();
    let changed = desk.librarian.patch(&path, json!({"copies": copies})).await;
    if changed.status != 409 && before != json!(changed.expect(200).json()["copies"]) {
        model.books.entry(id).and_modify(|book| book.will_have(copies));
    }
}

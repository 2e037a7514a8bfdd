//! The desk: a librarian or an assistant lends to whoever stands there, takes back, and looks after readers.

mod adding;
mod barcodes;
mod cards;
mod emails;
mod ending;
mod finding;
mod history;
mod lists;
mod loans;
mod passed_over;
mod privacy;
mod readers;
mod renewals;
mod returns;
mod undo;
mod visit;

use serde_json::{Value, json};
use tests::{Library, Person};

const DAY: i64 = 24 * 60 * 60;

/// A library with a clock that stands still, and a librarian.
async fn desk() -> (Library, Person) {
    let library = Library::own().standing_clock().start().await;
    let admin = library.admin().await;
    (library, admin)
}

/// Adds a book with that number of copies.
async fn copies(owner: &Person, copies: u32) -> String {
    let book = json!({"title": "Kindred", "author": "Octavia E. Butler", "copies": copies});
    owner.post("/books", book).await.expect(201).string("id")
}

/// Returns a reader with that first name.
async fn named(library: &Library, name: &str) -> Person {
    let reader = library.reader().await;
    reader.patch("/users/me", json!({"firstName": name})).await.expect(200);
    reader
}

/// Returns a reservation.
async fn shown(who: &Person, reservation: &str) -> Value {
    who.get(&format!("/reservations/{reservation}")).await.expect(200).json()
}

/// Returns what a reader has.
async fn has(reader: &Person) -> Vec<Value> {
    reader.get("/reservations").await.expect(200).json()["items"].as_array().cloned().unwrap_or_default()
}

/// Returns how many copies are free, and how many readers wait.
async fn free(library: &Library, book: &str) -> (Value, Value) {
    let found = library.stranger().get(&format!("/books/{book}/availability")).await.expect(200).json();
    (found["free"].clone(), found["waiting"].clone())
}

/// Returns the types of all events, once all are numbered.
async fn events(library: &Library, admin: &Person) -> Vec<String> {
    library.local().drained().await;
    admin.get("/events?limit=100").await.expect(200).each("type")
}

/// Returns the codes of the reasons of a refusal.
fn reasons(problem: &Value) -> Vec<&str> {
    let reasons = problem["reasons"].as_array().map(Vec::as_slice).unwrap_or_default();
    reasons.iter().filter_map(|reason| reason["code"].as_str()).collect()
}

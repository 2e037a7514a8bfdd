//! How many copies of a book are free, what a book is to a reader, and whether a loan can be renewed.

use reqwest::Method;
use serde_json::{Value, json};
use shared::edge::refusals::Conflict;
use tests::{Library, Person};

const DAY: i64 = 24 * 60 * 60;
const UNKNOWN: &str = "0192f3a4-5b6c-7d8e-9f01-23456789abcd";

/// Adds a book with that number of copies. Returns its id.
async fn book(owner: &Person, copies: u32) -> String {
    let book = json!({"title": "Kindred", "author": "Octavia E. Butler", "copies": copies});
    owner.post("/books", book).await.expect(201).string("id")
}

/// Returns what anybody sees of the copies of a book.
async fn copies(library: &Library, book: &str) -> Value {
    library.stranger().get(&format!("/books/{book}/availability")).await.expect(200).json()
}

/// Returns what a book is to a reader.
async fn own(reader: &Person, book: &str) -> Value {
    reader.get(&format!("/users/me/books/{book}")).await.expect(200).json()
}

#[tokio::test]
async fn anybody_sees_how_many_copies_are_free_and_how_many_readers_wait() {
    let library = Library::start().await;
    let admin = library.admin().await;
    let readers = [library.reader().await, library.reader().await, library.reader().await];
    let book = book(&readers[0], 2).await;
    assert_eq!(copies(&library, &book).await, json!({"copies": 2, "free": 2, "waiting": 0}));

    let first = readers[0].reserves(&book).await.expect(201).string("id");
    assert_eq!(copies(&library, &book).await, json!({"copies": 2, "free": 1, "waiting": 0}));
    let second = readers[1].reserves(&book).await.expect(201).string("id");
    readers[2].reserves(&book).await.expect(202);
    assert_eq!(copies(&library, &book).await, json!({"copies": 2, "free": 0, "waiting": 1}));

    // The first to be due is named, not the first to be lent.
    let loan = admin.steps(&first, "checkout").await.expect(200).json();
    assert_eq!(copies(&library, &book).await["nextDue"], loan["dueAt"]);
    let later = admin.steps(&second, "checkout").await.expect(200).json();
    assert_eq!(copies(&library, &book).await["nextDue"], loan["dueAt"]);
    admin.steps(&first, "return").await.expect(200);
    let (due, on) = (later["dueAt"].clone(), later["dueOn"].clone());
    assert_eq!(
        copies(&library, &book).await,
        json!({"copies": 2, "free": 0, "waiting": 0, "nextDue": due, "nextDueOn": on})
    );
}

#[tokio::test]
async fn a_renewed_loan_is_due_later() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let book = book(&reader, 1).await;
    let loan = reader.reserves(&book).await.expect(201).string("id");
    library.admin().await.steps(&loan, "checkout").await.expect(200);
    library.wait(5 * DAY);
    let renewed = library.signs_in(&reader).await.steps(&loan, "renew").await.expect(200).json();
    let (due, on) = (renewed["dueAt"].clone(), renewed["dueOn"].clone());
    assert_eq!(
        copies(&library, &book).await,
        json!({"copies": 1, "free": 0, "waiting": 0, "nextDue": due, "nextDueOn": on})
    );
}

#[tokio::test]
async fn the_same_numbers_are_not_sent_again() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let book = book(&reader, 1).await;
    let path = format!("/books/{book}/availability");
    let known = library.stranger().get(&path).await.expect(200).header("etag").to_owned();
    let ask = || library.stranger().get(&path).header("if-none-match", &known);
    ask().await.expect(304);
    reader.reserves(&book).await.expect(201);
    ask().await.expect(200);
}

#[tokio::test]
async fn only_books_of_the_catalogue_have_copies_that_are_free() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let book = book(&reader, 1).await;
    reader.ask(Method::POST, &format!("/books/{book}/archive")).await.expect(200);
    for id in [book.as_str(), UNKNOWN] {
        library.stranger().get(&format!("/books/{id}/availability")).await.refused(404, "no-such-book");
    }
    library.stranger().get("/books/kindred/availability").await.invalid("{bookId}");
}

#[tokio::test]
async fn a_members_only_library_shows_strangers_no_copies() {
    let library = Library::own().settings(|settings| settings.members_only_reads = true).start().await;
    let reader = library.reader().await;
    let book = book(&reader, 1).await;
    let path = format!("/books/{book}/availability");
    library.stranger().get(&path).await.problem(401, "unauthenticated");
    reader.get(&path).await.expect(200);
}

#[tokio::test]
async fn a_reader_sees_what_a_book_is_to_them() {
    let library = Library::own().start().await;
    let (reader, other) = (library.reader().await, library.reader().await);
    let book = book(&reader, 1).await;
    assert_eq!(own(&reader, &book).await, json!({"favorite": false}));

    reader.post(&format!("/favorites/{book}"), json!({})).await.expect(201);
    let reservation = reader.reserves(&book).await.expect(201).json();
    assert_eq!(own(&reader, &book).await, json!({"favorite": true, "reservation": reservation}));
    let waiting = other.reserves(&book).await.expect(202).json();
    assert_eq!(own(&other, &book).await, json!({"favorite": false, "reservation": waiting}));

    // What has lapsed has ended, even before anything has recorded the lapse.
    library.wait(4 * DAY);
    assert_eq!(own(&library.signs_in(&reader).await, &book).await, json!({"favorite": true}));
}

#[tokio::test]
async fn an_old_book_can_be_a_favorite_and_an_unknown_one_is_not_found() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let book = book(&reader, 1).await;
    reader.post(&format!("/favorites/{book}"), json!({})).await.expect(201);
    reader.ask(Method::POST, &format!("/books/{book}/archive")).await.expect(200);
    assert_eq!(own(&reader, &book).await, json!({"favorite": true}));
    reader.get(&format!("/users/me/books/{UNKNOWN}")).await.refused(404, "no-such-book");
    reader.get("/users/me/books/kindred").await.invalid("{bookId}");
}

#[tokio::test]
async fn a_loan_says_how_often_it_was_renewed_and_whether_it_can_be_again() {
    let library = Library::own().start().await;
    let (admin, reader, other) = (library.admin().await, library.reader().await, library.reader().await);
    let book = book(&reader, 1).await;
    let reserved = reader.reserves(&book).await.expect(201).json();
    let id = reserved["id"].as_str().unwrap_or_default();
    let path = format!("/reservations/{id}");
    let said = |loan: &Value| ["renewals", "mayRenew", "renewalRefusal"].map(|field| loan[field].clone());
    assert_eq!(said(&reserved), [Value::Null, Value::Null, Value::Null]);

    let loan = admin.steps(id, "checkout").await.expect(200).json();
    assert_eq!(said(&loan), [json!(0), json!(false), json!("too-early")]);
    library.wait(DAY);
    let [admin, reader, other] =
        [library.signs_in(&admin).await, library.signs_in(&reader).await, library.signs_in(&other).await];
    assert_eq!(said(&reader.get(&path).await.expect(200).json()), [json!(0), json!(true), Value::Null]);
    let renewed = reader.steps(id, "renew").await.expect(200).json();
    assert_eq!(said(&renewed), [json!(1), json!(false), json!("too-early")]);
    assert_eq!(reader.get(&path).await.expect(200).json(), renewed);
    assert_eq!(own(&reader, &book).await["reservation"], renewed);

    // The code is that of the refusal.
    other.reserves(&book).await.expect(202);
    let code = Conflict::OthersWait.refusal().code;
    for loan in [
        reader.get(&path).await.expect(200).json(),
        reader.get("/reservations").await.expect(200).json()["items"][0].clone(),
        own(&reader, &book).await["reservation"].clone(),
    ] {
        assert_eq!(said(&loan), [json!(1), json!(false), json!(code)]);
    }
    reader.steps(id, "renew").await.refused(409, code);

    let returned = admin.steps(id, "return").await.expect(200).json();
    assert_eq!(said(&returned), [Value::Null, Value::Null, Value::Null]);
}

#[tokio::test]
async fn a_reader_whose_copy_is_on_its_way_does_not_stop_a_renewal() {
    let library = Library::own().start().await;
    let (admin, reader, other) = (library.admin().await, library.reader().await, library.reader().await);
    let book = book(&reader, 1).await;
    let id = reader.reserves(&book).await.expect(201).string("id");
    admin.steps(&id, "checkout").await.expect(200);
    other.reserves(&book).await.expect(202);
    reader.patch(&format!("/books/{book}"), json!({"copies": 2})).await.expect(200);
    library.wait(DAY);
    let reader = library.signs_in(&reader).await;
    // Whether dispatch has given the new copy to the other reader by now or not.
    assert_eq!(reader.get(&format!("/reservations/{id}")).await.expect(200).json()["mayRenew"], true);
    assert_eq!(copies(&library, &book).await["waiting"], 0);
    reader.steps(&id, "renew").await.expect(200);
}

//! Lending, one request at a time: what each step answers, and what it refuses.

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Library, Person, time};

const DAY: i64 = 24 * 60 * 60;
const UNKNOWN_ID: &str = "AZLzpFtsfY6fASNFZ4mrzQGS86RbbH2OnwEjRWeJq80";

/// Adds a book with that number of copies. Returns its id.
async fn book(owner: &Person, copies: u32) -> String {
    let book = json!({"title": "Kindred", "author": "Octavia E. Butler", "copies": copies});
    owner.post("/books", book).await.expect(201).string("id")
}

/// Returns the time from now in whole days.
fn days_until(field: &Value) -> i64 {
    (time(field).duration_since(Timestamp::now()) + SignedDuration::from_mins(1)).as_secs() / DAY
}

#[tokio::test]
async fn a_book_is_reserved_checked_out_renewed_and_returned() {
    let library = Library::own().start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let book = book(&reader, 1).await;

    let reserved = reader.reserves(&book).await.expect(201);
    let id = reserved.string("id");
    assert_eq!(reserved.header("location"), format!("/v1/reservations/{id}"));
    let reservation = reserved.json();
    assert_eq!(reservation["book"], json!({"id": book, "title": "Kindred"}));
    assert_eq!((&reservation["reader"], &reservation["status"]), (&json!(reader.id), &json!("ready")));
    assert_eq!(days_until(&reservation["readyUntil"]), 3);
    assert_eq!(reader.get(&format!("/reservations/{id}")).await.expect(200).json(), reservation);
    assert_eq!(reader.get("/reservations").await.expect(200).json(), json!({"items": [reservation]}));

    let out = admin.steps(&id, "checkout").await.expect(200).json();
    assert_eq!((&out["status"], &out["readyUntil"]), (&json!("checkedOut"), &Value::Null));
    assert_eq!(days_until(&out["dueAt"]), 21);
    assert_eq!(reader.get("/reservations").await.expect(200).json(), json!({"items": [out]}));

    library.wait(DAY);
    let [admin, reader] = [library.signs_in(&admin).await, library.signs_in(&reader).await];
    let renewed = reader.steps(&id, "renew").await.expect(200).json();
    assert!(time(&renewed["dueAt"]) > time(&out["dueAt"]), "{renewed}");

    let back = admin.steps(&id, "return").await.expect(200).json();
    assert_eq!((&back["status"], &back["dueAt"]), (&json!("returned"), &Value::Null));
    assert_eq!(reader.get("/reservations").await.expect(200).json(), json!({"items": []}));
    assert_eq!(reader.get(&format!("/reservations/{id}")).await.expect(200).json(), back);
    reader.reserves(&book).await.expect(201);
}

#[tokio::test]
async fn a_later_reader_waits_and_moves_up() {
    let library = Library::start().await;
    let admin = library.admin().await;
    let [first, second, third, fourth] =
        [library.reader().await, library.reader().await, library.reader().await, library.reader().await];
    let book = book(&first, 1).await;
    let held = first.reserves(&book).await.expect(201).string("id");
    let mut waiting = Vec::new();
    for (reader, place) in [(&second, 1), (&third, 2), (&fourth, 3)] {
        let reservation = reader.reserves(&book).await.expect(202).json();
        assert_eq!((&reservation["status"], &reservation["place"]), (&json!("waiting"), &json!(place)));
        waiting.push(reservation["id"].as_str().unwrap_or_default().to_owned());
    }
    admin.steps(&waiting[0], "checkout").await.refused(409, "not-ready");

    // After a cancellation the later readers move up.
    third.cancels(&waiting[1]).await.expect(204);
    let place = |answer: tests::Answer| answer.expect(200).json()["items"][0]["place"].clone();
    assert_eq!(place(second.get("/reservations").await), 1);
    assert_eq!(place(fourth.get("/reservations").await), 2);

    admin.steps(&held, "checkout").await.expect(200);
    first.steps(&held, "renew").await.refused(409, "others-wait");
    admin.steps(&held, "return").await.expect(200);
    let promoted = second.get(&format!("/reservations/{}", waiting[0])).await.expect(200).json();
    assert_eq!((&promoted["status"], &promoted["place"]), (&json!("ready"), &Value::Null));
    assert_eq!(days_until(&promoted["readyUntil"]), 3);
    assert_eq!(place(fourth.get("/reservations").await), 1);

    // The cancellation of a ready reservation also passes the copy on.
    second.cancels(&waiting[0]).await.expect(204);
    assert_eq!(fourth.get("/reservations").await.expect(200).json()["items"][0]["status"], "ready");
    second.cancels(&waiting[0]).await.problem(404, "not-found");
}

#[tokio::test]
async fn impossible_steps_are_refused_and_change_nothing() {
    let library = Library::start().await;
    let (admin, reader, other) = (library.admin().await, library.reader().await, library.reader().await);
    let book = book(&reader, 2).await;
    let reservation = reader.reserves(&book).await.expect(201).string("id");
    let before = reader.get("/reservations").await.json();

    reader.reserves(&book).await.refused(409, "already-reserved");
    other.reserves("0192f3a4-5b6c-7d8e-9f01-23456789abcd").await.problem(404, "not-found");
    other.reserves("kindred").await.invalid("{bookId}");
    library.stranger().reserves(&book).await.problem(401, "unauthenticated");

    // Another reader's reservation is not found.
    other.get(&format!("/reservations/{reservation}")).await.problem(404, "not-found");
    other.cancels(&reservation).await.problem(404, "not-found");
    other.steps(&reservation, "renew").await.problem(404, "not-found");
    for step in ["checkout", "return"] {
        reader.steps(&reservation, step).await.problem(403, "forbidden");
        admin.steps(UNKNOWN_ID, step).await.problem(404, "not-found");
    }
    for id in ["x", &UNKNOWN_ID[1..], &format!("{UNKNOWN_ID}A"), &UNKNOWN_ID.replace('8', "!")] {
        reader.get(&format!("/reservations/{id}")).await.invalid("{reservationId}");
    }
    admin.steps(&reservation, "return").await.refused(409, "not-checked-out");
    reader.steps(&reservation, "renew").await.refused(409, "not-checked-out");
    assert_eq!(reader.get("/reservations").await.json(), before);

    admin.steps(&reservation, "checkout").await.expect(200);
    admin.steps(&reservation, "checkout").await.refused(409, "checked-out");
    reader.cancels(&reservation).await.refused(409, "checked-out");
    admin.steps(&reservation, "return").await.expect(200);
    for step in ["return", "checkout", "renew"] {
        admin.steps(&reservation, step).await.refused(409, "returned");
    }
    reader.cancels(&reservation).await.problem(404, "not-found");
}

#[tokio::test]
async fn a_reader_has_at_most_ten_reservations() {
    let library = Library::own().start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let mut reservations = Vec::new();
    for _ in 0..10 {
        let book = book(&reader, 1).await;
        reservations.push(reader.reserves(&book).await.expect(201).string("id"));
    }
    let eleventh = book(&reader, 1).await;
    reader.reserves(&eleventh).await.refused(409, "too-many-reservations");
    let listed = reader.get("/reservations").await.expect(200).each("id");
    assert_eq!(listed, reservations.iter().rev().cloned().collect::<Vec<_>>(), "newest first");
    // A loan is counted apart.
    admin.steps(&reservations[0], "checkout").await.expect(200);
    reader.reserves(&eleventh).await.expect(201);
    reader.reserves(&book(&reader, 1).await).await.refused(409, "too-many-reservations");
}

#[tokio::test]
async fn a_copy_that_is_not_collected_in_three_days_goes_to_the_next_reader() {
    let library = Library::own().clock_at("2026-11-27T10:00:00Z").start().await;
    let admin = library.admin().await;
    let [first, second, third] = [library.reader().await, library.reader().await, library.reader().await];
    let book = book(&first, 1).await;
    let lapsing = first.reserves(&book).await.expect(201).string("id");
    let waiting = second.reserves(&book).await.expect(202).string("id");
    library.wait(3 * DAY + 14 * 60 * 60 - 1);
    let [admin, first, second, third] = [
        library.signs_in(&admin).await,
        library.signs_in(&first).await,
        library.signs_in(&second).await,
        library.signs_in(&third).await,
    ];
    assert_eq!(first.get("/reservations").await.expect(200).json()["items"][0]["status"], "ready");
    library.wait(1);
    // The reservation has lapsed, although no write has recorded it yet.
    assert_eq!(first.get("/reservations").await.expect(200).json(), json!({"items": []}));
    assert_eq!(first.get(&format!("/reservations/{lapsing}")).await.expect(200).json()["status"], "lapsed");
    admin.steps(&lapsing, "checkout").await.refused(409, "lapsed");
    let promoted = second.get(&format!("/reservations/{waiting}")).await.expect(200).json();
    assert_eq!(promoted["status"], "ready", "the request for a checkout recorded the lapse");
    admin.steps(&waiting, "checkout").await.expect(200);
    assert_eq!(third.reserves(&book).await.expect(202).json()["place"], 1);
    first.cancels(&lapsing).await.problem(404, "not-found");
}

#[tokio::test]
async fn a_lapsed_reservation_blocks_no_new_one() {
    let library = Library::own().standing_clock().start().await;
    let [reader, other] = [library.reader().await, library.reader().await];
    let mut books = Vec::new();
    for _ in 0..10 {
        let book = book(&reader, 1).await;
        reader.reserves(&book).await.expect(201);
        books.push(book);
    }
    let one_more = book(&reader, 1).await;
    library.wait(4 * DAY);
    let [reader, other] = [library.signs_in(&reader).await, library.signs_in(&other).await];
    // It blocks neither another reader nor the same one, and does not count among the ten.
    other.reserves(&books[0]).await.expect(201);
    reader.reserves(&books[1]).await.expect(201);
    reader.reserves(&one_more).await.expect(201);
    assert_eq!(reader.get("/reservations").await.expect(200).each("id").len(), 2);
}

/// A reservation and its book's lending item are read in one call, but at two moments. Here the lending item is newer: in
/// the meantime, another request has recorded the lapse and reserved the book.
#[tokio::test]
async fn a_lapsed_reservation_is_not_ready_if_only_the_lending_item_shows_the_lapse() {
    let library = Library::own().standing_clock().start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let book = book(&reader, 1).await;
    let id = reader.reserves(&book).await.expect(201).string("id");
    library.wait(4 * DAY);
    let later = json!({"TableName": "carrel-library", "Key": {"pk": {"S": format!("book#{book}")}, "sk": {"S": "lending"}},
        "UpdateExpression": "SET nextLapse = :later", "ExpressionAttributeValues": {":later": {"N": "99999999999999"}}});
    library.dynamodb().call("UpdateItem", &later).await;
    for step in ["checkout", "renew", "return"] {
        library.signs_in(&admin).await.steps(&id, step).await.refused(409, "lapsed");
    }
}

#[tokio::test]
async fn a_book_that_is_reserved_or_checked_out_is_neither_archived_nor_deleted() {
    let library = Library::start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let book = book(&reader, 2).await;
    let (path, archive) = (format!("/books/{book}"), format!("/books/{book}/archive"));
    let archives = async || reader.ask(Method::POST, &archive).await;
    let reservation = reader.reserves(&book).await.expect(201).string("id");
    for step in ["checkout", "return"] {
        archives().await.refused(409, "book-in-use");
        reader.delete(&path).await.refused(409, "book-in-use");
        admin.steps(&reservation, step).await.expect(200);
    }
    archives().await.expect(200);
    reader.reserves(&book).await.problem(404, "not-found");
    reader.ask(Method::POST, &format!("/archive/books/{book}/restore")).await.expect(200);
    let reservation = reader.reserves(&book).await.expect(201).string("id");
    reader.cancels(&reservation).await.expect(204);
    reader.delete(&path).await.expect(204);
    reader.reserves(&book).await.problem(404, "not-found");
}

#[tokio::test]
async fn the_number_of_copies_cannot_fall_below_the_copies_in_use() {
    let library = Library::start().await;
    let [first, second, third] = [library.reader().await, library.reader().await, library.reader().await];
    let book = book(&first, 2).await;
    let path = format!("/books/{book}");
    let reservation = first.reserves(&book).await.expect(201).string("id");
    second.reserves(&book).await.expect(201);
    first.patch(&path, json!({"copies": 1})).await.refused(409, "book-in-use");
    first.patch(&path, json!({"copies": 2, "pages": 264})).await.expect(200);
    first.cancels(&reservation).await.expect(204);
    first.patch(&path, json!({"copies": 1})).await.expect(200);
    third.reserves(&book).await.expect(202);
}

#[tokio::test]
async fn idm1_a_step_that_is_repeated_with_its_key_gets_the_same_answer_and_is_done_once() {
    let library = Library::own().start().await;
    let (admin, reader, other) = (library.admin().await, library.reader().await, library.reader().await);
    let book = book(&reader, 1).await;
    let once = |request: tests::Request| request.header("idempotency-key", "once");
    let reserve = async |reader: &Person| once(reader.reserves(&book)).await;
    let reserved = reserve(&reader).await.expect(201);
    assert_eq!(reserve(&reader).await.expect(201).json(), reserved.json());
    // The same key of another reader is another key.
    let queued = reserve(&other).await.expect(202);
    assert_eq!(reserve(&other).await.expect(202).json(), queued.json());
    let id = reserved.string("id");
    once(reader.reserves(&self::book(&reader, 1).await)).await.problem(422, "key-reused");
    for (step, code) in [("checkout", "checked-out"), ("return", "returned")] {
        let key = format!("{step} of {id}");
        let answers = [
            admin.steps(&id, step).header("idempotency-key", &key).await.expect(200),
            admin.steps(&id, step).header("idempotency-key", &key).await.expect(200),
        ];
        assert_eq!(answers[0].json(), answers[1].json());
        admin.steps(&id, step).await.refused(409, code);
    }
    admin
        .steps(&queued.string("id"), "checkout")
        .header("idempotency-key", &format!("return of {id}"))
        .await
        .problem(422, "key-reused");
    let renewal = queued.string("id");
    admin.steps(&renewal, "checkout").await.expect(200);
    once(other.steps(&renewal, "renew")).await.problem(422, "key-reused");
    library.wait(DAY);
    let [admin, reader, other] =
        [library.signs_in(&admin).await, library.signs_in(&reader).await, library.signs_in(&other).await];
    let renew = async || other.steps(&renewal, "renew").header("idempotency-key", "renew").await.expect(200).json();
    let first = renew().await;
    reader.reserves(&book).await.expect(202);
    assert_eq!(renew().await, first, "although another reader waits now");
    other.steps(&renewal, "renew").await.refused(409, "others-wait");
    admin.steps(&renewal, "return").await.expect(200);
    assert_eq!(renew().await, first, "although the copy is returned now");
    other.steps(&renewal, "renew").await.refused(409, "returned");
}

//! The journal's rows and the scheduled run: what is late, doubled, lost, or unreadable.

use serde_json::{Value, json};
use tests::database::{Fault, Pattern};
use tests::{Library, Person};

const DAY: i64 = 24 * 60 * 60;

async fn status(reader: &Person, reservation: &str) -> Value {
    reader.get(&format!("/reservations/{reservation}")).await.expect(200).json()["status"].clone()
}

#[tokio::test]
async fn rac6_one_unreadable_book_does_not_stop_the_scheduled_run() {
    let library = Library::own().standing_clock().start().await;
    let [first, next] = [library.reader().await, library.reader().await];
    let unreadable = first.adds("Kindred", "Octavia E. Butler").await;
    first.reserves(&unreadable).await.expect(201);
    library.wait(1);
    let book = first.adds("Dawn", "Octavia E. Butler").await;
    first.reserves(&book).await.expect(201);
    let waiting = next.reserves(&book).await.expect(202).string("id");
    let key = json!({"pk": {"S": format!("book#{unreadable}")}, "sk": {"S": "lending"}});
    let spoil = json!({"TableName": "carrel-library", "Key": key, "UpdateExpression": "SET taken = :many",
        "ExpressionAttributeValues": {":many": {"S": "many"}}});
    library.dynamodb().call("UpdateItem", &spoil).await;
    library.wait(4 * DAY);
    // Whether it reports the failure is its own business.
    let _ = library.local().run_schedule("dispatch").await;
    let next = library.signs_in(&next).await;
    assert_eq!(status(&next, &waiting).await, "ready", "one unreadable book stops the others");
}

/// A library with a free copy and a reader who waits for it, because the row about the added copy is parked; the book; and
/// the reader's reservation.
async fn with_a_lost_row() -> (Library, String, Person, String) {
    let library = Library::own().proxied().standing_clock().retries_at_once().start().await;
    let [owner, first, next] = [library.reader().await, library.reader().await, library.reader().await];
    let book = owner.adds("Kindred", "Octavia E. Butler").await;
    first.reserves(&book).await.expect(201);
    let waiting = next.reserves(&book).await.expect(202).string("id");
    library.local().drained().await;
    library.proxy().fail_always(Pattern::of("dispatch").naming(format!("book#{book}")), Fault::Denied);
    owner.patch(&format!("/books/{book}"), json!({"copies": 2})).await.expect(200);
    assert_eq!(library.parked().await.len(), 1);
    library.proxy().recover();
    (library, book, next, waiting)
}

#[tokio::test]
async fn rac7_whoever_touches_a_book_gives_its_free_copies_to_those_who_wait() {
    let (library, book, next, waiting) = with_a_lost_row().await;
    library.reader().await.reserves(&book).await.expect(202);
    assert_eq!(status(&next, &waiting).await, "ready", "a copy is free while a reader waits");
}

#[tokio::test]
async fn rac7_the_scheduled_run_gives_free_copies_to_those_who_wait() {
    let (library, _, next, waiting) = with_a_lost_row().await;
    library.local().run_schedule("dispatch").await.unwrap_or_else(|problem| panic!("{problem}"));
    assert_eq!(status(&next, &waiting).await, "ready", "a copy is free while a reader waits");
}

#[tokio::test]
async fn rac9_an_event_that_was_numbered_late_is_not_skipped() {
    let library = Library::own().proxied().standing_clock().start().await;
    let admin = library.admin().await;
    library.local().drained().await;
    let mut hold = library.proxy().hold(Pattern::of("dispatch").naming("counter#events"));
    for title in ["Kindred", "Dawn", "Imago"] {
        admin.adds(title, "Octavia E. Butler").await;
    }
    hold.arrived().await;
    library.wait(120);
    hold.release();
    library.local().drained().await;
    // The index has the third event before the second.
    let rows = library.dynamodb().scan("carrel-journal").await;
    let second = rows.iter().find(|row| row["feed"]["S"].is_string() && row["number"]["N"] == "2");
    let pk = second.expect("the second event")["pk"].clone();
    let set = async |change: &str, values: Value| {
        let mut update = json!({"TableName": "carrel-journal", "Key": {"pk": pk}, "UpdateExpression": change});
        if !values.is_null() {
            update["ExpressionAttributeValues"] = values;
        }
        library.dynamodb().call("UpdateItem", &update).await;
    };
    let after_the_first = async || -> Vec<u64> {
        let events = admin.get("/events?after=1").await.expect(200).json();
        events["items"].as_array().expect("a list").iter().filter_map(|event| event["id"].as_u64()).collect()
    };
    set("REMOVE feed", Value::Null).await;
    assert_eq!(after_the_first().await, [0; 0], "an event is skipped");
    set("SET feed = :feed", json!({":feed": {"S": "events"}})).await;
    assert_eq!(after_the_first().await, [2, 3]);
}

#[tokio::test]
async fn rac11_a_cursor_into_what_has_expired_leads_to_an_empty_page() {
    let library = Library::own().standing_clock().start().await;
    let admin = library.admin().await;
    for title in ["Kindred", "Dawn", "Imago"] {
        admin.adds(title, "Octavia E. Butler").await;
        library.wait(1);
    }
    library.local().drained().await;
    for filter in ["", &format!("&user={}", crate::activity::admin(&library).await.id)] {
        let page = admin.get(&format!("/activity?limit=2{filter}")).await.expect(200).json();
        let cursor = page["nextCursor"].as_str().expect("more");
        library.wait(91 * DAY);
        let admin = library.signs_in(&admin).await;
        let aged = admin.get(&format!("/activity?limit=2{filter}&cursor={cursor}")).await;
        assert_eq!(aged.status, 200, "an aged cursor fails: {}", aged.text);
        assert_eq!(aged.json(), json!({"items": []}));
        library.wait(-91 * DAY);
    }
}

#[tokio::test]
async fn rac12_a_row_that_is_twice_in_a_batch_is_worked_off_once() {
    let library = Library::own().every_row_twice().retries_at_once().start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let book = reader.adds("Kindred", "Octavia E. Butler").await;
    reader.reserves(&book).await.expect(201);
    library.finished().await;
    assert_eq!(library.letters(&reader.email).await.len(), 2);
    let events = admin.get("/events?after=0").await.expect(200).json();
    let numbers: Vec<_> = events["items"].as_array().into_iter().flatten().map(|event| &event["id"]).collect();
    assert_eq!(numbers, [1, 2]);
}

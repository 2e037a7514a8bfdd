//! What others may see of a reader, and for how long.

use serde_json::Value;
use tests::{Library, Person};

use crate::activity::{admin, log};

const DAY: i64 = 24 * 60 * 60;

/// Returns the rows of looks at records.
async fn looks(library: &Library, admin: &Person) -> Vec<Value> {
    library.local().drained().await;
    let rows = log(admin, "").await;
    rows.into_iter().filter(|row| row["type"] == "user.looked").collect()
}

#[tokio::test]
async fn dk65_nothing_says_who_has_read_what_after_thirty_days() {
    let library = Library::own().start().await;
    let (mut admin, ada) = (admin(&library).await, library.reader().await);
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    let loan = ada.reserves(&book).await.expect(201).string("id");
    admin.steps(&loan, "put-aside").await.expect(200);
    admin.steps(&loan, "checkout").await.expect(200);
    admin.steps(&loan, "return").await.expect(200);
    library.local().drained().await;
    let path = format!("/activity?book={book}");
    let now = admin.get(&path).await.expect(200).each("type");
    assert_eq!(now, ["book.returned", "book.checkedOut", "book.putAside", "book.reserved", "book.added"]);
    assert_eq!(admin.get("/events?after=0").await.expect(200).each("type").len(), 5);
    assert_eq!(admin.get(&format!("/reservations/{loan}")).await.expect(200).string("status"), "returned");

    library.wait(31 * DAY);
    admin = library.signs_in(&admin).await;
    assert_eq!(admin.get(&path).await.expect(200).each("type"), ["book.added"], "other rows stay longer");
    let of_ada = admin.get(&format!("/activity?user={}", ada.id)).await.expect(200);
    assert_eq!(of_ada.each("type").iter().filter(|what| what.starts_with("book.")).count(), 0, "{}", of_ada.text);
    assert_eq!(admin.get("/events?after=0").await.expect(200).each("id"), [""; 0]);
    assert_eq!(admin.get("/events").await.expect(200).each("id"), [""; 0]);
    admin.get(&format!("/reservations/{loan}")).await.refused(404, "no-such-reservation");
    assert_eq!(admin.get(&format!("/books/{book}/reservations")).await.expect(200).each("id"), [""; 0]);
    // The list of events goes on, also across those that are gone.
    admin.patch(&format!("/books/{book}"), serde_json::json!({"pages": 7})).await.expect(200);
    library.local().drained().await;
    let events = admin.get("/events?after=0").await.expect(200);
    assert_eq!(events.each("type"), ["book.changed"]);
    assert_eq!(events.json()["items"][0]["id"], 6);
}

#[tokio::test]
async fn a_look_at_a_readers_record_is_in_the_log_once_in_ten_minutes() {
    let library = Library::own().standing_clock().start().await;
    let (admin, ada) = (admin(&library).await, library.reader().await);
    let desk = library.with_role("assistant").await;
    let (profile, loans) = (format!("/users/{}", ada.id), format!("/reservations?reader={}", ada.id));
    // The ten minutes are those of the clock.
    let now = tests::time(&ada.get("/users/me").await.expect(200).json()["updatedAt"]).as_second();
    library.wait(600 - now.rem_euclid(600));
    let [admin, ada, desk] =
        [library.signs_in(&admin).await, library.signs_in(&ada).await, library.signs_in(&desk).await];
    desk.get("/users?query=nobody").await.expect(200);
    ada.get(&profile).await.expect(200);
    library.reader().await.get(&profile).await.expect(200);
    assert_eq!(looks(&library, &admin).await.len(), 0);
    for _ in 0..3 {
        desk.get(&profile).await.expect(200);
        desk.get(&loans).await.expect(200);
        library.wait(180);
    }
    let found = looks(&library, &admin).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0]["actor"].as_str(), found[0]["user"].as_str()), (Some(&*desk.id), Some(&*ada.id)));
    // Another person, or another reader, is another look.
    admin.get(&loans).await.expect(200);
    let other = library.reader().await;
    desk.get(&format!("/users/{}", other.id)).await.expect(200);
    library.wait(60);
    assert_eq!(looks(&library, &library.signs_in(&admin).await).await.len(), 3);
    let desk = library.signs_in(&desk).await;
    desk.get(&profile).await.expect(200);
    assert_eq!(looks(&library, &library.signs_in(&admin).await).await.len(), 4);
}

#[tokio::test]
async fn events_and_the_log_come_with_names_that_are_stored_nowhere_with_them() {
    let library = Library::own().start().await;
    let (admin, ada) = (admin(&library).await, library.reader().await);
    ada.patch("/users/me", serde_json::json!({"firstName": "Ada", "lastName": "Lovelace"})).await.expect(200);
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    let loan = ada.reserves(&book).await.expect(201).string("id");
    library.local().drained().await;
    let mut monitor = admin.watches().await;
    admin.steps(&loan, "checkout").await.expect(200);
    let event = monitor.event().await;
    library.local().drained().await;
    let listed = admin.get("/events?limit=1").await.expect(200).json()["items"][0].clone();
    assert_eq!(event, listed);
    assert_eq!((event["actor"].as_str(), event["reader"].as_str()), (Some(&*admin.id), Some(&*ada.id)));
    let person = event["people"].as_array().expect("people").iter().find(|person| person["id"] == ada.id.as_str());
    assert_eq!(person.map(|person| person["lastName"].clone()), Some("Lovelace".into()), "{event}");
    let row = admin.get(&format!("/activity?book={book}&limit=1")).await.expect(200).json()["items"][0].clone();
    assert_eq!(row["people"], event["people"]);
    let journal = library.dynamodb().scan("carrel-journal").await;
    assert!(journal.iter().all(|row| row.get("letter").is_some() || !row.to_string().contains("Lovelace")));
    admin.get(&format!("/activity?book={book}&user={}", ada.id)).await.invalid("?book");
}

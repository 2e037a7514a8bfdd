//! The library's own rules: on which days, for how long, and how many.

mod days;
pub(crate) mod groups;
mod input;
mod letters;
mod name;
mod one_click;
mod year;

use serde_json::{Value, json};
use tests::{Library, Person};

const DAY: i64 = 24 * 60 * 60;

/// Returns the rules of a library that has not changed them.
pub(crate) fn defaults() -> Value {
    let group = |id: &str, name: &str| json!({"id": id, "name": name, "loanDays": 21, "loans": 10, "reservations": 10, "renewals": 2});
    json!({
        "name": "Carrel",
        "address": [],
        "contact": {},
        "language": "en",
        "letters": {"ready": true, "dueSoon": true, "overdue": true},
        "timeZone": "UTC",
        "openingDays": {"monday": {}, "tuesday": {}, "wednesday": {}, "thursday": {}, "friday": {}, "saturday": {}, "sunday": {}},
        "closedDates": [],
        "openedDates": [],
        "groups": [group("adults", "Adults"), group("pupils", "Pupils"), group("staff", "Staff")],
        "pickUpDays": 3,
        "reminderDays": 3,
        "overdueDays": [3, 10, 21],
    })
}

/// Returns the default rules with other fields.
fn with(fields: &Value) -> Value {
    let mut rules = defaults();
    for (name, value) in fields.as_object().into_iter().flatten() {
        rules[name] = value.clone();
    }
    rules
}

/// Saves rules with these fields, and waits until every function knows them.
pub(crate) async fn rule(library: &Library, admin: &Person, fields: &Value) {
    admin.put("/rules", with(fields)).await.expect(200);
    library.wait(60);
}

/// Lets that many days pass, and signs everybody in again.
pub(crate) async fn later(library: &Library, days: i64, people: &mut [&mut Person]) {
    library.wait(days * DAY);
    for person in people {
        **person = library.signs_in(person).await;
    }
}

/// Runs the scheduled sweep.
async fn sweep(library: &Library) {
    library.local().run_schedule("dispatch").await.expect("the sweep runs");
    library.local().drained().await;
}

#[tokio::test]
async fn everybody_reads_the_rules_and_a_library_begins_with_those_that_always_held() {
    let library = Library::own().start().await;
    let shown = library.stranger().get("/rules").await.expect(200);
    assert_eq!((shown.header("etag"), shown.json()), ("\"0\"", defaults()));
    library.stranger().get("/rules").header("if-none-match", "\"0\"").await.expect(304);
}

#[tokio::test]
async fn whoever_saves_rules_that_somebody_else_has_changed_meanwhile_is_refused() {
    let library = Library::own().standing_clock().start().await;
    let (nora, bob) = (library.admin().await, library.with_role("admin").await);
    let saved = nora.put("/rules", with(&json!({"pickUpDays": 5}))).header_if_match("\"0\"").await.expect(200);
    assert_eq!((saved.header("etag"), &saved.json()["pickUpDays"]), ("\"1\"", &json!(5)));
    bob.put("/rules", with(&json!({"reminderDays": 2}))).header_if_match("\"0\"").await.refused(412, "stale");
    let current = library.stranger().get("/rules").await.expect(200);
    assert_eq!((current.header("etag"), current.json()), ("\"1\"", saved.json()));
    // What changes nothing writes nothing.
    let again = nora.put("/rules", saved.json()).header_if_match("\"1\"").await.expect(200);
    assert_eq!(again.header("etag"), "\"1\"");
    library.local().drained().await;
    let log = nora.get("/activity").await.expect(200).each("type");
    assert_eq!(log.iter().filter(|what| *what == "rules.changed").count(), 1);
}

#[tokio::test]
async fn an_assistant_changes_no_rules() {
    let library = Library::own().start().await;
    let assistant = library.with_role("assistant").await;
    for request in [assistant.put("/rules", defaults()), assistant.post("/rules/preview", defaults())] {
        request.await.refused(403, "librarians-only");
    }
}

#[tokio::test]
async fn a_preview_says_what_rules_would_promise_and_saves_nothing() {
    let library = Library::own().clock_at("2026-11-26T10:00:00Z").start().await;
    let admin = library.admin().await;
    let week = json!({"tuesday": {"opens": "10:00", "closes": "18:00"}, "thursday": {}, "saturday": {}});
    let mut groups = defaults()["groups"].clone();
    groups[1]["loanDays"] = json!(14);
    let rules = with(
        &json!({"timeZone": "Europe/Berlin", "openingDays": week, "groups": groups, "closedDates": ["2026-12-10"]}),
    );
    let preview = admin.post("/rules/preview", rules.clone()).await.expect(200).json();
    let due = |group: &str, day: &str| json!({"group": group, "dueOn": day});
    let loans = json!([due("adults", "2026-12-17"), due("pupils", "2026-12-12"), due("staff", "2026-12-17")]);
    assert_eq!(preview["loans"], loans);
    assert_eq!(
        (&preview["readyOn"], &preview["readyUntil"]),
        (&json!("2026-12-01"), &json!("2026-12-01T17:00:00.000Z"))
    );
    assert_eq!(admin.get("/rules").await.expect(200).json(), defaults());
    // The same comes true.
    admin.put("/rules", rules).await.expect(200);
    library.wait(60);
    let reader = library.reader().await;
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    let loan = admin.lends(&reader, &book).await.expect(201).json()["reservation"].clone();
    assert_eq!(loan["dueOn"], "2026-12-17");
}

#[tokio::test]
async fn a_function_reads_the_rules_once_a_minute() {
    let library = Library::own().standing_clock().metered().start().await;
    let admin = library.admin().await;
    let reader = library.reader().await;
    let reads = async |book: String| {
        library.proxy().take_of_requests();
        reader.reserves(&book).await.expect(201);
        library.proxy().take_of_requests().iter().filter(|call| call.action == "GetItem").count()
    };
    let mut books = Vec::new();
    for _ in 0..3 {
        books.push(admin.adds("Kindred", "Octavia E. Butler").await);
    }
    let [first, second, third] = books.try_into().expect("three");
    assert_eq!(reads(first).await, 2, "the session and the rules");
    assert_eq!(reads(second).await, 1, "the session");
    library.wait(60);
    assert_eq!(reads(third).await, 2, "again after a minute");
}

//! Days: what is due and what is ready ends on an open day of the library.

use serde_json::{Value, json};
use tests::{Library, Person};

use super::{DAY, later, rule, sweep, with};

/// Berlin, open from Monday to Saturday.
fn berlin(closed: &[&str]) -> Value {
    let week = json!({"monday": {}, "tuesday": {}, "wednesday": {}, "thursday": {}, "friday": {}, "saturday": {}});
    json!({"timeZone": "Europe/Berlin", "openingDays": week, "closedDates": closed})
}

async fn lends(admin: &Person, reader: &Person) -> Value {
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    admin.lends(reader, &book).await.expect(201).json()["reservation"].clone()
}

async fn ids(desk: &Person, list: &str) -> Vec<String> {
    desk.get(&format!("/reservations?{list}")).await.expect(200).each("id")
}

#[tokio::test]
async fn dk41_a_book_is_due_on_the_next_open_day_wherever_it_is_lent() {
    let library = Library::own().clock_at("2026-12-03T09:00:00Z").start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    rule(&library, &admin, &berlin(&["2026-12-24", "2026-12-25", "2026-12-26"])).await;
    let due = (json!("2026-12-28"), json!("2026-12-28T22:59:59.999Z"));
    let lent = lends(&admin, &reader).await;
    assert_eq!((lent["dueOn"].clone(), lent["dueAt"].clone()), due);
    let book = admin.adds("Dawn", "Octavia E. Butler").await;
    let reserved = reader.reserves(&book).await.expect(201).string("id");
    let checked_out = admin.steps(&reserved, "checkout").await.expect(200).json();
    assert_eq!((checked_out["dueOn"].clone(), checked_out["dueAt"].clone()), due);
    // A day that the desk chooses moves as well.
    let chosen = admin.adds("Wild Seed", "Octavia E. Butler").await;
    let loan = json!({"reader": reader.id, "book": chosen, "dueOn": "2026-12-25"});
    assert_eq!(admin.post("/loans", loan).await.expect(201).json()["reservation"]["dueOn"], "2026-12-28");
}

#[tokio::test]
async fn dk43_a_loan_is_late_from_the_end_of_its_due_day_in_the_librarys_zone() {
    // A second before midnight of the due day, and midnight.
    let library = Library::own().clock_at("2026-11-26T09:00:00Z").start().await;
    let (mut admin, reader) = (library.admin().await, library.reader().await);
    rule(&library, &admin, &berlin(&[])).await;
    let loan = lends(&admin, &reader).await;
    assert_eq!(loan["dueOn"], "2026-12-17");
    let id = vec![loan["id"].as_str().unwrap_or_default().to_owned()];
    let until_midnight = 21 * DAY + 14 * 60 * 60 - 60;
    library.wait(until_midnight - 1);
    admin = library.signs_in(&admin).await;
    assert_eq!((ids(&admin, "overdue=true").await, ids(&admin, "due=today").await), (vec![], id.clone()));
    sweep(&library).await;
    library.wait(1);
    assert_eq!((ids(&admin, "overdue=true").await, ids(&admin, "due=today").await), (id, vec![]));
    sweep(&library).await;
    let events = admin.get("/events?limit=100").await.expect(200).each("type");
    let of = |kind: &str| events.iter().filter(|event| *event == kind).count();
    assert_eq!((of("book.dueSoon"), of("book.overdue")), (1, 1));
    let book = loan["book"]["id"].as_str().unwrap_or_default();
    assert_eq!(admin.takes_back(book).await.expect(200).json()["daysLate"], 1);
}

#[tokio::test]
async fn dk46_what_is_ready_waits_over_the_days_on_which_the_library_is_closed() {
    let library = Library::own().clock_at("2027-12-20T10:00:00Z").start().await;
    let (mut admin, mut reader) = (library.admin().await, library.reader().await);
    let closed = ["2027-12-24", "2027-12-25", "2027-12-26", "2027-12-27"];
    rule(&library, &admin, &berlin(&closed)).await;
    later(&library, 2, &mut [&mut admin, &mut reader]).await;
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    let reserved = reader.reserves(&book).await.expect(201);
    assert_eq!(reserved.string("readyUntil"), "2027-12-28T22:59:59.999Z");
    let path = format!("/reservations/{}", reserved.string("id"));
    later(&library, 5, &mut [&mut admin, &mut reader]).await;
    sweep(&library).await;
    assert_eq!(reader.get(&path).await.expect(200).string("status"), "ready", "on a closed day nothing lapses");
    later(&library, 2, &mut [&mut admin, &mut reader]).await;
    sweep(&library).await;
    assert_eq!(reader.get(&path).await.expect(200).string("status"), "lapsed");
}

#[tokio::test]
async fn a_day_that_is_closed_after_a_book_was_promised_for_it_makes_nobody_late() {
    let library = Library::own().clock_at("2026-11-26T09:00:00Z").start().await;
    let (mut admin, reader) = (library.admin().await, library.reader().await);
    rule(&library, &admin, &berlin(&[])).await;
    let loan = lends(&admin, &reader).await;
    // Thursday the 17th to Saturday the 19th: the next open day is Monday the 21st.
    admin.put("/rules", with(&berlin(&["2026-12-17", "2026-12-18", "2026-12-19"]))).await.expect(200);
    let shown = |who: Person| async move { who.get("/reservations").await.expect(200).json()["items"][0].clone() };
    library.wait(24 * DAY);
    let person = library.signs_in(&reader).await;
    assert_eq!(shown(person).await["dueOn"], loan["dueOn"], "the promise does not move");
    admin = library.signs_in(&admin).await;
    let id = vec![loan["id"].as_str().unwrap_or_default().to_owned()];
    sweep(&library).await;
    assert_eq!((ids(&admin, "overdue=true").await, ids(&admin, "due=today").await), (vec![], vec![]), "on Sunday");
    library.wait(DAY);
    admin = library.signs_in(&admin).await;
    sweep(&library).await;
    assert_eq!((ids(&admin, "overdue=true").await, ids(&admin, "due=today").await), (vec![], id.clone()), "on Monday");
    library.wait(DAY);
    admin = library.signs_in(&admin).await;
    sweep(&library).await;
    assert_eq!((ids(&admin, "overdue=true").await, ids(&admin, "due=today").await), (id, vec![]), "on Tuesday");
    let events = admin.get("/events?limit=100").await.expect(200).each("type");
    assert_eq!(events.iter().filter(|kind| *kind == "book.overdue").count(), 1);
    let book = loan["book"]["id"].as_str().unwrap_or_default();
    assert_eq!(admin.takes_back(book).await.expect(200).json()["daysLate"], 1);
}

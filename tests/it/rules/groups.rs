//! Groups: what their readers may borrow, and who is in them.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Library, Person};

use super::{DAY, defaults, later, rule};

/// Returns fields of rules with other limits for a group.
pub(crate) fn limits(group: usize, limits: &Value) -> Value {
    let mut groups = defaults()["groups"].clone();
    for (name, value) in limits.as_object().into_iter().flatten() {
        groups[group][name] = value.clone();
    }
    json!({"groups": groups})
}

async fn lends(admin: &Person, reader: &Person) -> Value {
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    admin.lends(reader, &book).await.expect(201).json()["reservation"].clone()
}

async fn reserves(admin: &Person, reader: &Person) -> String {
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    reader.reserves(&book).await.expect(201).string("id")
}

#[tokio::test]
async fn loans_and_reservations_are_counted_apart_and_by_group() {
    let library = Library::own().standing_clock().start().await;
    let (admin, child, adult) = (library.admin().await, library.reader().await, library.reader().await);
    rule(&library, &admin, &limits(1, &json!({"loans": 2, "reservations": 1}))).await;
    admin.patch(&format!("/users/{}", child.id), json!({"group": "pupils"})).await.expect(200);
    let other = admin.adds("Dawn", "Octavia E. Butler").await;
    // Two books out leave room for one reservation, and a reservation for two books.
    let first = lends(&admin, &child).await;
    let reserved = reserves(&admin, &child).await;
    child.reserves(&other).await.refused(409, "too-many-reservations");
    lends(&admin, &child).await;
    admin.lends(&child, &other).await.refused(409, "limit");
    child.reserves(&other).await.refused(409, "too-many-reservations");
    // A ready copy is handed out all the same, and gives room for a reservation.
    admin.steps(&reserved, "checkout").await.expect(200);
    let next = reserves(&admin, &child).await;
    admin.lends(&child, &other).await.refused(409, "limit");
    // One back is two of two: still none. Two back is one.
    admin.steps(first["id"].as_str().unwrap_or_default(), "return").await.expect(200);
    admin.lends(&child, &other).await.refused(409, "limit");
    admin.steps(&reserved, "return").await.expect(200);
    admin.lends(&child, &other).await.expect(201);
    child.cancels(&next).await.expect(204);
    reserves(&admin, &child).await;
    // Adults have other limits.
    for _ in 0..3 {
        reserves(&admin, &adult).await;
        lends(&admin, &adult).await;
    }
}

#[tokio::test]
async fn a_group_that_may_have_nothing_gets_nothing() {
    let library = Library::own().standing_clock().start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    rule(&library, &admin, &limits(0, &json!({"loans": 0, "reservations": 0}))).await;
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    reader.reserves(&book).await.refused(409, "too-many-reservations");
    admin.lends(&reader, &book).await.refused(409, "limit");
    let despite = json!({"reader": reader.id, "book": book, "despite": ["limit"]});
    admin.post("/loans", despite).await.expect(201);
}

#[tokio::test]
async fn what_has_lapsed_unnoticed_leaves_room_for_a_reservation() {
    let library = Library::own().standing_clock().start().await;
    let (mut admin, mut reader) = (library.admin().await, library.reader().await);
    rule(&library, &admin, &limits(0, &json!({"reservations": 1}))).await;
    reserves(&admin, &reader).await;
    let other = admin.adds("Dawn", "Octavia E. Butler").await;
    reader.reserves(&other).await.refused(409, "too-many-reservations");
    later(&library, 5, &mut [&mut admin, &mut reader]).await;
    reader.reserves(&other).await.expect(201);
}

#[tokio::test]
async fn dk31_rules_and_groups_that_change_leave_every_promise_as_it_is() {
    let library = Library::own().standing_clock().start().await;
    let (mut admin, mut reader) = (library.admin().await, library.reader().await);
    let out = lends(&admin, &reader).await;
    let ready = reserves(&admin, &reader).await;
    let shown = async |who: &Person, id: &str| who.get(&format!("/reservations/{id}")).await.expect(200).json();
    let promised = shown(&reader, &ready).await;
    let change = limits(1, &json!({"loans": 1, "reservations": 0, "loanDays": 7, "renewals": 0}));
    rule(&library, &admin, &json!({"groups": change["groups"], "pickUpDays": 1})).await;
    admin.patch(&format!("/users/{}", reader.id), json!({"group": "pupils"})).await.expect(200);
    assert_eq!(shown(&reader, &ready).await["readyUntil"], promised["readyUntil"]);
    let id = out["id"].as_str().unwrap_or_default();
    assert_eq!(shown(&reader, id).await["dueOn"], out["dueOn"]);
    // The ready one is handed out, by the rules of the group in which the reader is now; the next is refused.
    let today: jiff::civil::Date = out["dueOn"].as_str().unwrap_or_default().parse().expect("a day");
    let week = today.saturating_sub(jiff::Span::new().days(14)).to_string();
    let handed_out = admin.steps(&ready, "checkout").await.expect(200).json();
    assert_eq!((&handed_out["dueOn"], &handed_out["renewalRefusal"]), (&json!(week), &json!("no-renewals-left")));
    let other = admin.adds("Dawn", "Octavia E. Butler").await;
    admin.lends(&reader, &other).await.refused(409, "limit");
    // A loan keeps the rules of the group under which it began.
    later(&library, 1, &mut [&mut admin, &mut reader]).await;
    assert_eq!(shown(&reader, id).await["mayRenew"], true);
    assert_eq!(reader.steps(id, "renew").await.expect(200).json()["renewals"], 1);
    reader.steps(&ready, "renew").await.refused(409, "no-renewals-left");
}

#[tokio::test]
async fn a_group_with_readers_is_not_removed_and_nobody_joins_one_that_is() {
    let library = Library::own().standing_clock().start().await;
    let admin = library.admin().await;
    let without = |gone: &str| {
        let groups = defaults()["groups"].as_array().cloned().unwrap_or_default();
        let groups: Vec<_> = groups.into_iter().filter(|group| group["id"] != gone).collect();
        let mut rules = defaults();
        rules["groups"] = json!(groups);
        rules
    };
    let removes = async |gone: &str| admin.put("/rules", without(gone)).await;
    let child = json!({"firstName": "Ada", "lastName": "Lovelace", "group": "pupils"});
    let child = admin.post("/users", child).await.expect(201).string("id");
    let reader = library.reader().await;
    let moves = async |id: &str, group: &str| admin.patch(&format!("/users/{id}"), json!({"group": group})).await;
    moves(&reader.id, "pupils").await.expect(200);
    moves(&reader.id, "pupils").await.expect(200);
    removes("pupils").await.invalid("/groups");
    moves(&reader.id, "staff").await.expect(200);
    removes("pupils").await.invalid("/groups");
    removes("staff").await.invalid("/groups");
    admin.delete(&format!("/users/{child}")).await.expect(204);
    removes("pupils").await.expect(200);
    moves(&reader.id, "pupils").await.invalid("/group");
    moves(&reader.id, "nobody").await.invalid("/group");
    let child = json!({"firstName": "Ada", "lastName": "Lovelace", "group": "pupils"});
    admin.post("/users", child).await.invalid("/group");
    removes("adults").await.invalid("/groups");
    reader.delete("/users/me").json(&json!({"password": tests::PASSWORD})).await.expect(204);
    admin.put("/rules", without("staff")).await.expect(200);
    // A function that has not read the new rules yet puts nobody in a group that they do not have.
    let late = library.reader().await;
    moves(&late.id, "staff").await.invalid("/group");
    library.wait(DAY / 24);
    library.stranger().ask(Method::GET, "/rules").await.expect(200);
}

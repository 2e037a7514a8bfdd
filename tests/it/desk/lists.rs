//! The lists of the desk.

use serde_json::{Value, json};
use tests::{Library, Person};

const DAY: i64 = 24 * 60 * 60;

/// Returns the ids of the reservations in a list.
async fn ids(desk: &Person, list: &str) -> Vec<String> {
    desk.get(&format!("/reservations?{list}")).await.expect(200).each("id")
}

/// Returns the first reservation of a list.
async fn first(desk: &Person, list: &str) -> Value {
    desk.get(&format!("/reservations?{list}")).await.expect(200).json()["items"][0].clone()
}

/// Adds a book with that many copies, and returns its id.
async fn book(owner: &Person, copies: u32) -> String {
    let book = json!({"title": "Kindred", "author": "Octavia E. Butler", "copies": copies});
    owner.post("/books", book).await.expect(201).string("id")
}

/// Waits until somebody at the desk has to sign in again, and signs in.
async fn days_later(library: &Library, days: i64, people: &mut [&mut Person]) {
    library.wait(days * DAY);
    for person in people {
        **person = library.signs_in(person).await;
    }
}

async fn sweep(library: &Library) {
    library.local().run_schedule("dispatch").await.expect("the sweep runs");
    library.local().drained().await;
}

#[tokio::test]
async fn only_the_desk_sees_its_lists_and_one_at_a_time() {
    let library = Library::start().await;
    let (reader, desk) = (library.reader().await, library.with_role("assistant").await);
    let book = book(&reader, 1).await;
    let mine = reader.reserves(&book).await.expect(201).string("id");
    let lists = ["ready=true", "ready=true&aside=false", "putBack=true", "overdue=true", "due=today"];
    for list in lists.iter().copied().chain([&*format!("reader={}", reader.id)]) {
        desk.get(&format!("/reservations?{list}")).await.expect(200);
        reader.get(&format!("/reservations?{list}")).await.refused(403, "desk-only");
    }
    reader.get(&format!("/books/{book}/reservations")).await.refused(403, "desk-only");
    assert_eq!(ids(&reader, "").await, [mine.as_str()]);
    assert_eq!(ids(&desk, "").await, [""; 0]);
    assert_eq!(ids(&desk, &format!("reader={}", reader.id)).await, [mine]);
    for (query, name) in [
        ("ready=false", "?ready"),
        ("aside=true", "?aside"),
        ("ready=true&overdue=true", "?overdue"),
        ("due=tomorrow", "?due"),
        ("reader=jane", "?reader"),
        ("late=true", "?late"),
        ("cursor=x", "?cursor"),
    ] {
        desk.get(&format!("/reservations?{query}")).await.invalid(name);
    }
}

#[tokio::test]
async fn a_books_list_has_its_loans_its_ready_copies_and_its_queue() {
    let library = Library::start().await;
    let desk = library.with_role("assistant").await;
    let readers = library.readers(5).await;
    let book = book(&desk, 3).await;
    let mut reservations = Vec::new();
    for reader in &readers {
        reservations.push(reader.reserves(&book).await.string("id"));
    }
    desk.steps(&reservations[1], "checkout").await.expect(200);
    let path = format!("/books/{book}/reservations");
    let all = desk.get(&path).await.expect(200);
    let expected = [1, 0, 2, 3, 4].map(|at: usize| reservations[at].clone());
    assert_eq!(all.each("id"), expected);
    assert_eq!(all.each("status"), ["checkedOut", "ready", "ready", "waiting", "waiting"]);
    let items = all.json()["items"].clone();
    assert_eq!([&items[3]["place"], &items[4]["place"]], [1, 2]);
    assert_eq!((&items[0]["mayRenew"], &items[0]["renewalRefusal"]), (&json!(false), &json!("others-wait")));
    assert_eq!(items[0]["person"]["id"], readers[1].id);
    // Page by page.
    let (mut found, mut next) = (Vec::new(), path.clone() + "?limit=2");
    loop {
        let page = desk.get(&next).await.expect(200);
        found.extend(page.each("id"));
        let Some(cursor) = page.json()["nextCursor"].as_str().map(ToOwned::to_owned) else { break };
        next = format!("{path}?limit=2&cursor={cursor}");
    }
    assert_eq!(found, expected);
    let unknown = "0192f3a4-5b6c-7d8e-9f01-23456789abcd";
    assert_eq!(desk.get(&format!("/books/{unknown}/reservations")).await.expect(200).each("id"), [""; 0]);
}

#[tokio::test]
async fn a_page_of_the_desk_is_followed_by_the_next() {
    let library = Library::own().start().await;
    let desk = library.with_role("assistant").await;
    let book = book(&desk, 5).await;
    let mut expected = Vec::new();
    for reader in library.readers(5).await {
        expected.push(reader.reserves(&book).await.expect(201).string("id"));
    }
    let first = desk.get("/reservations?ready=true&limit=3").await.expect(200);
    let cursor = first.string("nextCursor");
    let second = desk.get(&format!("/reservations?ready=true&limit=3&cursor={cursor}")).await.expect(200);
    assert_eq!([first.each("id"), second.each("id")].concat(), expected);
    assert_eq!(second.json().get("nextCursor"), None);
    desk.get(&format!("/reservations?overdue=true&cursor={cursor}")).await.invalid("?cursor");
    // Also a reader's list, which is short.
    let reader = library.reader().await;
    let mut mine = Vec::new();
    for _ in 0..3 {
        let other = self::book(&desk, 1).await;
        mine.insert(0, reader.reserves(&other).await.expect(201).string("id"));
    }
    let list = format!("/reservations?reader={}&limit=2", reader.id);
    let first = desk.get(&list).await.expect(200);
    let second = desk.get(&format!("{list}&cursor={}", first.string("nextCursor"))).await.expect(200);
    assert_eq!([first.each("id"), second.each("id")].concat(), mine);
    let own = reader.get("/reservations?limit=2").await.expect(200);
    let rest = reader.get(&format!("/reservations?limit=2&cursor={}", own.string("nextCursor"))).await.expect(200);
    assert_eq!([own.each("id"), rest.each("id")].concat(), mine);
    assert!(own.json()["items"][0].get("person").is_none());
}

#[tokio::test]
async fn dk4_a_copy_that_was_reserved_online_is_put_aside_for_its_reader() {
    let library = Library::own().start().await;
    let (desk, grace) = (library.with_role("assistant").await, library.reader().await);
    let book = book(&desk, 1).await;
    let reserved = grace.reserves(&book).await.expect(201);
    let id = reserved.string("id");
    assert_eq!(
        (ids(&desk, "ready=true&aside=false").await.len(), ids(&desk, "ready=true&aside=true").await.len()),
        (1, 0)
    );
    grace.steps(&id, "put-aside").await.refused(403, "desk-only");
    let aside = desk.steps(&id, "put-aside").await.expect(200);
    assert_eq!((aside.string("id"), aside.string("readyUntil")), (id.clone(), reserved.string("readyUntil")));
    let at = aside.string("asideAt");
    assert!(!at.is_empty());
    library.wait(60);
    assert_eq!(desk.steps(&id, "put-aside").await.expect(200).string("asideAt"), at, "a repetition changes nothing");
    assert_eq!(
        (ids(&desk, "ready=true&aside=false").await.len(), ids(&desk, "ready=true&aside=true").await.len()),
        (0, 1)
    );
    assert_eq!(ids(&desk, &format!("reader={}", grace.id)).await, [id.as_str()]);
    let copies = desk.get(&format!("/books/{book}/availability")).await.expect(200);
    assert_eq!((&copies.json()["free"], &copies.json()["copies"]), (&json!(0), &json!(1)));

    desk.steps(&id, "checkout").await.expect(200);
    desk.steps(&id, "put-aside").await.refused(409, "checked-out");
    let waiting = library.reader().await.reserves(&book).await.expect(202).string("id");
    desk.steps(&waiting, "put-aside").await.refused(409, "not-ready");
    let actions = desk_actions(&library).await;
    assert_eq!(actions.iter().filter(|action| *action == "book.putAside").count(), 1, "{actions:?}");
}

/// Returns the types of all events.
async fn desk_actions(library: &Library) -> Vec<String> {
    library.local().drained().await;
    library.admin().await.get("/events?after=0&limit=100").await.expect(200).each("type")
}

#[tokio::test]
async fn dk6_a_copy_that_was_put_aside_is_on_the_list_until_the_desk_has_dealt_with_it() {
    let library = Library::own().start().await;
    let mut desk = library.with_role("assistant").await;
    let [ada, bob] = [library.reader().await, library.reader().await];
    // (a) It lapses, and nobody waits. (b) It lapses, and Bob is next. (c) It is given up.
    let mut aside = Vec::new();
    for _ in 0..3 {
        let book = book(&desk, 1).await;
        let id = ada.reserves(&book).await.expect(201).string("id");
        desk.steps(&id, "put-aside").await.expect(200);
        aside.push((book, id));
    }
    let [a, b, c] = [0, 1, 2].map(|at: usize| aside[at].clone());
    let next = bob.reserves(&b.0).await.expect(202).string("id");
    ada.cancels(&c.1).await.expect(204);
    assert_eq!(ids(&desk, "putBack=true").await, [c.1.as_str()]);
    days_later(&library, 4, &mut [&mut desk]).await;
    sweep(&library).await;
    let mut listed = ids(&desk, "putBack=true").await;
    listed.sort();
    let mut expected = [a.1.clone(), c.1.clone(), next.clone()];
    expected.sort();
    assert_eq!(listed, expected);
    assert_eq!(ids(&desk, "ready=true&aside=false").await, [""; 0], "nothing has to be fetched");
    let bobs = first(&desk, "ready=true&aside=true").await;
    assert_eq!((&bobs["id"], &bobs["newSlip"], bobs["asideAt"].is_string()), (&json!(next), &json!(true), true));
    for id in [&a.1, &c.1] {
        let ended = desk.get(&format!("/reservations/{id}")).await.expect(200).json();
        assert_eq!(ended["putBack"], true);
        assert_eq!(desk.steps(id, "put-back").await.expect(200).json().get("putBack"), None);
        desk.steps(id, "put-back").await.expect(200);
    }
    assert_eq!(ids(&desk, "putBack=true").await, [next.as_str()]);
    assert_eq!(desk.steps(&next, "put-back").await.expect(200).json().get("newSlip"), None);
    assert_eq!(ids(&desk, "putBack=true").await, [""; 0]);
    assert_eq!(ids(&desk, "ready=true&aside=true").await, [next.as_str()], "it still stands there for Bob");
    desk.steps(&next, "checkout").await.expect(200);
    desk.steps("AZLzpFtsfY6fASNFZ4mrzQGS86RbbH2OnwEjRWeJq80", "put-back").await.refused(404, "no-such-reservation");
}

#[tokio::test]
async fn a_copy_that_was_never_put_aside_has_not_to_go_back() {
    let library = Library::own().start().await;
    let (desk, ada) = (library.with_role("assistant").await, library.reader().await);
    let book = book(&desk, 1).await;
    let id = ada.reserves(&book).await.expect(201).string("id");
    ada.cancels(&id).await.expect(204);
    assert_eq!(ids(&desk, "putBack=true").await, [""; 0]);
    // A copy that comes back to the desk is aside at once, with the slip that is printed then.
    let id = ada.reserves(&book).await.expect(201).string("id");
    desk.steps(&id, "checkout").await.expect(200);
    let bob = library.reader().await;
    let next = bob.reserves(&book).await.expect(202).string("id");
    desk.steps(&id, "return").await.expect(200);
    assert_eq!((ids(&desk, "putBack=true").await.len(), ids(&desk, "ready=true&aside=false").await.len()), (0, 0));
    assert_eq!(ids(&desk, "ready=true&aside=true").await, [next]);
}

#[tokio::test]
async fn dk3_a_due_day_frees_nothing() {
    let library = Library::own().start().await;
    let mut desk = library.with_role("assistant").await;
    let [ada, bob] = [library.reader().await, library.reader().await];
    let book = book(&desk, 1).await;
    let loan = ada.reserves(&book).await.expect(201).string("id");
    desk.steps(&loan, "checkout").await.expect(200);
    let waits = bob.reserves(&book).await.expect(202).string("id");
    let mut events = Vec::new();
    for _ in 0..4 {
        days_later(&library, 7, &mut [&mut desk]).await;
        sweep(&library).await;
        sweep(&library).await;
        events = desk_actions(&library).await;
    }
    assert_eq!(ids(&desk, "overdue=true").await, [loan.as_str()]);
    assert_eq!(desk.get(&format!("/reservations/{waits}")).await.expect(200).string("status"), "waiting");
    assert_eq!(desk.get(&format!("/books/{book}/availability")).await.expect(200).json()["free"], 0);
    let letters = library.letters(&bob.email).await;
    assert!(letters.iter().all(|(subject, _)| !subject.to_lowercase().contains("ready")), "{letters:?}");
    let overdue = events.iter().filter(|event| *event == "book.overdue").count();
    let due_soon = events.iter().filter(|event| *event == "book.dueSoon").count();
    assert_eq!((overdue, due_soon), (1, 1), "{events:?}");
}

#[tokio::test]
async fn dk43_a_loan_is_due_today_on_its_due_day_and_overdue_from_the_next() {
    let library = Library::own().standing_clock().start().await;
    let mut desk = library.with_role("assistant").await;
    let ada = library.reader().await;
    let book = book(&desk, 1).await;
    let loan = ada.reserves(&book).await.expect(201).string("id");
    let loan = desk.steps(&loan, "checkout").await.expect(200).json();
    let [mut now, due] = [tests::time(&loan["lentAt"]).as_second(), tests::time(&loan["dueAt"]).as_second()];
    let midnight = due - due.rem_euclid(DAY);
    for (at, overdue, today) in
        [(midnight - 60, 0, 0), (midnight, 0, 1), (midnight + DAY - 1, 0, 1), (midnight + DAY, 1, 0)]
    {
        library.wait(at - now);
        now = at;
        desk = library.signs_in(&desk).await;
        let lists = (ids(&desk, "overdue=true").await.len(), ids(&desk, "due=today").await.len());
        assert_eq!(lists, (overdue, today), "at {at}");
        sweep(&library).await;
        let events = desk_actions(&library).await;
        assert_eq!(events.iter().filter(|event| *event == "book.overdue").count(), overdue, "at {at}");
    }
}

#[tokio::test]
async fn the_desk_counts_its_lists_up_to_a_hundred() {
    let library = Library::own().start().await;
    let (desk, reader) = (library.with_role("assistant").await, library.reader().await);
    reader.get("/desk").await.refused(403, "desk-only");
    let numbers = desk.get("/desk").await.expect(200).json();
    let none = json!({"count": 0, "more": false});
    let expected = json!({"ready": none, "toFetch": none, "putBack": none, "overdue": none, "dueToday": none});
    assert_eq!(numbers, expected);
    let book = book(&desk, 3).await;
    let mut reserved = Vec::new();
    for reader in library.readers(3).await {
        reserved.push(reader.reserves(&book).await.expect(201).string("id"));
    }
    desk.steps(&reserved[0], "put-aside").await.expect(200);
    desk.steps(&reserved[1], "checkout").await.expect(200);
    let numbers = desk.get("/desk").await.expect(200).json();
    assert_eq!([&numbers["ready"]["count"], &numbers["toFetch"]["count"], &numbers["dueToday"]["count"]], [2, 1, 0]);
}

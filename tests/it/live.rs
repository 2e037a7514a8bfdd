//! Live events: over a WebSocket, and as a list.

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, Library, PASSWORD, Person, Socket, time};

const DAY: i64 = 24 * 60 * 60;

/// Adds a book of one copy.
async fn book(owner: &Person) -> String {
    owner.adds("Kindred", "Octavia E. Butler").await
}

fn ids(events: &[Value]) -> Vec<u64> {
    events.iter().map(|event| event["id"].as_u64().expect("a number")).collect()
}

fn listed(answer: &Answer) -> Vec<u64> {
    ids(answer.json()["items"].as_array().expect("a list"))
}

#[tokio::test]
async fn a_librarian_sees_a_reservation_as_it_happens() {
    let library = Library::own().start().await;
    let (admin, [reader, next]) = (library.admin().await, [library.reader().await, library.reader().await]);
    let book = book(&reader).await;
    let asked = Timestamp::now();
    let answer = admin.ask(Method::POST, "/live/tickets").await.expect(201);
    let (ticket, url) = (answer.string("ticket"), answer.string("url"));
    assert_eq!(url, format!("{}?ticket={ticket}", library.url().replace("http:", "ws:").replace("/v1", "/socket")));
    let until: Timestamp = answer.string("expiresAt").parse().expect("a time");
    let lifetime = until.duration_since(asked);
    assert!((SignedDuration::from_secs(30)..SignedDuration::from_secs(32)).contains(&lifetime), "{lifetime:?}");
    library.local().drained().await;
    let mut socket = Socket::open(&url, None).await.expect("the socket opens");

    let reservation = reader.reserves(&book).await.expect(201).string("id");
    let event = socket.event().await;
    assert!(time(&event["time"]).duration_since(asked) < SignedDuration::from_secs(20), "{event}");
    let book = json!({"id": book, "title": "Kindred"});
    assert_eq!(
        event,
        json!({"id": 2, "type": "book.reserved", "time": event["time"], "actor": reader.id, "book": book,
            "reservation": reservation, "people": [{"id": reader.id}]})
    );
    let queued = next.reserves(book["id"].as_str().unwrap_or_default()).await.expect(202).string("id");
    let event = socket.event().await;
    assert_eq!(
        event,
        json!({"id": 3, "type": "book.reserved", "time": event["time"], "actor": next.id, "book": book,
            "reservation": queued, "place": 1, "people": [{"id": next.id}]})
    );
    let seen = admin.get("/events?after=2").await.expect(200).json();
    assert_eq!(seen, json!({"items": [event]}), "the list has the same event");
}

/// Returns the type, actor, reservation and place of an event.
fn summary(event: &Value) -> (&str, &str, &str, u64) {
    let text = |field: &str| event[field].as_str().unwrap_or_default();
    (text("type"), text("actor"), text("reservation"), event["place"].as_u64().unwrap_or_default())
}

#[tokio::test]
async fn a_monitor_sees_every_type_of_event_in_order_and_nothing_private() {
    let library = Library::own().standing_clock().start().await;
    let mut admin = library.admin().await;
    admin.id = admin.get("/users/me").await.expect(200).string("id");
    let [mut first, second] = [library.reader().await, library.reader().await];
    let mut socket = admin.watches().await;

    let book = book(&admin).await;
    let path = format!("/books/{book}");
    admin.patch(&path, json!({"pages": 264})).await.expect(200);
    admin.ask(Method::POST, &format!("{path}/archive")).await.expect(200);
    admin.ask(Method::POST, &format!("/archive{path}/restore")).await.expect(200);
    first.post(&format!("/favorites/{book}"), json!({})).await.expect(201);
    first.delete(&format!("/favorites/{book}")).await.expect(204);
    library.reader().await.post("/auth/logout", json!({})).await.expect(200);
    first.patch("/users/me", json!({"firstName": "Jane"})).await.expect(200);
    let held = first.reserves(&book).await.expect(201).string("id");
    let queued = second.reserves(&book).await.expect(202).string("id");
    first.cancels(&held).await.expect(204);
    admin.steps(&queued, "checkout").await.expect(200);
    library.wait(DAY);
    admin = library.signs_in(&admin).await;
    first = library.signs_in(&first).await;
    let second = library.signs_in(&second).await;
    second.steps(&queued, "renew").await.expect(200);
    let waiting = first.reserves(&book).await.expect(202).string("id");
    let (a, one, two) = (admin.id.clone(), first.id.clone(), second.id.clone());
    let seen = socket.events(11).await;
    assert_eq!(
        seen.iter().map(summary).collect::<Vec<_>>(),
        [
            ("book.added", a.as_str(), "", 0),
            ("book.changed", &a, "", 0),
            ("book.archived", &a, "", 0),
            ("book.restored", &a, "", 0),
            ("book.reserved", &one, &held, 0),
            ("book.reserved", &two, &queued, 1),
            ("reservation.cancelled", &one, &held, 0),
            ("reservation.ready", &two, &queued, 0),
            ("book.checkedOut", &a, &queued, 0),
            ("reservation.renewed", &two, &queued, 0),
            ("book.reserved", &one, &waiting, 1),
        ]
    );
    assert_eq!(ids(&seen), (1..=11).collect::<Vec<_>>());
    assert!(seen.iter().all(|event| event["book"] == json!({"id": book, "title": "Kindred"})), "{seen:?}");

    // The session has expired by then, so its socket is closed. A new socket goes on with the next event.
    library.wait(19 * DAY);
    admin = library.signs_in(&admin).await;
    library.local().drained().await;
    assert_eq!(socket.closed().await, 1000);
    let mut socket = admin.watches().await;
    library.local().run_schedule("dispatch").await.expect("the sweep runs");
    admin.steps(&queued, "return").await.expect(200);
    library.wait(4 * DAY);
    library.local().run_schedule("dispatch").await.expect("the sweep runs");
    first = library.signs_in(&first).await;
    admin = library.signs_in(&admin).await;
    first.reserves(&book).await.expect(201);
    let cancelled = first.get("/reservations").await.expect(200).each("id")[0].clone();
    first.cancels(&cancelled).await.expect(204);
    admin.delete(&path).await.expect(204);
    let seen = socket.events(7).await;
    assert_eq!(
        seen.iter().map(summary).collect::<Vec<_>>(),
        [
            ("book.dueSoon", two.as_str(), queued.as_str(), 0),
            ("book.returned", &a, &queued, 0),
            ("reservation.ready", &one, &waiting, 0),
            ("reservation.lapsed", &one, &waiting, 0),
            ("book.reserved", &one, &cancelled, 0),
            ("reservation.cancelled", &one, &cancelled, 0),
            ("book.deleted", &a, "", 0),
        ]
    );
    assert_eq!(ids(&seen), (12..=18).collect::<Vec<_>>());
}

#[tokio::test]
async fn events_are_listed_in_pages_and_without_after_the_newest_are_listed() {
    let library = Library::own().start().await;
    let admin = library.admin().await;
    let nothing = admin.get("/events").await.expect(200);
    assert_eq!((nothing.json(), nothing.header("link")), (json!({"items": []}), ""));
    for number in 0..23 {
        admin.adds(&format!("Volume {number}"), "A. N. Author").await;
    }
    library.local().drained().await;
    assert_eq!(listed(&admin.get("/events").await.expect(200)), (4..=23).collect::<Vec<_>>());
    let newest = admin.get("/events?limit=5").await.expect(200);
    assert_eq!((listed(&newest), newest.header("link")), ((19..=23).collect(), ""));

    let (mut path, mut all, mut pages) = ("/events?after=0&limit=5".to_owned(), Vec::new(), 0);
    loop {
        let page = admin.get(&path).await.expect(200);
        let last = listed(&page).last().copied().unwrap_or_default();
        all.extend(listed(&page));
        pages += 1;
        let Some(next) = page.json()["nextCursor"].as_str().map(ToOwned::to_owned) else {
            assert_eq!(page.header("link"), "");
            break;
        };
        assert_eq!(next, last.to_string());
        assert_eq!(page.header("link"), format!("</v1/events?limit=5&after={next}>; rel=\"next\""));
        path = format!("/events?limit=5&after={next}");
    }
    assert_eq!((all, pages), ((1..=23).collect(), 5));
    for nothing_comes_after in [23, 1_000_000, i64::MAX] {
        let page = admin.get(&format!("/events?after={nothing_comes_after}")).await.expect(200);
        assert_eq!(page.json(), json!({"items": []}));
    }
}

#[tokio::test]
async fn only_librarians_list_events_and_invalid_queries_are_refused() {
    let library = Library::start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    for after in ["-1", "x", "1.5", "", "9223372036854775808", "%20", "1&after=2"] {
        let answer = admin.get(&format!("/events?after={after}")).await.problem(400, "invalid-input");
        assert!(answer.text.contains("?after") || after.contains('&'), "{}", answer.text);
    }
    for limit in ["0", "-1", "101", "1000000000", "x"] {
        admin.get(&format!("/events?limit={limit}")).await.invalid("?limit");
    }
    admin.get("/events?cursor=1").await.invalid("?cursor");
    admin.get("/events?since=1").await.invalid("?since");
    reader.get("/events").await.problem(403, "forbidden");
    library.stranger().get("/events").await.problem(401, "unauthenticated");
    reader.ask(Method::POST, "/live/tickets").await.problem(403, "forbidden");
    library.stranger().ask(Method::POST, "/live/tickets").await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_monitor_that_was_disconnected_misses_no_event() {
    let library = Library::own().start().await;
    let admin = library.admin().await;
    let mut socket = admin.watches().await;
    let title = |number: u64| format!("Volume {number}");
    for number in 1..=3 {
        admin.adds(&title(number), "A").await;
    }
    let mut seen = socket.events(3).await;
    drop(socket);
    for number in 4..=9 {
        admin.adds(&title(number), "A").await;
    }
    library.local().drained().await;
    let mut socket = admin.watches().await;
    for number in 10..=12 {
        admin.adds(&title(number), "A").await;
    }
    let since = socket.events(3).await;
    // A monitor does the same: the numbers show which events are missing, and the list has them.
    let missed = admin.get(&format!("/events?after={}", seen[2]["id"])).await.expect(200).json();
    let before = |event: &&Value| event["id"].as_u64() < since[0]["id"].as_u64();
    seen.extend(missed["items"].as_array().expect("a list").iter().filter(before).cloned());
    seen.extend(since);
    assert_eq!(ids(&seen), (1..=12).collect::<Vec<_>>());
    for (event, number) in seen.iter().zip(1..) {
        assert_eq!(event["book"]["title"], title(number));
    }
}

#[tokio::test]
async fn the_longest_titles_fit_into_frames() {
    let library = Library::own().start().await;
    let admin = library.admin().await;
    let titles = ["📚".repeat(500), "\"".repeat(500), "é".repeat(500)];
    for title in &titles {
        for _ in 0..11 {
            admin.adds(title, "A").await;
        }
    }
    library.local().drained().await;
    let mut socket = admin.watches().await;
    let readers = library.readers(3).await;
    let books = admin.get("/books?limit=100").await.expect(200).each("id");
    futures_util::future::join_all(books.iter().zip(readers.iter().cycle()).take(30).map(|(book, reader)| async {
        reader.reserves(book).await.expect(201);
    }))
    .await;
    let events = socket.events(30).await;
    assert_eq!(ids(&events), (34..=63).collect::<Vec<_>>());
    assert!(events.iter().all(|event| titles.iter().any(|title| event["book"]["title"] == title.as_str())));
}

#[tokio::test]
async fn sign_ins_and_sign_outs_are_not_shown() {
    let library = Library::own().start().await;
    let admin = library.admin().await;
    let mut socket = admin.watches().await;
    let reader = library.reader().await;
    library.login(&reader.email, PASSWORD).await.expect(200);
    reader.post("/auth/reset-password-request", json!({"email": reader.email})).await.expect(202);
    reader.post("/auth/logout?scope=all", json!({})).await.expect(200);
    book(&admin).await;
    let event = socket.event().await;
    assert_eq!((&event["id"], &event["type"]), (&json!(1), &json!("book.added")));
    assert_eq!(listed(&admin.get("/events").await.expect(200)), [1]);
}

//! How `dispatch` handles unreadable rows, a mail service that refuses letters, a failing database, and deleted accounts.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use tests::database::{Fault, Pattern};
use tests::{Answer, Library, PASSWORD, Person, unique_email};

/// Puts a row into the journal directly, without a function.
async fn puts(library: &Library, row: Value) {
    let put = json!({"TableName": "carrel-journal", "Item": row});
    library.dynamodb().call("PutItem", &put).await;
}

/// Returns a row that is valid except for its unknown action.
fn unreadable(number: u32) -> Value {
    let text = |text: &str| json!({"S": text});
    json!({
        "pk": text(&format!("entry#0192f3a4-5b6c-7d8e-9f01-{number:012}")), "what": text("book.eaten"),
        "who": text("0192f3a4-5b6c-7d8e-9f01-23456789abcd"), "at": text("2026-11-20T12:00:00.000Z"),
        "from": text("203.0.113.7"), "expiresAt": {"N": "4000000000"},
    })
}

fn key(number: u32) -> String {
    unreadable(number)["pk"]["S"].as_str().expect("a key").to_owned()
}

/// Returns the ids of all events.
async fn event_ids(admin: &Person) -> Vec<u64> {
    let events = admin.get("/events?after=0&limit=100").await.expect(200).json();
    events["items"].as_array().expect("a list").iter().filter_map(|event| event["id"].as_u64()).collect()
}

#[tokio::test]
async fn str1_an_unreadable_row_holds_up_no_other() {
    let library = Library::own().retries_at_once().start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let books =
        [admin.adds("Kindred", "A").await, admin.adds("Dawn", "A").await, admin.adds("Adulthood Rites", "A").await];
    let mut socket = admin.watches().await;
    library.local().drained().await;
    for (number, book) in (1..).zip(&books) {
        puts(&library, unreadable(number)).await;
        reader.reserves(book).await.expect(201);
    }
    let parked = library.parked().await;
    let expected = [1, 2, 3].map(|number| (key(number), "unreadable".to_owned()));
    assert_eq!(parked, expected);
    assert!(library.dead_letters().await.is_empty());

    let letters = library.letters(&reader.email).await;
    assert_eq!(letters.len(), 1 + books.len(), "{letters:?}");
    assert_eq!(library.post().asked(), 4, "each was sent once");
    assert_eq!(event_ids(&admin).await, [1, 2, 3, 4, 5, 6]);
    let mut seen = Vec::new();
    while seen.last() != Some(&6) {
        seen.extend(socket.event().await["id"].as_u64());
    }
    assert!(seen.windows(2).all(|two| two[1] == two[0] + 1), "{seen:?}");
    // The activity log does not show the unreadable rows either.
    let activity = admin.get("/activity?limit=100").await.expect(200);
    assert!(!activity.text.contains("eaten") && activity.each("type").len() == 9, "{}", activity.text);
}

#[tokio::test]
async fn str1_every_invalid_row_is_parked() {
    let library = Library::own().retries_at_once().start().await;
    let reader = library.reader().await;
    library.local().drained().await;
    let wrong = |field: &str, value: Value| {
        let mut row = unreadable(0);
        row["what"] = json!({"S": "user.changed"});
        row[field] = value;
        row
    };
    let rows = [
        wrong("who", json!({"S": "nobody"})),
        wrong("at", json!({"S": "yesterday"})),
        wrong("at", json!({"N": "7"})),
        wrong("letter", json!({"M": {"subject": {"M": {"about": {"S": "love"}}}}})),
        wrong("expiresAt", json!({"S": "never"})),
        wrong("pk", json!({"S": "entry"})),
        wrong("pk", json!({"S": "counter#7"})),
    ];
    for (number, row) in (1..).zip(&rows) {
        let mut row = row.clone();
        if row["pk"] == unreadable(0)["pk"] {
            row["pk"] = unreadable(number)["pk"].clone();
        }
        puts(&library, row).await;
    }
    reader.patch("/users/me", json!({"firstName": "Jane"})).await.expect(200);
    assert_eq!(library.parked().await.len(), rows.len());
    let activity = library.admin().await.get(&format!("/activity?user={}", reader.id)).await.expect(200);
    assert_eq!(activity.each("type"), ["user.changed", "user.registered"]);
}

#[tokio::test]
async fn can1_unreadable_rows_and_refused_letters_are_parked_at_once() {
    // Whatever were tried again would take an hour.
    let library = Library::own().retries_too_late().start().await;
    let owner = library.reader().await;
    let readers = library.readers(5).await;
    let book =
        owner.post("/books", json!({"title": "Kindred", "author": "A", "copies": 9})).await.expect(201).string("id");
    library.local().drained().await;
    let before = library.post().asked();
    library.post().refuses(&readers[2].email);
    for number in 0..120 {
        puts(&library, unreadable(number)).await;
    }
    join_all(readers.iter().map(|reader| async { reader.reserves(&book).await.expect(201) })).await;

    let parked = library.parked().await;
    assert_eq!(parked.len(), 120 + 1);
    let refused: Vec<_> = parked.iter().filter(|(_, why)| why != "unreadable").collect();
    let [(row, why)] = &refused[..] else { panic!("{refused:?}") };
    assert_eq!(why, "the letter was refused: MessageRejected");
    for (number, reader) in readers.iter().enumerate() {
        let letters = library.letters(&reader.email).await;
        assert_eq!(letters.len(), if number == 2 { 1 } else { 2 }, "{letters:?}");
    }
    assert_eq!(library.post().asked() - before, 5, "each was tried once");
    assert_eq!(event_ids(&library.admin().await).await, (1..=6).collect::<Vec<_>>());
    assert!(library.dead_letters().await.is_empty());

    // The schedule does not try it again. An operator does, when the cause is gone.
    library.local().run_schedule("dispatch").await.expect("it runs");
    assert_eq!(library.post().asked() - before, 5);
    library.post().takes_again(&readers[2].email);
    let done = library.local().call("dispatch", json!({"task": "redrive", "rows": [row]})).await;
    assert_eq!(done, Ok(json!({"done": 1})));
    assert_eq!(library.letters(&readers[2].email).await.len(), 2);
    assert_eq!(library.parked().await.len(), 120, "what cannot be read stays on the list");
}

#[tokio::test]
async fn aw7_an_outage_of_the_mail_service_loses_no_letter_and_holds_up_nothing_else() {
    let library = Library::own().retries_too_late().standing_clock().start().await;
    let admin = library.admin().await;
    let mut socket = admin.watches().await;
    library.post().is_down(true);
    let readers = library.readers(3).await;
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    let [first, ..] = &readers[..] else { panic!("three readers") };
    first.reserves(&book).await.expect(201);
    assert_eq!(socket.event().await["type"], "book.added", "events do not wait for the mail");
    assert_eq!(socket.event().await["type"], "book.reserved");
    assert_eq!(library.parked().await.len(), 4);
    library.wait(10 * 60);
    library.local().run_schedule("dispatch").await.expect("it runs");
    assert_eq!(library.parked().await.len(), 4, "it is still down");
    library.post().is_down(false);
    library.local().run_schedule("dispatch").await.expect("it runs");
    library.local().run_schedule("dispatch").await.expect("it runs");
    for reader in &readers {
        let letters = library.letters(&reader.email).await;
        assert_eq!(letters.len(), if reader.email == first.email { 2 } else { 1 }, "{letters:?}");
    }
    library.finished().await;
}

#[tokio::test]
async fn aw7_a_letter_that_is_late_for_a_day_waits_for_an_operator() {
    let library = Library::own().standing_clock().start().await;
    library.post().is_down(true);
    let reader = library.reader().await;
    library.local().drained().await;
    library.wait(24 * 60 * 60);
    library.local().run_schedule("dispatch").await.expect("it runs");
    library.post().is_down(false);
    library.local().run_schedule("dispatch").await.expect("it runs");
    assert_eq!(library.parked().await.len(), 1, "the schedule does not try it any more");
    assert_eq!(library.local().call("dispatch", json!({"task": "redrive"})).await, Ok(json!({"done": 1})));
    assert_eq!(library.letters(&reader.email).await.len(), 1);
    library.finished().await;
}

#[tokio::test]
async fn aw7_an_outage_of_the_database_loses_nothing() {
    let library = Library::own().proxied().retries_at_once().standing_clock().start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    library.local().drained().await;
    library.proxy().fail_always(Pattern::of("dispatch"), Fault::Throttled);
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    reader.reserves(&book).await.expect(201);
    library.wait(10 * 60);
    // Lambda tries again and again.
    while library.proxy().failed() < 30 {
        tokio::task::yield_now().await;
    }
    library.proxy().recover();
    assert_eq!(library.letters(&reader.email).await.len(), 2);
    assert_eq!(event_ids(&admin).await, [1, 2]);
    library.finished().await;
}

/// Returns the keys of all rows that have not been processed, as the runbook's command finds them.
async fn unprocessed(library: &Library) -> Vec<String> {
    let rows = library.dynamodb().scan("carrel-journal").await.into_iter();
    let open = rows.filter(|row| row["what"]["S"].is_string() && row["rowAt"].is_null());
    open.map(|row| row["pk"]["S"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn fc7_a_redrive_covers_every_row_that_lambda_gave_up() {
    let library = Library::own().dispatch_is_away().start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    reader.reserves(&book).await.expect(201);
    library.local().drained().await;
    assert_eq!(library.letters(&reader.email).await.len(), 0);
    let rows = unprocessed(&library).await;
    assert!(rows.len() >= 4, "{rows:?}");
    for _ in 0..2 {
        let done = library.local().call("dispatch", json!({"task": "redrive", "rows": rows})).await;
        assert_eq!(done, Ok(json!({"done": rows.len()})), "also a second time, without an effect");
        assert_eq!(library.letters(&reader.email).await.len(), 2);
    }
    let mut ids = event_ids(&admin).await;
    ids.sort_unstable();
    assert_eq!(ids, [1, 2]);
    assert_eq!(unprocessed(&library).await, [] as [String; 0]);
}

#[tokio::test]
async fn rac12_letters_do_not_wait_for_events_that_cannot_be_numbered() {
    let library = Library::own().proxied().retries_at_once().start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    library.local().drained().await;
    library.proxy().fail_always(Pattern::of("dispatch").naming("counter#events"), Fault::Throttled);
    reader.reserves(&book).await.expect(201);
    while library.post().asked() < 2 {
        tokio::task::yield_now().await;
    }
    library.proxy().recover();
    assert_eq!(library.letters(&reader.email).await.len(), 2);
    assert_eq!(event_ids(&admin).await, [1, 2]);
    library.finished().await;
}

#[tokio::test]
async fn rac13_rows_of_different_shards_may_come_in_any_order() {
    let library = Library::own().shards(4).start().await;
    let admin = library.admin().await;
    let readers = library.readers(6).await;
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    library.local().drained().await;
    // The rows gather while the mail takes its time.
    library.post().takes(100);
    for reader in &readers {
        let reservation = reader.reserves(&book).await.string("id");
        reader.cancels(&reservation).await.expect(204);
    }
    readers[0].delete("/users/me").json(&json!({"password": PASSWORD})).await.expect(204);
    library.local().drained().await;
    assert_eq!(event_ids(&admin).await, (1..=13).collect::<Vec<_>>(), "no number is missing");
    for reader in &readers[1..] {
        assert_eq!(library.letters(&reader.email).await.len(), 2);
    }
    library.finished().await;
}

#[tokio::test]
async fn str1_no_letter_is_lost_while_the_mail_service_is_busy() {
    let library = Library::own().retries_too_late().start().await;
    library.post().is_too_busy_for(3);
    let readers = library.readers(3).await;
    for reader in &readers {
        assert_eq!(library.letters(&reader.email).await.len(), 1);
    }
    library.finished().await;
    assert_eq!(library.post().asked(), 3 + 3);
}

#[tokio::test]
async fn str1_two_runs_that_have_the_same_letter_send_it_once() {
    let library = Library::own().retries_too_late().start().await;
    library.post().is_down(true);
    let email = unique_email();
    library.stranger().post("/auth/register", json!({"email": email, "password": PASSWORD})).await.expect(201);
    library.local().drained().await;
    assert_eq!(library.parked().await.len(), 1);
    library.post().is_down(false);
    library.post().takes(500);
    let retry = || library.local().call("dispatch", json!({"task": "retry"}));
    let (one, other) = tokio::join!(retry(), retry());
    one.and(other).expect("both runs end");
    // Who came second looks again when the first must be over.
    library.wait(301);
    retry().await.expect("the run ends");
    assert_eq!(library.post().accepted().len(), 1);
    assert_eq!(library.mails(&email).await.len(), 1);
    assert_eq!(library.parked().await, []);
    library.finished().await;
}

#[tokio::test]
async fn str1_a_letter_that_may_have_been_sent_is_not_sent_again() {
    let library = Library::own().retries_too_late().start().await;
    library.post().loses_answers_to(1);
    let readers = library.readers(2).await;
    for reader in &readers {
        assert_eq!(library.letters(&reader.email).await.len(), 1);
    }
    // It is not known whether the letter arrived, so a person must check.
    let parked = library.parked().await;
    assert_eq!(parked.len(), 1);
    assert_eq!(parked[0].1, "it is unknown whether the letter was sent");
    assert_eq!(library.local().call("dispatch", json!({"task": "redrive"})).await, Ok(json!({"done": 0})));
    assert_eq!(library.post().asked(), 2);
}

/// Sends a request until the answer is not a 503.
async fn retried<F: Future<Output = Answer>>(mut request: impl FnMut() -> F) -> Answer {
    for _ in 0..100 {
        let answer = request().await;
        if answer.status != 503 {
            return answer;
        }
    }
    panic!("a hundred attempts were not enough");
}

#[tokio::test(flavor = "multi_thread")]
async fn err1_with_a_failing_database_every_consequence_happens_once() {
    let library = Library::own().proxied().retries_at_once().start().await;
    let admin = library.admin().await;
    let readers = library.readers(6).await;
    let mut books = Vec::new();
    for number in 0..4 {
        books.push(admin.adds(&format!("Volume {number}"), "A. N. Author").await);
    }
    library.local().drained().await;

    library.proxy().fail(20);
    let reserving = readers.iter().flat_map(|reader| books.iter().map(move |book| (reader, book)));
    join_all(reserving.map(async |(reader, book)| {
        let reserve = || async { reader.reserves(book).header("idempotency-key", book).await };
        let answer = retried(reserve).await;
        assert!([201, 202].contains(&answer.status), "{}", answer.text);
    }))
    .await;
    library.local().drained().await;
    library.proxy().recover();

    library.finished().await;
    for reader in &readers {
        let mut subjects: Vec<_> = library.letters(&reader.email).await.into_iter().map(|letter| letter.0).collect();
        assert_eq!(subjects.len(), 1 + books.len(), "{subjects:?}");
        // One letter for each book: about the ready copy, or about the place in the queue.
        subjects.retain(|subject| subject.contains("Volume"));
        let mut volumes: Vec<_> =
            subjects.iter().filter_map(|subject| subject.rsplit_once(' ')).map(|(_, last)| last).collect();
        volumes.sort_unstable();
        assert_eq!(volumes, ["0", "1", "2", "3"]);
    }
    assert_eq!(event_ids(&admin).await, (1..=4 + 24).collect::<Vec<_>>());
    let activity = admin.get("/activity?limit=100").await.expect(200).each("type");
    assert_eq!(activity.iter().filter(|kind| *kind == "book.reserved").count(), 24);
}

#[tokio::test]
async fn a_deleted_account_loses_its_favorites_and_reservations() {
    let library = Library::own().start().await;
    let admin = library.admin().await;
    let [leaving, next, other] = [library.reader().await, library.reader().await, library.reader().await];
    let [out, ready, waiting] =
        [admin.adds("Out", "A").await, admin.adds("Ready", "A").await, admin.adds("Waiting", "A").await];
    let borrowed = leaving.reserves(&out).await.expect(201).string("id");
    admin.steps(&borrowed, "checkout").await.expect(200);
    admin.steps(&borrowed, "return").await.expect(200);
    leaving.reserves(&ready).await.expect(201);
    other.reserves(&waiting).await.expect(201);
    leaving.reserves(&waiting).await.expect(202);
    let promoted = next.reserves(&ready).await.expect(202).string("id");
    let moved_up = next.reserves(&waiting).await.expect(202).string("id");
    for book in [&out, &ready, &waiting] {
        leaving.post(&format!("/favorites/{book}"), json!({})).await.expect(201);
    }
    leaving.delete("/users/me").json(&json!({"password": PASSWORD})).await.expect(204);
    library.local().drained().await;

    let status = async |id: &str| {
        let reservation = next.get(&format!("/reservations/{id}")).await.expect(200).json();
        (reservation["status"].clone(), reservation["place"].clone())
    };
    assert_eq!(status(&promoted).await, (json!("ready"), Value::Null));
    assert_eq!(status(&moved_up).await, (json!("waiting"), json!(1)));
    let key = json!({":pk": {"S": format!("user#{}", leaving.id)}, ":favorite": {"S": "favorite#"}});
    let query = json!({"TableName": "carrel-library", "ExpressionAttributeValues": key,
        "KeyConditionExpression": "pk = :pk AND begins_with(sk, :favorite)"});
    let favorites = library.dynamodb().call("Query", &query).await;
    assert_eq!(favorites["Items"], json!([]), "no favorite is left");
    admin.ask(Method::POST, &format!("/books/{out}/archive")).await.expect(200);
    library.delayed_letters_go().await;
    let to_leaving = library.letters(&leaving.email).await;
    assert_eq!(to_leaving[0].0, "Your account is gone", "and nothing after it");
    library.finished().await;
}

#[tokio::test]
async fn an_account_that_a_librarian_deletes_loses_its_reservations_as_well() {
    let library = Library::own().start().await;
    let admin = library.admin().await;
    let [leaving, next] = [library.reader().await, library.reader().await];
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    leaving.reserves(&book).await.expect(201);
    let waiting = next.reserves(&book).await.expect(202).string("id");
    admin.delete(&format!("/users/{}", leaving.id)).await.expect(204);
    library.local().drained().await;
    let promoted = next.get(&format!("/reservations/{waiting}")).await.expect(200).json();
    assert_eq!(promoted["status"], "ready");
    assert_eq!(library.letters(&next.email).await[0].0, "Ready for you: Kindred");
}

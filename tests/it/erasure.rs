//! What is left of a reader whose account was deleted: what SECURITY.md says, and for no longer.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::{Value, json};
use tests::database::{Fault, Pattern};
use tests::{Library, PASSWORD, Person, unique, unique_email};

use crate::contract::read;
use crate::own_data::does_everything;

const DAY: i64 = 24 * 60 * 60;
const TABLES: [&str; 6] = ["accounts", "sessions", "library", "journal", "connections", "search"];
const LIBRARY_ITSELF: &str = "00000000-0000-0000-0000-000000000000";

/// The longest that an item of each kind stays, in days: its table and how its keys begin.
const STAYS: [(&str, i64); 8] = [
    ("Journal `entry#`", 90),
    ("Accounts `limit#`", 2),
    ("Accounts `fetched#`", 1),
    ("Accounts `card#`", 365),
    ("Library `code#`", 365),
    ("Library `limit#`", 2),
    ("Library `idempotency#`", 1),
    ("Library `book#` `reservation#`", 30),
];

/// Returns the kind of an item: its table, and how its keys begin.
fn kind(table: &str, item: &Value) -> String {
    let prefix = |name: &str| {
        let key = item[name]["S"].as_str()?;
        Some(format!(" `{}`", key.split_once('#').map_or(key.to_owned(), |(prefix, _)| format!("{prefix}#"))))
    };
    let own = prefix("sk").filter(|sk| sk.ends_with("#`"));
    format!(
        "{}{}{}{}",
        table[..1].to_uppercase(),
        &table[1..],
        prefix("pk").unwrap_or_default(),
        own.unwrap_or_default()
    )
}

/// Returns every item that contains one of the words, by its kind.
async fn found(library: &Library, words: &[String]) -> BTreeMap<String, Vec<Value>> {
    let mut found: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for table in TABLES {
        for item in library.dynamodb().scan(&format!("carrel-{table}")).await {
            let text = item.to_string().to_lowercase();
            if words.iter().any(|word| text.contains(&word.to_lowercase())) {
                found.entry(kind(table, &item)).or_default().push(item);
            }
        }
    }
    found
}

/// Deletes the account of a reader who has brought everything back.
async fn deletes(library: &Library, reader: &Person) {
    reader.delete("/users/me").json(&json!({"password": PASSWORD})).await.expect(204);
    library.finished().await;
}

/// Lets the time pass after which no request of a session that has ended writes any more, and ends the erasure.
async fn ends(library: &Library) {
    library.wait(60);
    library.local().run_schedule("dispatch").await.expect("the retry runs");
    assert_eq!(library.parked().await, []);
}

#[tokio::test]
async fn nothing_is_left_of_a_reader_but_what_the_documents_say() {
    let library = Library::own().standing_clock().start().await;
    let (reader, admin) = (library.reader().await, library.admin().await);
    let [kept, borrowed, ..] = does_everything(&library, &reader, &admin).await;
    // The number of a card that is older than that rests.
    library.wait(2 * 60 * 60);
    let (reader, admin) = (library.signs_in(&reader).await, library.signs_in(&admin).await);
    let last = unique("Lovelace");
    reader.patch("/users/me", json!({"lastName": last})).await.expect(200);
    let pending = unique_email();
    reader.put("/users/me/email", json!({"email": pending, "password": PASSWORD})).await.expect(202);
    library.login(&reader.email, "wrong horse battery").await.expect(401);
    library.stranger().post("/auth/reset-password-request", json!({"email": reader.email})).await.expect(202);
    let once =
        reader.post("/books", json!({"title": unique("Once "), "author": "A"})).header("idempotency-key", "once");
    once.await.expect(201);
    reader.get("/exports/books?owner=me").await.expect(200);
    reader.get("/users/me/data").await.expect(200);
    admin.patch(&format!("/users/{}", reader.id), json!({"approved": true, "group": "pupils"})).await.expect(200);
    let block = json!({"blocked": {"reason": "A lost book"}});
    admin.patch(&format!("/users/{}", reader.id), block).await.expect(200);
    let loans = reader.get("/reservations").await.expect(200).json();
    let loan = loans["items"].as_array().into_iter().flatten().find(|loan| loan["book"]["title"] == borrowed.as_str());
    let loan = loan.and_then(|loan| loan["id"].as_str()).expect("the loan").to_owned();
    admin.steps(&loan, "return").await.expect(200);
    library.finished().await;

    let me = reader.get("/users/me").await.expect(200).json();
    let [username, card] = ["username", "card"].map(|name| me[name].as_str().unwrap_or_default().to_owned());
    let books = reader.get("/books?owner=me").await.expect(200).json();
    let words = [reader.id.clone(), reader.email.clone(), pending, username, card, last];
    let before: BTreeSet<_> = found(&library, &words).await.into_keys().collect();
    for kind in ["Accounts `user#`", "Accounts `login#`", "Accounts `word#`", "Sessions `user#`", "Library `imports#`"]
    {
        assert!(before.contains(kind), "{kind} is not in {before:?}");
    }
    deletes(&library, &reader).await;

    let stays: BTreeMap<String, i64> = STAYS.into_iter().map(|(kind, days)| (kind.to_owned(), days)).collect();
    let after = found(&library, &words).await;
    let now = jiff::Timestamp::now().as_second() + 2 * 60 * 60;
    for (kind, items) in &after {
        let days = stays.get(kind).unwrap_or_else(|| panic!("{kind} stays: {items:?}"));
        for item in items {
            let expires: i64 = item["expiresAt"]["N"].as_str().and_then(|at| at.parse().ok()).unwrap_or(i64::MAX);
            assert!(expires <= now + days * DAY, "{kind} stays for longer than {days} days: {item}");
        }
    }
    let never: Vec<_> = stays.keys().filter(|kind| !after.contains_key(*kind)).collect();
    assert!(never.is_empty(), "{never:?} is never left, so the documents should not say so");
    // The documents have the same kinds.
    let security = read("SECURITY.md");
    let (_, rest) = security.split_once("## What is left of a deleted account").expect("the section");
    let section = rest.split("\n## ").next().unwrap_or_default();
    let documented: BTreeSet<_> = section
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" | ").next())
        .filter(|kind| kind.contains('`'))
        .collect();
    assert_eq!(documented, stays.keys().map(String::as_str).collect());

    // The books are the library's, and whoever had one sees that it has changed.
    for book in books["items"].as_array().expect("books") {
        let id = book["id"].as_str().unwrap_or_default();
        let now = admin.get(&format!("/books/{id}")).await.expect(200);
        assert_eq!(now.json()["owner"], LIBRARY_ITSELF);
        admin.patch(&format!("/books/{id}"), json!({"pages": 7})).header_if_match(now.header("etag")).await.expect(200);
    }
    assert!(books["items"].to_string().contains(&kept));
    let other = library.reader().await;
    let first = books["items"][0]["id"].as_str().unwrap_or_default();
    other.patch(&format!("/books/{first}"), json!({"pages": 7})).await.refused(403, "not-your-book");
}

#[tokio::test]
async fn an_erasure_that_breaks_off_goes_on() {
    let library = Library::own().standing_clock().proxied().start().await;
    let reader = library.reader().await;
    for number in 0..30 {
        reader.adds(&format!("Book {number}"), "A").await;
        reader.post("/imports", json!({})).await.expect(201);
    }
    let erased = |call| Pattern::of("dispatch").naming(call);
    library.proxy().fail_times(9, erased("BatchWriteItem"), Fault::Internal);
    library.proxy().fail_times(5, erased("ownerShelf = :new"), Fault::Throttled);
    deletes(&library, &reader).await;
    library.proxy().recover();
    library.wait(60);
    library.local().run_schedule("dispatch").await.expect("the retry runs");
    library.finished().await;
    let left = found(&library, std::slice::from_ref(&reader.id)).await;
    let kinds: Vec<_> = left.keys().map(String::as_str).collect();
    assert_eq!(kinds, ["Journal `entry#`"]);
}

#[tokio::test]
async fn a_request_that_was_under_way_leaves_nothing_either() {
    let library = Library::own().standing_clock().proxied().start().await;
    let reader = library.reader().await;
    let mut hold = library.proxy().hold(Pattern::of("imports").action("PutItem").naming("imports#"));
    let others = async {
        hold.arrived().await;
        deletes(&library, &reader).await;
        hold.release();
    };
    let (answer, ()) = tokio::join!(reader.post("/imports", json!({})).into_future(), others);
    answer.expect(201);
    ends(&library).await;
    let left = found(&library, std::slice::from_ref(&reader.id)).await;
    assert_eq!(left.keys().map(String::as_str).collect::<Vec<_>>(), ["Journal `entry#`"]);
}

#[tokio::test]
async fn an_erasure_goes_on_although_its_letter_is_refused() {
    let library = Library::own().standing_clock().start().await;
    let reader = library.reader().await;
    put(&library, imports_of(&reader)).await;
    library.post().refuses(&reader.email);
    reader.delete("/users/me").json(&json!({"password": PASSWORD})).await.expect(204);
    library.local().drained().await;
    for _ in 0..3 {
        library.wait(60);
        library.local().run_schedule("dispatch").await.expect("the retry runs");
    }
    let left = found(&library, std::slice::from_ref(&reader.id)).await;
    assert_eq!(left.keys().map(String::as_str).collect::<Vec<_>>(), ["Journal `entry#`"]);
}

/// More imports than a call erases.
fn imports_of(reader: &Person) -> Vec<Value> {
    let key = |number| json!({"pk": {"S": format!("imports#{}", reader.id)}, "sk": {"S": format!("0192f3a4-5b6c-7d8e-9f01-{number:012x}")}});
    (0..600).map(key).collect()
}

/// Stores items in the library's table.
async fn put(library: &Library, items: Vec<Value>) {
    let puts: Vec<Value> = items.into_iter().map(|item| json!({"PutRequest": {"Item": item}})).collect();
    for batch in puts.chunks(25) {
        library.dynamodb().call("BatchWriteItem", &json!({"RequestItems": {"carrel-library": batch}})).await;
    }
}

#[tokio::test]
async fn an_account_with_many_books_and_parts_holds_nobody_up() {
    let library = Library::own().standing_clock().start().await;
    let (reader, admin) = (library.reader().await, library.admin().await);
    let book = reader.adds("Kindred", "Octavia E. Butler").await;
    let key = json!({"pk": {"S": format!("book#{book}")}, "sk": {"S": "book"}});
    let found_book = library.dynamodb().call("GetItem", &json!({"TableName": "carrel-library", "Key": key})).await;
    let import = reader.post("/imports", json!({})).await.expect(201).string("id");
    let copies = (0..1_200).map(|number| {
        let mut item = found_book["Item"].clone();
        item["pk"]["S"] = json!(format!("book#0192f3a4-5b6c-7d8e-9f01-{number:012x}"));
        item
    });
    let parts = (0..700)
        .map(|number| json!({"pk": {"S": format!("import#{import}")}, "sk": {"S": format!("part#{number:06}")}}));
    // And imports without a part: each is an item as well.
    put(&library, copies.chain(parts).chain(imports_of(&reader)).collect()).await;
    reader.delete("/users/me").json(&json!({"password": PASSWORD})).await.expect(204);
    // The letter does not wait for the books.
    library.local().drained().await;
    assert_eq!(library.letters(&reader.email).await[0].0, "Your account is gone");
    for _ in 0..8 {
        library.wait(60);
        library.local().run_schedule("dispatch").await.expect("the retry runs");
    }
    let left = found(&library, &[reader.id.clone(), format!("import#{import}")]).await;
    assert_eq!(left.keys().map(String::as_str).collect::<Vec<_>>(), ["Journal `entry#`"]);
    let admin = library.signs_in(&admin).await;
    let list = admin.ask(Method::GET, &format!("/books/{book}")).await.expect(200);
    assert_eq!(list.json()["owner"], LIBRARY_ITSELF);
}

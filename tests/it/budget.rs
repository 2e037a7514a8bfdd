//! What each route costs: calls of DynamoDB and capacity units, the same in a small library and a large one.

use std::time::Instant;

use serde_json::{Value, json};
use tests::{Library, PASSWORD, Person};

/// The most that a request may cost. A signed-in one reads the session besides: one strong read more.
struct Budget {
    calls: usize,
    read: f64,
    write: f64,
}

/// Indexes that hold every book: each is one more write of one unit.
const INDEXES: f64 = 6.0;
const SESSION: Budget = Budget { calls: 1, read: 1.0, write: 0.0 };

const fn anonymous(calls: usize, read: f64, write: f64) -> Budget {
    Budget { calls, read, write }
}

const fn signed_in(calls: usize, read: f64, write: f64) -> Budget {
    Budget { calls: calls + SESSION.calls, read: read + SESSION.read, write: write + SESSION.write }
}

/// A request's cost: what was called, and the units read and written.
type Cost = (Vec<String>, f64, f64);

fn cost(library: &Library) -> Cost {
    let calls = library.meter().take();
    let (read, write) = (calls.iter().map(|call| call.read).sum(), calls.iter().map(|call| call.write).sum());
    (calls.into_iter().map(|call| format!("{} {}", call.action, call.tables.join("+"))).collect(), read, write)
}

/// Does everything once in a library that has `books` more books, and gives what each request cost.
async fn costs(library: &Library, reader: &Person) -> Vec<(&'static str, Budget, Cost)> {
    let mut costs = Vec::new();
    let book = json!({"title": "Kindred", "author": "Octavia E. Butler", "isbn": "9780807083697", "publicationYear": 1979,
        "country": "United States", "language": "English", "pages": 264});
    cost(library);
    macro_rules! measure {
        ($name:literal, $budget:expr, $request:expr, $status:literal) => {{
            let answer = $request.await.expect($status);
            costs.push(($name, $budget, cost(library)));
            answer
        }};
    }
    let stranger = library.stranger();
    // One transaction: the book and its ISBN twice, each index once.
    let added = measure!("POST /books", signed_in(1, 0.0, 4.0 + INDEXES), reader.post("/books", book), 201);
    let path = format!("/books/{}", added.string("id"));
    measure!("GET /books/{bookId}", anonymous(1, 0.5, 0.0), stranger.get(&path), 200);
    measure!("GET /books", anonymous(1, 1.5, 0.0), stranger.get("/books"), 200);
    measure!("GET /books newest", anonymous(1, 1.5, 0.0), stranger.get("/books?sort=-createdAt"), 200);
    measure!("GET /books by title", anonymous(1, 1.5, 0.0), stranger.get("/books?title=kindred"), 200);
    measure!("GET /books by author", anonymous(1, 1.5, 0.0), stranger.get("/books?author=octavia%20e.%20butler"), 200);
    measure!("GET /books by ISBN", anonymous(2, 1.0, 0.0), stranger.get("/books?isbn=0807083690"), 200);
    measure!("GET /books of mine", signed_in(1, 1.5, 0.0), reader.get("/books?owner=me"), 200);
    // Every index holds whole books, so that a list is one call: each is written with the book.
    measure!(
        "PATCH /books/{bookId}",
        signed_in(1, 0.0, 1.0 + INDEXES),
        reader.patch(&path, json!({"pages": 287})),
        200
    );
    let favorite = path.replace("/books", "/favorites");
    measure!("POST /favorites/{bookId}", signed_in(2, 1.0, 2.0), reader.post(&favorite, json!({})), 201);
    measure!("GET /favorites", signed_in(2, 11.0, 0.0), reader.get("/favorites"), 200);
    measure!("DELETE /favorites/{bookId}", signed_in(1, 0.0, 2.0), reader.delete(&favorite), 204);
    measure!("DELETE /books/{bookId}", signed_in(2, 1.0, 4.0 + INDEXES), reader.delete(&path), 204);
    let credentials = json!({"email": reader.email, "password": PASSWORD});
    let tokens = measure!("POST /auth/login", anonymous(2, 1.0, 2.0), stranger.post("/auth/login", credentials), 200);
    let refresh = json!({"refreshToken": tokens.string("refreshToken")});
    measure!("POST /auth/refresh-token", anonymous(1, 0.0, 2.0), stranger.post("/auth/refresh-token", refresh), 200);
    let session = reader.with_tokens(&tokens);
    measure!("POST /auth/logout", signed_in(1, 0.0, 2.0), session.ask(reqwest::Method::POST, "/auth/logout"), 200);
    costs
}

/// Fills the shelves with `count` books past the API, which would take half a minute: copies of a real one's item.
///
/// `reader` keeps them all.
async fn stock(library: &Library, reader: &Person, count: usize) {
    let book = library.reader().await.adds("A title", "A. N. Author").await;
    let key = json!({"pk": {"S": format!("book#{book}")}, "sk": {"S": "book"}});
    let meter = library.meter();
    let found = meter.prepare("GetItem", &json!({"TableName": "carrel-library", "Key": key})).await;
    let copies = (0..count).map(|number| copy(&found["Item"], number));
    let favorites = (0..count).map(|number| favorite(&reader.id, number));
    let items: Vec<Value> = copies.chain(favorites).map(|item| json!({"PutRequest": {"Item": item}})).collect();
    for batch in items.chunks(25) {
        let written = meter.prepare("BatchWriteItem", &json!({"RequestItems": {"carrel-library": batch}})).await;
        assert_eq!(written["UnprocessedItems"], json!({}));
    }
}

fn copy(item: &Value, number: usize) -> Value {
    let mut item = item.clone();
    let letter = char::from(b'a' + u8::try_from(number % 26).unwrap_or_default());
    item["pk"]["S"] = json!(format!("book#{}", id(number)));
    item["title"]["S"] = json!(format!("{letter} title of its own, number {number}"));
    item["titleKey"]["S"] = json!(format!("{letter} title of its own, number {number}\u{1f}"));
    item
}

fn favorite(reader: &str, number: usize) -> Value {
    json!({"pk": {"S": format!("user#{reader}")}, "sk": {"S": format!("favorite#{}", id(number))},
        "reader": {"S": reader}, "addedAt": {"S": format!("2026-01-01T00:00:00.{number:06}Z")}})
}

fn id(number: usize) -> String {
    format!("0192f3a4-5b6c-7d8e-9f01-{number:012x}")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_keeps_to_its_budget_in_a_small_library_and_a_large_one() {
    let mut by_size = Vec::new();
    for size in [10, 10_000] {
        let library = Library::own().metered().start().await;
        let reader = library.reader().await;
        let started = Instant::now();
        stock(&library, &reader, size).await;
        eprintln!("{size} books in {:?}", started.elapsed());
        let mut shapes = Vec::new();
        for (name, budget, (calls, read, write)) in costs(&library, &reader).await {
            eprintln!("{size:>6} books  {name:<28} {read:>5} R {write:>5} W  {calls:?}");
            assert!(calls.len() <= budget.calls, "{name} makes {calls:?}");
            assert!(read <= budget.read, "{name} reads {read} units");
            assert!(write <= budget.write, "{name} writes {write} units");
            shapes.push((name, calls, write));
        }
        by_size.push(shapes);
    }
    assert_eq!(by_size[0], by_size[1], "what a request costs must not depend on how many books there are");
}

/// The budget is counted by the embedded DynamoDB, so its arithmetic has to be AWS's own: what a Query reads is added
/// up before it is rounded to 4 KB, a batch rounds each item, a transaction costs double.
#[tokio::test]
async fn the_database_counts_units_as_aws_does() {
    let library = Library::own().metered().start().await;
    let text = |bytes: usize| json!({"S": "x".repeat(bytes)});
    for number in 0..10 {
        let item = json!({"pk": {"S": "shelf"}, "sk": {"S": number.to_string()}, "text": text(980)});
        library.meter().prepare("PutItem", &json!({"TableName": "carrel-library", "Item": item})).await;
    }
    let units = async |action: &str, mut request: Value| {
        request["ReturnConsumedCapacity"] = json!("TOTAL");
        let answer = library.meter().prepare(action, &request).await;
        let consumed = &answer["ConsumedCapacity"];
        consumed["CapacityUnits"].as_f64().or_else(|| consumed[0]["CapacityUnits"].as_f64()).expect("units")
    };
    let key = |number: usize| json!({"pk": {"S": "shelf"}, "sk": {"S": number.to_string()}});
    let query = json!({"TableName": "carrel-library", "KeyConditionExpression": "pk = :shelf", "ExpressionAttributeValues": {":shelf": {"S": "shelf"}}});
    // Ten items of just under 1 KB are 10 KB: three blocks of 4 KB, half price for eventual consistency.
    assert_eq!(units("Query", query).await, 1.5);
    let keys: Vec<Value> = (0..10).map(key).collect();
    assert_eq!(units("BatchGetItem", json!({"RequestItems": {"carrel-library": {"Keys": keys}}})).await, 5.0);
    assert_eq!(
        units("GetItem", json!({"TableName": "carrel-library", "Key": key(1), "ConsistentRead": true})).await,
        1.0
    );
    let put = |bytes: usize| json!({"TableName": "carrel-library", "Item": {"pk": {"S": "one"}, "sk": {"S": "one"}, "text": text(bytes)}});
    assert_eq!(units("PutItem", put(1_500)).await, 2.0);
    assert_eq!(units("TransactWriteItems", json!({"TransactItems": [{"Put": put(1_500)}]})).await, 4.0);
}

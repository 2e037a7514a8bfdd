//! The scheduled sweep: one item never stops another, and wrong counts are mended.

use serde_json::{Value, json};
use tests::database::{Fault, Pattern};
use tests::{Library, Person};

const DAY: i64 = 24 * 60 * 60;

async fn status(reader: &Person, reservation: &str) -> Value {
    reader.get(&format!("/reservations/{reservation}")).await.expect(200).json()["status"].clone()
}

/// Sets an attribute of an item of the Library table.
async fn set(library: &Library, pk: String, sk: &str, attribute: &str, value: Value) {
    let update = json!({"TableName": "carrel-library", "Key": {"pk": {"S": pk}, "sk": {"S": sk}},
        "UpdateExpression": "SET #name = :value", "ExpressionAttributeNames": {"#name": attribute},
        "ExpressionAttributeValues": {":value": value}});
    library.dynamodb().call("UpdateItem", &update).await;
}

/// Returns the counts of a book: taken and waiting.
async fn counts(library: &Library, book: &str) -> (Value, Value) {
    let key = json!({"pk": {"S": format!("book#{book}")}, "sk": {"S": "lending"}});
    let get = json!({"TableName": "carrel-library", "Key": key, "ConsistentRead": true});
    let item = library.dynamodb().call("GetItem", &get).await["Item"].clone();
    (item["taken"]["N"].clone(), item["waiting"]["N"].clone())
}

async fn sweeps(library: &Library) -> Value {
    library.local().call("dispatch", json!({"task": "sweep"})).await.unwrap_or_else(|problem| panic!("{problem}"))
}

/// A library with a book whose copy lapses, and a second one with a reader who waits for its copy; the books, and the
/// second reader with the reservation.
async fn two_books_that_lapse() -> (Library, [String; 2], Person, String) {
    let library = Library::own().proxied().standing_clock().start().await;
    let [first, next] = [library.reader().await, library.reader().await];
    let one = first.adds("Kindred", "Octavia E. Butler").await;
    first.reserves(&one).await.expect(201);
    library.wait(1);
    let other = first.adds("Dawn", "Octavia E. Butler").await;
    first.reserves(&other).await.expect(201);
    let waiting = next.reserves(&other).await.expect(202).string("id");
    library.wait(4 * DAY);
    let next = library.signs_in(&next).await;
    (library, [one, other], next, waiting)
}

#[tokio::test]
async fn rac6_an_item_that_cannot_be_written_stops_no_other() {
    let (library, [stuck, _], next, waiting) = two_books_that_lapse().await;
    let writes = Pattern::transaction_of("dispatch").naming(format!("book#{stuck}"));
    library.proxy().fail_always(writes, Fault::Throttled);
    assert_eq!(sweeps(&library).await, json!({"done": 1, "failed": 1}));
    assert_eq!(status(&next, &waiting).await, "ready");
    library.proxy().recover();
    assert_eq!(sweeps(&library).await, json!({"done": 1}), "the next sweep tries it again");
    assert_eq!(counts(&library, &stuck).await.0, "0");
}

#[tokio::test]
async fn rac6_a_page_of_items_that_fail_holds_up_no_other_page() {
    let (library, _, next, waiting) = two_books_that_lapse().await;
    let now = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(3 * 24);
    let puts: Vec<Value> = (0..125)
        .map(|number| {
            // They come before the others, because their deadline is earlier.
            let [day, deadline] = [now.strftime("%Y-%m-%d").to_string(), format!("{:.3}", now)];
            let own = format!("0192f3a4-5b6c-7d8e-9f01-{number:012x}");
            json!({"PutRequest": {"Item": {"pk": {"S": format!("book#{own}")}, "sk": {"S": format!("reservation#{own}")},
                "day": {"S": day}, "deadline": {"S": deadline[..10].to_owned()}}}})
        })
        .collect();
    for batch in puts.chunks(25) {
        library.dynamodb().call("BatchWriteItem", &json!({"RequestItems": {"carrel-library": batch}})).await;
    }
    assert_eq!(sweeps(&library).await, json!({"done": 2, "failed": 125}));
    assert_eq!(status(&next, &waiting).await, "ready");
}

#[tokio::test]
async fn rac6_a_book_without_an_author_hides_no_other_book() {
    let library = Library::own().start().await;
    let owner = library.reader().await;
    let book = owner.adds("Kindred", "Octavia E. Butler").await;
    owner.adds("Lilith's Brood", "Octavia E. Butler").await;
    let key = json!({"pk": {"S": format!("book#{book}")}, "sk": {"S": "book"}});
    let spoil = json!({"TableName": "carrel-library", "Key": key, "UpdateExpression": "REMOVE author"});
    library.dynamodb().call("UpdateItem", &spoil).await;
    let books = library.stranger().get("/books").await.expect(200);
    assert_eq!(books.each("title"), ["Kindred", "Lilith's Brood"]);
    let mended = owner.patch(&format!("/books/{book}"), json!({"author": "Octavia E. Butler"})).await.expect(200);
    assert_eq!(mended.string("author"), "Octavia E. Butler");
}

#[tokio::test]
async fn rac2_a_step_that_finds_wrong_counts_mends_them() {
    let library = Library::own().start().await;
    let (admin, [reader, next]) = (library.admin().await, [library.reader().await, library.reader().await]);
    let book = reader.adds("Kindred", "Octavia E. Butler").await;
    let held = reader.reserves(&book).await.expect(201).string("id");
    let waiting = next.reserves(&book).await.expect(202).string("id");
    admin.steps(&held, "checkout").await.expect(200);
    let pk = format!("book#{book}");
    for (taken, queue) in [("0", "0"), ("0", "1"), ("1", "0")] {
        set(&library, pk.clone(), "lending", "taken", json!({"N": taken})).await;
        set(&library, pk.clone(), "lending", "waiting", json!({"N": queue})).await;
        next.cancels(&waiting).await;
        admin.steps(&held, "renew").await;
    }
    // The loan and the place in the queue have ended at most once, whatever the counts said.
    admin.steps(&held, "return").await.expect(200);
    assert_eq!(counts(&library, &book).await, (json!("0"), json!("0")));
    reader.reserves(&book).await.expect(201);
    next.reserves(&book).await.expect(202);
}

#[tokio::test]
async fn rac2_the_sweep_mends_an_item_that_cannot_be_read() {
    let (library, [spoilt, _], next, waiting) = two_books_that_lapse().await;
    set(&library, format!("book#{spoilt}"), "lending", "taken", json!({"S": "many"})).await;
    assert_eq!(sweeps(&library).await, json!({"done": 2}));
    assert_eq!(status(&next, &waiting).await, "ready");
    assert_eq!(counts(&library, &spoilt).await, (json!("0"), json!("0")));
    next.reserves(&spoilt).await.expect(201);
}

//! A run of the indexer that ends before any of its writes is completed by the next.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use tests::Library;
use tests::database::{Fault, Pattern};

use super::keeping::{index, lose, reindex};

/// Longer than a run has a book to itself.
const LEASE_SECONDS: i64 = 125;

type Items = BTreeMap<String, Value>;

/// Returns all items, without the versions of those of the books: each run counts on.
async fn content(library: &Library) -> Items {
    let mut items = index(library).await;
    for item in items.values_mut() {
        item.as_object_mut().expect("an item").remove("version");
        // A set has no order.
        if let Some(numbers) = item["books"]["NS"].as_array_mut() {
            numbers.sort_by_key(Value::to_string);
        }
        item.as_object_mut().expect("an item").retain(|_, value| !value.is_null());
    }
    items
}

/// Brings the index back to what it was.
async fn restore(library: &Library, before: &Items) {
    lose(library).await;
    for item in before.values() {
        library.dynamodb().call("PutItem", &json!({"TableName": "carrel-search", "Item": item})).await;
    }
}

fn is_write(request: &Value) -> bool {
    let is_batch = || request["RequestItems"]["carrel-search"].is_array();
    ["Item", "UpdateExpression", "ConditionExpression"].iter().any(|part| !request[*part].is_null()) || is_batch()
}

/// Starts a run and ends it before its write of this number. Returns false if it writes less.
async fn kill(library: &Library, number: usize) -> bool {
    let writes = AtomicUsize::new(0);
    let is_this_one = move |request: &Value| is_write(request) && writes.fetch_add(1, Ordering::Relaxed) == number;
    let mut held = library.proxy().hold(Pattern::of("indexer").that(is_this_one));
    tokio::select! {
        () = held.arrived() => true,
        _ = reindex(library) => false,
    }
}

async fn change_behind_its_back(library: &Library, book: &str, title: Option<&str>) {
    let key = json!({"pk": {"S": format!("book#{book}")}, "sk": {"S": "book"}});
    let table = "carrel-library";
    match title {
        Some(title) => {
            let update = json!({"TableName": table, "Key": key, "UpdateExpression": "SET title = :title",
                "ExpressionAttributeValues": {":title": {"S": title}}});
            library.dynamodb().call("UpdateItem", &update).await;
        }
        None => drop(library.dynamodb().call("DeleteItem", &json!({"TableName": table, "Key": key})).await),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_killed_before_any_of_its_writes_is_completed_by_the_next() {
    let library = Library::own().standing_clock().proxied().start().await;
    let owner = library.reader().await;
    let mut books = Vec::new();
    for title in ["Dune", "Kindred", "It"] {
        books.push(owner.adds(title, "Ann Ott").await);
    }
    library.local().drained().await;
    let behind = index(&library).await;
    change_behind_its_back(&library, &books[0], Some("Dunes")).await;
    change_behind_its_back(&library, &books[2], None).await;
    for before in [Items::new(), behind] {
        restore(&library, &before).await;
        reindex(&library).await;
        let wanted = content(&library).await;
        let mut writes = 0;
        loop {
            restore(&library, &before).await;
            if !kill(&library, writes).await {
                break;
            }
            library.wait(LEASE_SECONDS);
            reindex(&library).await;
            assert_eq!(content(&library).await, wanted, "killed before write {writes}");
            writes += 1;
        }
        assert!(writes > 20, "a run makes {writes} writes only");
    }
}

#[tokio::test]
async fn a_run_that_loses_the_answer_to_its_reservation_goes_on_at_once() {
    let library = Library::own().standing_clock().proxied().start().await;
    let owner = library.reader().await;
    owner.adds("Dune", "Frank Herbert").await;
    library.local().drained().await;
    let wanted = content(&library).await;
    lose(&library).await;
    let reservation = Pattern::of("indexer").action("PutItem").naming("begun");
    library.proxy().fail_once(reservation, Fault::AnswerLost);
    reindex(&library).await;
    assert_eq!(library.proxy().failed(), 1);
    assert_eq!(content(&library).await, wanted);
}

/// What is read of the dictionary alone, without the lists.
fn words(items: &Items) -> Vec<&str> {
    items.keys().filter_map(|key| key.strip_prefix("\"p#")).collect()
}

#[tokio::test]
async fn an_index_that_is_made_anew_lacks_the_words_of_books_that_are_gone_and_nothing_else() {
    let library = Library::own().start().await;
    let owner = library.reader().await;
    owner.adds("Dune", "Frank Herbert").await;
    library.local().drained().await;
    let without = content(&library).await;
    let gone = owner.adds("A title", "A. N. Author").await;
    library.local().drained().await;
    owner.delete(&format!("/books/{gone}")).await.expect(204);
    library.local().drained().await;
    let kept = content(&library).await;
    assert_eq!(words(&kept).len() - words(&without).len(), 5, "a, n, an, title, author");
    assert_eq!(kept.len() - without.len(), 5 + 6 + 7, "and what leads to title and to author from their slips");
    lose(&library).await;
    reindex(&library).await;
    assert_eq!(content(&library).await, without);
}

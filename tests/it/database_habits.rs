//! What DynamoDB may do at any time: it leaves parts of a batch unprocessed, ends a page early, and answers in forms that
//! its documentation does not show.

use serde_json::json;
use tests::database::{Fault, Pattern};
use tests::{Library, PASSWORD, Person};

/// A library behind proxies, a reader, and the ids of so many of their books, the newest first. All are favorites.
async fn with_favorites(count: usize) -> (Library, Person, Vec<String>) {
    let library = Library::own().proxied().start().await;
    let reader = library.reader().await;
    let mut books = Vec::new();
    for number in 0..count {
        let book = reader.adds(&format!("Volume {number}"), "A. N. Author").await;
        reader.post(&format!("/favorites/{book}"), json!({})).await.expect(201);
        books.insert(0, book);
    }
    (library, reader, books)
}

#[tokio::test]
async fn fc4_what_is_left_unprocessed_is_asked_for_again() {
    let (library, reader, books) = with_favorites(2).await;
    library.proxy().fail_times(6, Pattern::of("favorites").action("BatchGetItem"), Fault::Unprocessed);
    assert_eq!(reader.get("/favorites").await.expect(200).each("id"), books);
    library.proxy().fail_times(6, Pattern::of("dispatch").action("BatchWriteItem"), Fault::Unprocessed);
    reader.delete("/users/me").json(&json!({"password": PASSWORD})).await.expect(204);
    assert!(library.dead_letters().await.is_empty());
    let left = library.dynamodb().scan("carrel-library").await;
    assert!(!left.iter().any(|item| item["reader"].is_object()), "{left:?}");
}

#[tokio::test]
async fn fc4_asking_again_has_an_end() {
    let (library, reader, _) = with_favorites(1).await;
    library.proxy().fail_always(Pattern::of("favorites").action("BatchGetItem"), Fault::Unprocessed);
    assert_eq!(reader.get("/favorites").await.problem(503, "unavailable").header("retry-after"), "1");
}

#[tokio::test]
async fn fc17_a_list_ends_where_no_key_is_left_and_not_where_a_page_is_short() {
    let (library, reader, books) = with_favorites(7).await;
    let mut admin = library.admin().await;
    admin.id = admin.get("/users/me").await.expect(200).string("id");
    let [waiting, last] = [library.reader().await, library.reader().await];
    for function in ["books", "favorites", "reservations", "dispatch", "users"] {
        library.proxy().fail_always(Pattern::of(function).action("Query"), Fault::ShortPage);
    }
    assert_eq!(reader.get("/favorites").await.expect(200).each("id"), books);
    assert_eq!(reader.get("/books?sort=-createdAt").await.expect(200).each("id"), books);
    assert_eq!(admin.get("/users").await.expect(200).each("id").len(), 4);
    // A book with copies, a queue and a lending item.
    let book = &books[0];
    let held = reader.reserves(book).await.expect(201).string("id");
    waiting.reserves(book).await.expect(202);
    assert_eq!(last.reserves(book).await.expect(202).json()["place"], 2);
    reader.cancels(&held).await.expect(204);
    assert_eq!(waiting.get("/reservations").await.expect(200).json()["items"][0]["status"], "ready");
    reader.delete("/users/me").json(&json!({"password": PASSWORD})).await.expect(204);
    library.local().drained().await;
    let left = library.dynamodb().scan("carrel-library").await;
    assert!(!left.iter().any(|item| item["addedAt"].is_object()), "a favorite is left");
}

#[tokio::test]
async fn fc2_whatever_answers_for_a_busy_database_the_client_may_try_again() {
    let library = Library::own().proxied().start().await;
    let reader = library.reader().await;
    let book = reader.adds("Kindred", "Octavia E. Butler").await;
    for fault in [Fault::PageOfHtml, Fault::EmptyTooMany, Fault::UnknownCode] {
        for function in ["books", "reservations"] {
            library.proxy().fail_always(Pattern::of(function), fault);
        }
        for request in [reader.get(&format!("/books/{book}")), reader.reserves(&book)] {
            let answer = request.await;
            assert_eq!(answer.status, 503, "{fault:?}: {}", answer.text);
            assert_eq!(answer.header("retry-after"), "1", "{fault:?}");
        }
        library.proxy().recover();
    }
    reader.reserves(&book).await.expect(201);
}

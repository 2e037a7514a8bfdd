//! `Idempotency-Key`: a repeated request is carried out once.

use serde_json::json;
use tests::{Library, Person, Request, unique};

use crate::books::{kindred, send_all, unique_isbn};

/// Adds a book with an idempotency key.
fn add(reader: &Person, key: &str) -> Request {
    reader.post("/books", kindred()).header("idempotency-key", key)
}

#[tokio::test]
async fn a_repeated_request_adds_its_book_once() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let mut book = kindred();
    // The ISBN is taken by the first request, which is no conflict for the repeated one.
    book["isbn"] = json!(unique_isbn()[0]);
    let send = || reader.post("/books", book.clone()).header("idempotency-key", "one");
    let first = send().await.expect(201);
    let again = send().await.expect(201);
    assert_eq!(again.json(), first.json());
    for header in ["location", "etag"] {
        assert_eq!(again.header(header), first.header(header));
    }

    // The answer stays the same after the book was changed or deleted.
    let path = format!("/books/{}", first.string("id"));
    reader.patch(&path, json!({"pages": 1})).await.expect(200);
    assert_eq!(send().await.expect(201).json(), first.json());
    assert_eq!(reader.get(&path).await.expect(200).json()["pages"], 1);
    reader.delete(&path).await.expect(204);
    assert_eq!(send().await.expect(201).json(), first.json());
    assert_eq!(reader.get("/books?owner=me").await.expect(200).each("id"), [""; 0]);
}

#[tokio::test]
async fn the_same_book_in_other_json_text_is_the_same_request() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let send = |body: &'static str| {
        reader.ask(reqwest::Method::POST, "/books").body("application/json", body).header("idempotency-key", "one")
    };
    let first = send(r#"{"title":"Kindred","author":"Octavia E. Butler"}"#).await.expect(201);
    let again = send(r#"{ "author": "Octavia E. Butler", "title": "\u004bindred", "copies": 1 }"#).await.expect(201);
    assert_eq!(again.json(), first.json());
}

#[tokio::test]
async fn a_key_cannot_be_reused_for_another_request() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let first = add(&reader, "one").await.expect(201);
    let other = reader.post("/books", json!({"title": "Dawn", "author": "Octavia E. Butler"}));
    other.header("idempotency-key", "one").await.problem(422, "key-reused");
    assert_eq!(reader.get("/books?owner=me").await.expect(200).each("id"), [first.string("id")]);
}

#[tokio::test]
async fn a_key_belongs_to_one_user_and_two_keys_add_two_books() {
    let library = Library::start().await;
    let [reader, other] = [library.reader().await, library.reader().await];
    let mut books = Vec::new();
    for answer in [add(&reader, "one"), add(&reader, "two"), add(&reader, "One"), add(&other, "one")] {
        books.push(answer.await.expect(201).string("id"));
    }
    books.push(reader.post("/books", kindred()).await.expect(201).string("id"));
    books.sort();
    books.dedup();
    assert_eq!(books.len(), 5);
}

#[tokio::test]
async fn twenty_parallel_requests_with_one_key_add_one_book_and_get_the_same_answer() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let answers = send_all((0..20).map(|_| add(&reader, "one"))).await;
    let first = answers[0].json();
    for answer in answers {
        assert_eq!(answer.expect(201).json(), first);
    }
    assert_eq!(reader.get("/books").await.expect(200).each("id").len(), 1);
}

#[tokio::test]
async fn one_of_twenty_different_books_with_one_key_is_added() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let books = (0..20).map(|number| {
        let book = json!({"title": format!("Volume {number}"), "author": "A. N. Author"});
        reader.post("/books", book).header("idempotency-key", "one")
    });
    let answers = send_all(books).await;
    let added: Vec<_> =
        answers.iter().filter(|answer| answer.status == 201).map(|answer| answer.string("id")).collect();
    assert_eq!(answers.iter().filter(|answer| answer.status == 422).count(), 19);
    assert_eq!(reader.get("/books").await.expect(200).each("id"), added);
}

#[tokio::test]
async fn a_refused_request_may_be_corrected_and_sent_with_the_same_key() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let mut book = kindred();
    book["isbn"] = json!(unique_isbn()[0]);
    let holder = reader.post("/books", book.clone()).await.expect(201).string("id");
    let send = |book| reader.post("/books", book).header("idempotency-key", "one");
    send(json!({"title": "Kindred"})).await.invalid("/author");
    send(book.clone()).await.refused(409, "isbn-taken");
    reader.delete(&format!("/books/{holder}")).await.expect(204);
    send(book).await.expect(201);
}

#[tokio::test]
async fn a_key_expires_after_a_day() {
    let library = Library::own().start().await;
    let mut reader = library.reader().await;
    let first = add(&reader, "one").await.expect(201).string("id");
    for (hours, same) in [(23, true), (2, false)] {
        library.wait(hours * 3_600);
        reader = reader.with_tokens(&reader.refreshes().await.expect(200));
        assert_eq!(add(&reader, "one").await.expect(201).string("id") == first, same);
    }
    assert_eq!(reader.get("/books").await.expect(200).each("id").len(), 2);
}

#[tokio::test]
async fn a_key_has_1_to_128_characters() {
    let library = Library::start().await;
    let reader = library.reader().await;
    for key in ["", &"k".repeat(129), "ключ"] {
        add(&reader, key).await.invalid("Idempotency-Key");
    }
    add(&reader, &"k".repeat(128)).await.expect(201);
    add(&reader, &format!("{}#~/ \"", unique("key"))).await.expect(201);
}

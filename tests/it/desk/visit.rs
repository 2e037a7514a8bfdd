//! A visit at the desk: the reader is looked up once, and each scan is one request.

use std::cell::Cell;

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, Library, Person};

use super::{has, named};
use crate::books::unique_isbn;

/// The desk, which counts what it sends.
struct Counting<'a> {
    person: &'a Person,
    requests: Cell<u32>,
}

impl Counting<'_> {
    async fn sends(&self, method: Method, path: &str, body: Value) -> Answer {
        self.requests.set(self.requests.get() + 1);
        let request = self.person.ask(method, path);
        let key = format!("scan-{}", self.requests.get());
        if body.is_null() { request.await } else { request.header("idempotency-key", &key).json(&body).await }
    }
}

#[tokio::test]
async fn ten_loans_for_one_reader_and_three_returns_that_tell_who_waits_are_fourteen_requests() {
    let library = Library::own().start().await;
    let (admin, assistant) = (library.admin().await, library.with_role("assistant").await);
    let (ada, bob, grace) =
        (named(&library, "Ada").await, named(&library, "Bob").await, named(&library, "Grace").await);
    admin.put(&format!("/users/{}/card", ada.id), json!({"card": "20410077"})).await.expect(200);
    // Ten books on the shelf, the first of them by the label on its copy.
    let mut codes = Vec::new();
    for number in 0..10 {
        let [_, isbn] = unique_isbn();
        let book = json!({"title": format!("Volume {number}"), "author": "Many", "isbn": isbn});
        let id = admin.post("/books", book).await.expect(201).string("id");
        let label = admin.ask(Method::POST, &format!("/books/{id}/barcodes"));
        codes.push(if number == 0 { label.await.expect(201).string("barcode") } else { isbn });
    }
    // Three that Bob has, and Grace waits for the last two.
    let mut out = Vec::new();
    for number in 0..3 {
        let book = json!({"title": format!("Out {number}"), "author": "Many"});
        let id = admin.post("/books", book).await.expect(201).string("id");
        let label = admin.ask(Method::POST, &format!("/books/{id}/barcodes")).await.expect(201).string("barcode");
        let lent = json!({"reader": bob.id, "code": label});
        admin.post("/loans", lent).await.expect(201);
        if number > 0 {
            grace.reserves(&id).await.expect(202);
        }
        out.push(label);
    }

    let desk = Counting { person: &assistant, requests: Cell::new(0) };
    let found = desk.sends(Method::GET, "/users?query=2041%200077", Value::Null).await.expect(200).json();
    let [reader] = found["items"].as_array().expect("a list").as_slice() else { panic!("one reader: {found}") };
    assert_eq!((&reader["id"], &reader["firstName"]), (&json!(ada.id), &json!("Ada")));
    for code in &codes {
        let lent = desk.sends(Method::POST, "/loans", json!({"reader": reader["id"], "code": code})).await;
        let lent = lent.expect(201).json();
        // All that the desk says of a loan.
        assert_eq!(lent["outcome"], "lent");
        assert!(lent["reservation"]["dueAt"].is_string() && lent["reservation"]["book"]["title"].is_string());
    }
    let waiting = [None, Some("Grace"), Some("Grace")];
    for (code, waiting) in out.iter().zip(waiting) {
        let back = desk.sends(Method::POST, "/returns", json!({"code": code})).await.expect(200).json();
        assert_eq!((&back["outcome"], &back["from"]["firstName"]), (&json!("returned"), &json!("Bob")));
        assert_eq!(back["promisedTo"]["firstName"].as_str(), waiting);
    }
    assert_eq!(desk.requests.get(), 14);
    assert_eq!((has(&ada).await.len(), has(&bob).await.len(), has(&grace).await.len()), (10, 0, 2));
}

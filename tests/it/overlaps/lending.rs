//! Reservations that overlap with other reservations, and with the ends of books and accounts.

use reqwest::Method;
use serde_json::json;
use tests::database::{Fault, Pattern};
use tests::{Library, PASSWORD, Request};

use super::overtaken;

#[tokio::test]
async fn rac2_a_copy_is_lent_once_though_its_book_was_archived_and_restored_meanwhile() {
    let library = Library::own().proxied().start().await;
    let owner = library.reader().await;
    let [first, second, late] = [library.reader().await, library.reader().await, library.reader().await];
    let book = owner.adds("Kindred", "Octavia E. Butler").await;
    // Reserved and given up: the book's lending item is idle, at version 2.
    let given_up = first.reserves(&book).await.expect(201).string("id");
    first.cancels(&given_up).await.expect(204);
    let held = Pattern::transaction_of("reservations").naming(&late.id);
    let others = async {
        owner.ask(Method::POST, &format!("/books/{book}/archive")).await.expect(200);
        owner.ask(Method::POST, &format!("/archive/books/{book}/restore")).await.expect(200);
        first.reserves(&book).await.expect(201);
        second.reserves(&book).await.expect(202);
    };
    let (reserved, ()) = overtaken(&library, held, late.reserves(&book), others).await;
    assert_eq!(reserved.status, 202, "one copy is lent twice: {}", reserved.text);
    assert_eq!(reserved.json()["place"], 2);
}

#[tokio::test]
async fn rac5_a_reservation_under_way_does_not_outlive_its_readers_account() {
    let library = Library::own().proxied().start().await;
    let [owner, leaving, next] = [library.reader().await, library.reader().await, library.reader().await];
    let book = owner.adds("Kindred", "Octavia E. Butler").await;
    let held = Pattern::transaction_of("reservations").naming(&leaving.id);
    let others = async {
        leaving.delete("/users/me").json(&json!({"password": PASSWORD})).await.expect(204);
        library.local().drained().await;
    };
    overtaken(&library, held, leaving.reserves(&book), others).await;
    library.local().drained().await;
    assert_eq!(next.reserves(&book).await.status, 201, "a reservation without a reader keeps the copy");
}

#[tokio::test]
async fn rac5_a_reader_who_is_disabled_meanwhile_does_not_reserve() {
    let library = Library::own().proxied().start().await;
    let (admin, [reader, next]) = (library.admin().await, [library.reader().await, library.reader().await]);
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    let held = Pattern::transaction_of("reservations").naming(&reader.id);
    let path = format!("/users/{}", reader.id);
    let others = async { admin.patch(&path, json!({"disabled": true})).await.expect(200) };
    overtaken(&library, held, reader.reserves(&book), others).await;
    assert_eq!(next.reserves(&book).await.status, 201, "a reservation without a reader keeps the copy");
}

#[tokio::test]
async fn rac8_a_request_that_is_sent_twice_at_once_is_answered_the_same_twice() {
    let library = Library::own().proxied().start().await;
    let [owner, reader] = [library.reader().await, library.reader().await];
    let book = owner.adds("Kindred", "Octavia E. Butler").await;
    let reserve = || -> Request { reader.reserves(&book).header("idempotency-key", "once") };
    let call = Pattern::transaction_of("reservations").naming(&reader.id);
    let others = async {
        let first = reserve().await.expect(201);
        // The record of the key is refused, and DynamoDB says of it only that another transaction is at it.
        library.proxy().fail_once(call.clone(), Fault::ReasonsMixed);
        first
    };
    let (second, first) = overtaken(&library, call.clone(), reserve(), others).await;
    assert_eq!((second.status, second.json()), (201, first.json()), "the repeated request has another answer");
}

#[tokio::test]
async fn rac14_a_repeated_reservation_is_answered_the_same_when_its_book_is_gone() {
    let library = Library::own().start().await;
    let [owner, reader] = [library.reader().await, library.reader().await];
    let book = owner.adds("Kindred", "Octavia E. Butler").await;
    let reserve = async || reader.reserves(&book).header("idempotency-key", "once").await;
    let first = reserve().await.expect(201);
    reader.cancels(&first.string("id")).await.expect(204);
    owner.delete(&format!("/books/{book}")).await.expect(204);
    let second = reserve().await;
    assert_eq!((second.status, second.json()), (201, first.json()), "the repeated request has another answer");
}

//! Lending, with many readers in parallel.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::json;
use tests::{Answer, Library, Person};

/// Reserves a book. Retries a 503 with the same idempotency key, and the gateway's own answer to a function that takes more
/// than its ten seconds, as on a busy machine.
async fn reserves_with_retries(reader: &Person, book: &str) -> Answer {
    for _ in 0..30 {
        let answer = reader.reserves(book).header("idempotency-key", "once").await;
        let is_the_gateways = answer.status == 500 && answer.header("x-request-id").is_empty();
        if answer.status != 503 && !is_the_gateways {
            return answer;
        }
    }
    panic!("thirty attempts were not enough");
}

#[tokio::test(flavor = "multi_thread")]
async fn rsv1_the_last_copy_goes_to_exactly_one_of_a_hundred_readers() {
    let library = Library::own().start().await;
    let owner = library.reader().await;
    let book = owner.adds("Kindred", "Octavia E. Butler").await;
    let readers = library.readers(100).await;
    let started = std::time::Instant::now();
    let answers = join_all(readers.iter().map(|reader| reserves_with_retries(reader, &book))).await;
    eprintln!("a hundred parallel reservations took {:?}", started.elapsed());
    let with = |status: u16| answers.iter().filter(move |answer| answer.status == status);
    let other: Vec<_> = answers.iter().filter(|answer| ![201, 202].contains(&answer.status)).collect();
    assert!(other.is_empty(), "{other:?}");
    assert_eq!(with(201).count(), 1);
    let places: BTreeSet<_> = with(202).filter_map(|answer| answer.json()["place"].as_u64()).collect();
    assert_eq!(places, (1..=99).collect());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_twenty_readers_who_click_twice_has_one_reservation() {
    let library = Library::own().start().await;
    let owner = library.reader().await;
    let book = json!({"title": "Kindred", "author": "Octavia E. Butler", "copies": 5});
    let book = owner.post("/books", book).await.expect(201).string("id");
    let readers = library.readers(20).await;
    let clicks = join_all(
        readers.iter().flat_map(|reader| [reader, reader]).map(|reader| async { reader.reserves(&book).await }),
    )
    .await;
    let with = |status: u16| clicks.iter().filter(|answer| answer.status == status).count();
    assert_eq!((with(201), with(202), with(409)), (5, 15, 20));
    for reader in &readers {
        assert_eq!(reader.get("/reservations").await.expect(200).each("id").len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_reserves_fifteen_books_in_parallel_gets_ten() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let mut books = Vec::new();
    for number in 0..15 {
        books.push(reader.adds(&format!("Volume {number}"), "A. N. Author").await);
    }
    let answers = join_all(books.iter().map(|book| async { reader.reserves(book).await.status })).await;
    assert_eq!(answers.iter().filter(|status| **status == 201).count(), 10, "{answers:?}");
    assert_eq!(answers.iter().filter(|status| **status == 409).count(), 5, "{answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_is_archived_or_reserved_and_never_both() {
    let library = Library::own().start().await;
    let [owner, reader] = [library.reader().await, library.reader().await];
    for _ in 0..20 {
        let book = owner.adds("Kindred", "Octavia E. Butler").await;
        let archive = format!("/books/{book}/archive");
        let (archived, reserved) = tokio::join!(async { owner.ask(reqwest::Method::POST, &archive).await }, async {
            reader.reserves(&book).await
        });
        match (archived.status, reserved.status) {
            (200, 404) => {}
            (409, 201) => {
                reader.cancels(&reserved.string("id")).await.expect(204);
            }
            other => panic!("{other:?}"),
        }
    }
}

//! Limits by network address (SECURITY.md: LCK2, HRD1). Every address of the loopback network is one of its own.

use futures_util::future::join_all;
use serde_json::json;
use tests::database::{Fault, Pattern};
use tests::{Answer, Library, PASSWORD, Person, unique, unique_email};

/// An address whose registrations are counted. Those of 127.0.0.1 are not: it is the library's own in the tests.
const SOMEWHERE: &str = "127.0.0.6";

async fn registers(somebody: &Person) -> Answer {
    somebody.post("/auth/register", json!({"username": unique("reader"), "password": PASSWORD})).await
}

#[tokio::test]
async fn lck2_an_address_cannot_guess_more_by_guessing_in_parallel() {
    let library = Library::own().standing_clock().start().await;
    let guesses = (0..164).map(|number| {
        let library = &library;
        async move { library.login(&unique_email(), &format!("guess number {number}")).await.status }
    });
    let answers = join_all(guesses).await;
    // Some find no place in the queue before the hashes.
    assert!(answers.iter().all(|status| [401, 429, 503].contains(status)), "{answers:?}");
    assert_eq!(answers.iter().filter(|status| **status == 401).count(), 50, "{answers:?}");
}

#[tokio::test]
async fn lck2_sign_ins_that_succeed_do_not_use_up_the_addresss_guesses() {
    let library = Library::own().standing_clock().start().await;
    let reader = library.reader().await;
    for _ in 0..60 {
        library.login(&reader.email, PASSWORD).await.expect(200);
    }
    for _ in 0..50 {
        library.login(&unique_email(), "not the password").await.problem(401, "unauthenticated");
    }
    library.login(&unique_email(), "not the password").await.problem(429, "too-many-requests");
}

#[tokio::test]
async fn lck2_every_address_has_a_limit_of_its_own() {
    let library = Library::own().standing_clock().start().await;
    for _ in 0..51 {
        library.login(&unique_email(), "not the password").await;
    }
    library.login(&unique_email(), "not the password").await.problem(429, "too-many-requests");
    library.stranger().at("127.0.0.2").logs_in(&unique_email(), "not it").await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn rac14_an_address_is_counted_once_though_the_answer_to_its_count_is_lost() {
    let library = Library::own().proxied().standing_clock().start().await;
    for number in 0..50 {
        if number % 10 == 0 {
            let count = Pattern::of("auth").action("UpdateItem").naming("limit#guess");
            library.proxy().fail_once(count, Fault::AnswerLost);
        }
        library.login(&unique_email(), "not the password").await.problem(401, "unauthenticated");
    }
    library.login(&unique_email(), "not the password").await.problem(429, "too-many-requests");
}

#[tokio::test]
async fn hrd1_an_address_registers_at_most_twenty_readers_an_hour() {
    let library = Library::own().metered().standing_clock().start().await;
    let somebody = library.stranger().at(SOMEWHERE);
    for _ in 0..20 {
        registers(&somebody).await.expect(201);
    }
    library.proxy().take_of_requests();
    let refused = registers(&somebody).await.problem(429, "too-many-requests");
    assert!(refused.header("retry-after").parse::<u32>().is_ok_and(|seconds| (1..=3_600).contains(&seconds)));
    assert_eq!(library.proxy().take_of_requests().len(), 1, "the count is all that happens");
    registers(&library.stranger().at("127.0.0.7")).await.expect(201);
    library.wait(3_600);
    registers(&somebody).await.expect(201);
}

#[tokio::test]
async fn hrd1_registrations_in_parallel_are_limited_as_well() {
    let library = Library::own().standing_clock().start().await;
    let somebody = library.stranger().at(SOMEWHERE);
    let answers = join_all((0..60).map(|_| registers(&somebody))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 20);
    assert!(answers.iter().all(|answer| [201, 429].contains(&answer.status)));
}

#[tokio::test]
async fn hrd1_a_registration_counts_although_the_name_is_taken() {
    let library = Library::own().standing_clock().start().await;
    let (taken, somebody) = (library.reader().await.email, library.stranger().at(SOMEWHERE));
    let asks = async || somebody.post("/auth/register", json!({"email": taken, "password": PASSWORD})).await;
    for _ in 0..20 {
        asks().await.problem(409, "conflict");
    }
    asks().await.problem(429, "too-many-requests");
    // An invalid one does not.
    somebody.post("/auth/register", json!({"email": taken, "password": "password"})).await.invalid("/password");
}

#[tokio::test]
async fn hrd1_a_class_registers_at_the_librarys_own_addresses() {
    let library = Library::own().start().await;
    for _ in 0..25 {
        registers(&library.stranger().at("127.0.0.1")).await.expect(201);
    }
}

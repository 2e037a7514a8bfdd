//! Single writes that meet another's transaction, or whose answers are lost.

use reqwest::Method;
use tests::database::{Fault, Pattern};
use tests::{Library, Socket};

#[tokio::test]
async fn err2_a_single_write_that_meets_a_transaction_is_tried_again() {
    let library = Library::own().proxied().start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let conflict = |pattern: Pattern| library.proxy().fail_once(pattern, Fault::Conflict);
    conflict(Pattern::of("auth").action("UpdateItem"));
    library.signs_in(&reader).await;
    conflict(Pattern::of("auth").action("UpdateItem"));
    reader.refreshes().await.expect(200);
    conflict(Pattern::of("live").action("PutItem"));
    admin.ask(Method::POST, "/live/tickets").await.expect(201);
    conflict(Pattern::of("live").action("DeleteItem"));
    admin.watches().await;
}

#[tokio::test]
async fn rac14_a_ticket_lets_in_once_though_the_answer_to_its_use_is_lost() {
    let library = Library::own().proxied().start().await;
    let url = library.admin().await.ticket().await;
    library.proxy().fail_once(Pattern::of("live").naming("ticket#").action("UpdateItem"), Fault::AnswerLost);
    assert!(Socket::open(&url, None).await.is_ok(), "a ticket is refused");
    assert_eq!(Socket::open(&url, None).await.err(), Some(401), "another connection");
}

#[tokio::test]
async fn rac14_a_failed_sign_in_counts_once_though_the_answer_to_its_count_is_lost() {
    let library = Library::own().proxied().standing_clock().start().await;
    let reader = library.reader().await;
    let count = Pattern::of("auth").action("UpdateItem").naming("failures");
    library.proxy().fail_once(count, Fault::AnswerLost);
    for _ in 0..5 {
        let answer = library.login(&reader.email, "a wrong password").await;
        assert_eq!(answer.status, 401, "a failure counts twice");
    }
    library.login(&reader.email, "a wrong password").await.problem(429, "too-many-requests");
}

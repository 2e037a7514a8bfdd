//! Accounts that end, or are disabled, while books are out.

use std::future::IntoFuture;

use serde_json::json;
use tests::database::Pattern;
use tests::{Library, PASSWORD};

#[tokio::test]
async fn dk14_an_account_with_books_at_home_does_not_end() {
    let library = Library::own().start().await;
    let (admin, reader, next) = (library.admin().await, library.reader().await, library.reader().await);
    let [lent, ready, waiting] =
        [admin.adds("Kindred", "A").await, admin.adds("Dawn", "A").await, admin.adds("Wild Seed", "A").await];
    next.reserves(&waiting).await.expect(201);
    let loan = reader.reserves(&lent).await.expect(201).string("id");
    reader.reserves(&ready).await.expect(201);
    reader.reserves(&waiting).await.expect(202);
    next.reserves(&ready).await.expect(202);
    admin.steps(&loan, "checkout").await.expect(200);
    let path = format!("/users/{}", reader.id);
    admin.delete(&path).await.refused(409, "books-at-home");
    let own = || reader.delete("/users/me").json(&json!({"password": PASSWORD}));
    own().await.refused(409, "books-at-home");
    assert_eq!(reader.get("/reservations").await.expect(200).each("id").len(), 3, "nothing has changed");
    admin.steps(&loan, "return").await.expect(200);
    // What is ready and what waits ends, and moves on.
    own().await.expect(204);
    library.local().drained().await;
    assert_eq!(next.get("/reservations").await.expect(200).each("status"), ["ready", "ready"]);
    library.login(&reader.email, PASSWORD).await.refused(401, "wrong-credentials");
}

#[tokio::test]
async fn dk14_a_disabled_readers_book_is_taken_back() {
    let library = Library::own().start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let book = admin.adds("Kindred", "A").await;
    let loan = reader.reserves(&book).await.expect(201).string("id");
    admin.steps(&loan, "checkout").await.expect(200);
    let path = format!("/users/{}", reader.id);
    admin.patch(&path, json!({"disabled": true})).await.expect(200);
    admin.steps(&loan, "return").await.expect(200);
    admin.delete(&path).await.expect(204);
}

#[tokio::test]
async fn dk14_a_book_that_is_handed_out_meanwhile_keeps_the_account() {
    let library = Library::own().proxied().start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let path = format!("/users/{}", reader.id);
    for (function, title) in [("users", "Kindred"), ("auth", "Dawn")] {
        let book = admin.adds(title, "A").await;
        let loan = reader.reserves(&book).await.expect(201).string("id");
        let request = match function {
            "users" => admin.delete(&path),
            _ => reader.delete("/users/me").json(&json!({"password": PASSWORD})),
        };
        let mut hold = library.proxy().hold(Pattern::transaction_of(function).naming("user.deleted"));
        let others = async {
            hold.arrived().await;
            admin.steps(&loan, "checkout").await.expect(200);
            hold.release();
        };
        let (answer, ()) = tokio::join!(request.into_future(), others);
        answer.refused(409, "books-at-home");
        admin.steps(&loan, "return").await.expect(200);
    }
    reader.get("/users/me").await.expect(200);
}

#[tokio::test]
async fn dk14_a_book_that_is_reserved_meanwhile_is_given_up_with_the_account() {
    let library = Library::own().proxied().start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let book = admin.adds("Kindred", "A").await;
    let mut hold = library.proxy().hold(Pattern::transaction_of("users").naming("user.deleted"));
    let others = async {
        hold.arrived().await;
        reader.reserves(&book).await.expect(201);
        hold.release();
    };
    let ended = admin.delete(&format!("/users/{}", reader.id)).into_future();
    let (answer, ()) = tokio::join!(ended, others);
    answer.expect(204);
    library.local().drained().await;
    let copies = admin.get(&format!("/books/{book}/availability")).await.expect(200).json();
    assert_eq!(copies["free"], 1);
}

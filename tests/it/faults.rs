//! A failing database: every answer is correct or a 503, no acknowledged write is lost, no write is done twice, and no
//! caller without a session gets access.

use std::time::Instant;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::database::Pattern;
use tests::{Answer, Library, PASSWORD, Person, Request, unique_email};

/// Sends a request until the answer is not a 503.
async fn retried<F: Future<Output = Answer>>(mut request: impl FnMut() -> F) -> Answer {
    for _ in 0..100 {
        let answer = request().await;
        match answer.status {
            503 => assert_eq!(answer.problem(503, "unavailable").header("retry-after"), "1"),
            _ => return answer,
        }
    }
    panic!("a hundred attempts were not enough");
}

/// Registers a reader, with retries. If the answer to a successful registration was lost, a sign-in shows that it exists.
async fn registers(library: &Library) -> Person {
    let (email, stranger) = (unique_email(), library.stranger());
    let registration = json!({"email": email, "password": PASSWORD});
    let mut answer = retried(|| async { stranger.post("/auth/register", registration.clone()).await }).await;
    if answer.status == 409 {
        answer = retried(|| async { library.login(&email, PASSWORD).await }).await;
    }
    assert!([200, 201].contains(&answer.status), "{}", answer.text);
    stranger.with_tokens(&answer)
}

/// Adds five books, and makes them favorites. Returns their ids.
async fn adds_favorites(reader: &Person) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 0..5 {
        let book = json!({"title": format!("Volume {number}"), "author": "A. N. Author"});
        let key = format!("volume {number}");
        let added =
            retried(|| async { reader.post("/books", book.clone()).header("idempotency-key", &key).await }).await;
        let id = added.expect(201).string("id");
        let favorites = retried(|| async { reader.post(&format!("/favorites/{id}"), json!({})).await }).await;
        assert!([200, 201].contains(&favorites.status), "{}", favorites.text);
        ids.push(id);
    }
    ids
}

fn sorted(mut ids: Vec<String>) -> Vec<String> {
    ids.sort();
    ids
}

#[tokio::test]
async fn tmo1_a_call_that_the_database_does_not_answer_ends_before_its_function() {
    let library = Library::own().proxied().start().await;
    let owner = library.reader().await;
    let book = owner.adds("Kindred", "Octavia E. Butler").await;
    let path = format!("/books/{book}");
    let read = library.proxy().hold(Pattern::of("books").action("GetItem").naming(format!("book#{book}")));
    let write = library.proxy().hold(Pattern::transaction_of("favorites"));
    let timed = async |request: Request| {
        let started = Instant::now();
        request.await.problem(503, "unavailable");
        started.elapsed()
    };
    let (of_read, of_write) =
        tokio::join!(timed(owner.get(&path)), timed(owner.post(&format!("/favorites/{book}"), json!({}))));
    drop((read, write));
    // The gateway's own answer would be a 504, after the ten seconds of a function.
    for (took, limit) in [(of_read, 3.0), (of_write, 7.5)] {
        assert!((limit - 0.1..10.0).contains(&took.as_secs_f64()), "{took:?} instead of {limit} s");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn err1_idm1_with_a_failing_database_no_write_is_lost_or_doubled_and_no_stranger_gets_access() {
    for percent in [1, 5, 20] {
        let library = Library::own().proxied().start().await;
        let signed_out = library.reader().await;
        signed_out.post("/auth/logout", json!({})).await.expect(200);
        library.proxy().fail(percent);

        let readers = (0..6).map(|_| async {
            let reader = registers(&library).await;
            let ids = adds_favorites(&reader).await;
            // A caller without a session gets no access.
            for intruder in [&signed_out, &library.stranger().with_token("nonsense")] {
                let answer = intruder.get("/favorites").await;
                assert!([401, 503].contains(&answer.status), "{}", answer.text);
            }
            (reader, ids)
        });
        let readers = join_all(readers).await;

        library.proxy().recover();
        for (reader, ids) in readers {
            let mine = reader.get("/books?owner=me").await.expect(200);
            assert_eq!(sorted(mine.each("id")), sorted(ids.clone()), "at {percent} %: each book is there once");
            let favorites = reader.get("/favorites").await.expect(200);
            assert_eq!(sorted(favorites.each("id")), sorted(ids), "at {percent} %: each favorite is there once");
            assert_eq!(favorites.json()["nextCursor"], Value::Null);
        }
    }
}

//! A database that fails: every answer is right or says "try again", nothing acknowledged is lost, nothing is done twice,
//! and nobody is let in for it.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{Answer, Library, PASSWORD, Person, unique_email};

/// Sends a request until it is answered with something else than "try again".
async fn insist<F: Future<Output = Answer>>(mut request: impl FnMut() -> F) -> Answer {
    for _ in 0..100 {
        let answer = request().await;
        match answer.status {
            503 => assert_eq!(answer.problem(503, "unavailable").header("retry-after"), "1"),
            _ => return answer,
        }
    }
    panic!("a hundred tries were not enough");
}

/// Registers, however often it takes. A registration whose answer was lost is there: signing in shows it.
async fn joins(library: &Library) -> Person {
    let (email, stranger) = (unique_email(), library.stranger());
    let registration = json!({"email": email, "password": PASSWORD});
    let mut answer = insist(|| async { stranger.post("/auth/register", registration.clone()).await }).await;
    if answer.status == 409 {
        answer = insist(|| async { library.login(&email, PASSWORD).await }).await;
    }
    assert!([200, 201].contains(&answer.status), "{}", answer.text);
    stranger.with_tokens(&answer)
}

/// Adds five books and keeps them; gives their ids.
async fn furnishes(reader: &Person) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 0..5 {
        let book = json!({"title": format!("Volume {number}"), "author": "A. N. Author"});
        let key = format!("volume {number}");
        let added =
            insist(|| async { reader.post("/books", book.clone()).header("idempotency-key", &key).await }).await;
        let id = added.expect(201).string("id");
        let kept = insist(|| async { reader.post(&format!("/favorites/{id}"), json!({})).await }).await;
        assert!([200, 201].contains(&kept.status), "{}", kept.text);
        ids.push(id);
    }
    ids
}

fn sorted(mut ids: Vec<String>) -> Vec<String> {
    ids.sort();
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn err1_idm1_whatever_the_database_does_nothing_is_lost_doubled_or_let_in() {
    for percent in [1, 5, 20] {
        let library = Library::own().proxied().start().await;
        let out = library.reader().await;
        out.post("/auth/logout", json!({})).await.expect(200);
        library.proxy().fail(percent);

        let lives = (0..6).map(|_| async {
            let reader = joins(&library).await;
            let ids = furnishes(&reader).await;
            // Who is out stays out.
            for intruder in [&out, &library.stranger().with_token("nonsense")] {
                let answer = intruder.get("/favorites").await;
                assert!([401, 503].contains(&answer.status), "{}", answer.text);
            }
            (reader, ids)
        });
        let lives = join_all(lives).await;

        library.proxy().recover();
        for (reader, ids) in lives {
            let mine = reader.get("/books?owner=me").await.expect(200);
            assert_eq!(sorted(mine.each("id")), sorted(ids.clone()), "at {percent} %: each book is there once");
            let kept = reader.get("/favorites").await.expect(200);
            assert_eq!(sorted(kept.each("id")), sorted(ids), "at {percent} %: each favorite is there once");
            assert_eq!(kept.json()["nextCursor"], Value::Null);
        }
    }
}

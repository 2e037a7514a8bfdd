//! Whatever happens to the indexer, the lists are at rest those of the books, byte for byte; and what a reader gets meanwhile
//! is true.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join;
use serde_json::{Value, json};
use tests::database::{Fault, Pattern};
use tests::{Library, Person};

use super::Catalogue;
use super::keeping::{index, lose, reindex};
use crate::checker::chance::Chance;

/// How often everything comes to rest, and what happens before each rest.
const ROUNDS: u64 = 5;
const CHANGES: usize = 12;
const CRASHES: usize = 20;
/// Longer than a run has a book to itself.
const LEASE_SECONDS: i64 = 125;
const WORDS: [&str; 10] =
    ["dune", "müller", "catch-22", "雪国", "l'étranger", "kindred", "kindred's", "c++", "it", "solaris"];

fn text(chance: &mut Chance) -> String {
    (0..=chance.below(3)).map(|_| WORDS[chance.below(WORDS.len())]).collect::<Vec<_>>().join(" ")
}

/// Adds, changes, archives, restores and deletes books.
async fn change(owner: &Person, books: &mut Vec<String>, chance: &mut Chance) {
    for _ in 0..CHANGES {
        let choice = if books.len() < 3 { 0 } else { chance.below(6) };
        let at = chance.below(books.len().max(1));
        let path = books.get(at).map(|book| format!("/books/{book}")).unwrap_or_default();
        let new = json!({"title": text(chance), "author": text(chance), "subjects": [text(chance)]});
        // What a book's state forbids is refused.
        match choice {
            0 => books.push(owner.post("/books", new).await.expect(201).string("id")),
            1 | 2 => drop(owner.patch(&path, new).await),
            3 => drop(owner.ask(reqwest::Method::POST, &format!("{path}/archive")).await),
            4 => drop(owner.ask(reqwest::Method::POST, &format!("/archive{path}/restore")).await),
            _ => {
                owner.delete(&path).await;
                books.remove(at);
            }
        }
    }
}

/// Starts further runs of the indexer, and ends each between any two of its calls, or in one.
async fn crash(library: &Library, chance: &mut Chance) {
    for _ in 0..CRASHES {
        let run = library.local().call("indexer", json!({"task": "reindex"}));
        let _ = tokio::time::timeout(Duration::from_millis(chance.below(40) as u64), run).await;
    }
}

/// Returns the lists, and what the items of the books say that they have; without the versions of these items.
fn lists(index: &BTreeMap<String, Value>) -> BTreeMap<&String, Value> {
    let of = |key: &str, kind: &str| key.starts_with(&format!("\"{kind}#"));
    let mut lists = BTreeMap::new();
    for (key, item) in index {
        if of(key, "w") || of(key, "a") {
            lists.insert(key, item.clone());
        } else if of(key, "b") {
            lists.insert(key, json!([item["places"], item["x"], item["begun"], item["until"]]));
        }
    }
    lists
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_breaks_off_the_lists_are_those_of_an_index_that_is_made_anew() {
    let library = Library::own().standing_clock().proxied().shards(4).everything_twice().every_row_twice();
    let library = library.retries_at_once().start().await;
    let owner = library.reader().await;
    let (mut books, mut changes, mut crashes) = (Vec::new(), Chance::new(22, 0), Chance::new(22, 1));
    for round in 0..ROUNDS {
        library.proxy().seed(round);
        for (action, fault) in
            [("PutItem", Fault::AnswerLost), ("UpdateItem", Fault::AnswerLost), ("BatchWriteItem", Fault::RequestLost)]
        {
            library.proxy().fail_times(3, Pattern::of("indexer").action(action), fault);
        }
        library.proxy().hold_at_random(10);
        library.proxy().lag(40);
        join(change(&owner, &mut books, &mut changes), crash(&library, &mut crashes)).await;
        library.proxy().recover();
        // What was begun is completed as soon as nobody can be at it any more.
        library.wait(LEASE_SECONDS);
        library.local().drained().await;
        reindex(&library).await;
        let kept = index(&library).await;
        lose(&library).await;
        reindex(&library).await;
        let anew = index(&library).await;
        assert_eq!(lists(&kept), lists(&anew), "in round {round}");
        let lacking: Vec<&String> = anew.keys().filter(|key| !kept.contains_key(*key)).collect();
        assert!(lacking.is_empty(), "in round {round} the dictionary lacks {lacking:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_failing_index_an_answer_is_right_or_there_is_none() {
    let catalogue = Catalogue::start_with(Library::own().proxied()).await;
    let texts = ["dune", "tolkien", "pride and prejudice", "the", "catch-22", "源氏", "hobit", "herbert 0441172717"];
    let mut whole = Vec::new();
    for text in texts {
        whole.push(catalogue.answer(&[("q", text)]).await.1);
    }
    catalogue.library.proxy().fail(20);
    catalogue.library.proxy().fail_with(20, &[Fault::ShortPage, Fault::Unprocessed]);
    for _ in 0..8 {
        for (text, whole) in texts.iter().zip(&whole) {
            let answer = catalogue.get("/search", &[("q", text)]).await;
            match answer.status {
                200 => assert_eq!(&answer.json(), whole, "{text}"),
                _ => drop(answer.problem(503, "unavailable")),
            }
        }
    }
}

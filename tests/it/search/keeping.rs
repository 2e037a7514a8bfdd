//! The lists are kept in step with the books.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::{Value, json};
use shared::tables::journal::Action;
use shared::tables::journal::entry::ManyBooks;
use tests::{Library, Person};

use super::asked;
use crate::contract::read;

/// Returns how many books a text finds in the catalogue and in the archive.
async fn found(library: &Library, text: &str) -> (usize, usize) {
    let mut counts = [0, 0];
    for (count, path) in counts.iter_mut().zip(["/search", "/archive/search"]) {
        *count = library.stranger().get(&asked(path, &[("q", text)])).await.expect(200).each("id").len();
    }
    counts.into()
}

/// Returns all items of the Search table, by their keys.
pub(super) async fn index(library: &Library) -> BTreeMap<String, Value> {
    let (mut items, mut start) = (BTreeMap::new(), Value::Null);
    loop {
        let mut scan = json!({"TableName": "carrel-search"});
        if !start.is_null() {
            scan["ExclusiveStartKey"] = start;
        }
        let page = library.dynamodb().call("Scan", &scan).await;
        for item in page["Items"].as_array().into_iter().flatten() {
            items.insert(format!("{} {}", item["pk"]["S"], item["sk"]["B"]), item.clone());
        }
        start = page["LastEvaluatedKey"].clone();
        if start.is_null() {
            return items;
        }
    }
}

/// Deletes the whole index.
pub(super) async fn lose(library: &Library) {
    for item in index(library).await.into_values() {
        let key = json!({"pk": item["pk"], "sk": item["sk"]});
        library.dynamodb().call("DeleteItem", &json!({"TableName": "carrel-search", "Key": key})).await;
    }
}

/// Has all books gone through.
pub(super) async fn reindex(library: &Library) -> (u64, u64) {
    let (mut books, mut written) = (0, 0);
    loop {
        let done = library.local().call("indexer", json!({"task": "reindex"})).await.expect("done");
        books += done["books"].as_u64().unwrap_or_default();
        written += done["written"].as_u64().unwrap_or_default();
        if done["more"] == false {
            return (books, written);
        }
    }
}

async fn post(person: &Person, path: &str) {
    person.ask(Method::POST, path).await.expect(200);
}

#[tokio::test]
async fn se61_se62_se63_what_is_written_is_found_and_what_was_is_not() {
    let library = Library::own().start().await;
    let owner = library.reader().await;
    let book = owner.adds("Dune", "Frank Herbert").await;
    let other = owner.adds("Dune Messiah", "Frank Herbert").await;
    library.local().drained().await;
    assert_eq!(found(&library, "dune").await, (2, 0));

    owner.patch(&format!("/books/{book}"), json!({"title": "Arrakis"})).await.expect(200);
    library.local().drained().await;
    assert_eq!((found(&library, "dune").await, found(&library, "arrakis").await), ((1, 0), (1, 0)));

    post(&owner, &format!("/books/{book}/archive")).await;
    library.local().drained().await;
    assert_eq!(found(&library, "arrakis").await, (0, 1));
    // The dictionary has the words of both: one that only the other has is left out.
    assert_eq!(found(&library, "arrakis messiah").await, (1, 1));
    assert_eq!(found(&library, "messiah arrakis").await, (1, 1));
    post(&owner, &format!("/archive/books/{book}/restore")).await;
    library.local().drained().await;
    assert_eq!(found(&library, "arrakis").await, (1, 0));

    owner.patch(&format!("/books/{book}"), json!({"subjects": ["Deserts"], "language": "French"})).await.expect(200);
    library.local().drained().await;
    assert_eq!(found(&library, "deserts herbert").await, (1, 0));

    let suggest = asked("/search/suggest", &[("q", "mess")]);
    assert_eq!(library.stranger().get(&suggest).await.expect(200).json()["items"], json!(["messiah"]));
    owner.delete(&format!("/books/{other}")).await.expect(204);
    library.local().drained().await;
    assert_eq!(found(&library, "messiah").await, (0, 0));
    assert_eq!(library.stranger().get(&suggest).await.expect(200).json()["items"], json!([]));

    owner.delete(&format!("/books/{book}")).await.expect(204);
    library.local().drained().await;
    let left = index(&library).await;
    let words = left.keys().filter(|key| key.starts_with("\"w#") || key.starts_with("\"a#") || key.starts_with("\"b#"));
    assert_eq!(words.count(), 0, "nothing is left of a deleted book");
}

#[tokio::test]
async fn only_members_search_where_only_members_read() {
    let library = Library::own().settings(|settings| settings.members_only_reads = true).start().await;
    let reader = library.reader().await;
    reader.adds("Dune", "Frank Herbert").await;
    library.local().drained().await;
    for path in ["/search?q=dune", "/archive/search?q=dune", "/search/suggest?q=du"] {
        library.stranger().get(path).await.refused(401, "no-token");
        reader.get(path).await.expect(200);
    }
}

#[tokio::test]
async fn a_change_that_touches_no_word_writes_nothing() {
    let library = Library::own().metered().start().await;
    let owner = library.reader().await;
    let book = owner.adds("Kindred", "Octavia E. Butler").await;
    library.local().drained().await;
    library.proxy().take();
    owner.patch(&format!("/books/{book}"), json!({"pages": 264})).await.expect(200);
    library.local().drained().await;
    let calls = library.proxy().take().into_iter().filter(|call| call.function == "indexer");
    let (reads, writes) = calls.fold((0.0, 0.0), |(read, write), call| (read + call.read, write + call.write));
    assert_eq!((reads, writes), (2.0, 0.0));
}

#[tokio::test]
async fn rows_that_come_twice_and_in_any_order_leave_the_same_lists() {
    let library = Library::own().shards(4).start().await;
    let owner = library.reader().await;
    for number in 0..5 {
        let book = owner.adds(&format!("Title {number}"), "Ann Ott").await;
        let path = format!("/books/{book}");
        owner.patch(&path, json!({"title": format!("Changed {number}")})).await.expect(200);
        post(&owner, &format!("{path}/archive")).await;
        if number % 2 == 0 {
            post(&owner, &format!("/archive{path}/restore")).await;
            owner.patch(&path, json!({"author": "Ann Otter", "subjects": ["Change"]})).await.expect(200);
        }
        if number == 0 {
            owner.delete(&path).await.expect(204);
        }
    }
    library.local().drained().await;
    let kept = index(&library).await;
    assert_eq!(reindex(&library).await.1, 0, "nothing is missing");
    lose(&library).await;
    assert_eq!(found(&library, "changed").await, (0, 0));
    reindex(&library).await;
    let is_list = |key: &&String| ["\"w#", "\"a#"].iter().any(|list| key.starts_with(list));
    let anew = index(&library).await;
    let lists = |index: &BTreeMap<String, Value>| -> Vec<Value> {
        index.iter().filter(|(key, _)| is_list(key)).map(|(_, item)| item.clone()).collect()
    };
    assert_eq!(lists(&kept), lists(&anew));
    assert_eq!(found(&library, "changed").await, (2, 2));
}

#[tokio::test]
async fn an_index_that_was_lost_is_made_anew_byte_for_byte() {
    let library = Library::own().start().await;
    let owner = library.reader().await;
    for (title, author) in [("Dune", "Frank Herbert"), ("Über die Brücke", "Käthe Müller"), ("源氏物語", "紫式部")]
    {
        owner.adds(title, author).await;
    }
    library.local().drained().await;
    let before = index(&library).await;
    assert_eq!(reindex(&library).await, (6, 0), "every book is in line");
    assert_eq!(index(&library).await, before);
    lose(&library).await;
    assert_eq!(reindex(&library).await, (6, 3));
    assert_eq!(index(&library).await, before);
}

#[tokio::test]
async fn a_book_that_cannot_be_read_keeps_no_other_from_being_found() {
    let library = Library::own().start().await;
    let owner = library.reader().await;
    let mut books = Vec::new();
    for title in ["Dune", "Kindred", "Solaris"] {
        books.push(owner.adds(title, "Ann Ott").await);
    }
    library.local().drained().await;
    lose(&library).await;
    let key = json!({"pk": {"S": format!("book#{}", books[1])}, "sk": {"S": "book"}});
    let spoilt = json!({"TableName": "carrel-library", "Key": key, "UpdateExpression": "SET version = :none",
        "ExpressionAttributeValues": {":none": {"S": "none"}}});
    library.dynamodb().call("UpdateItem", &spoilt).await;
    let done = library.local().call("indexer", json!({"task": "reindex"})).await.expect("done");
    assert_eq!((&done["written"], &done["failed"], &done["more"]), (&json!(2), &json!(1), &json!(false)));
    assert_eq!((found(&library, "dune").await, found(&library, "solaris").await), ((1, 0), (1, 0)));
}

#[test]
fn the_indexer_gets_exactly_the_rows_that_may_change_words() {
    let template: yaml_serde::Value = yaml_serde::from_str(&read("template.yaml")).expect("YAML");
    let criteria = &template["Resources"]["IndexerFunctionJournal"]["Properties"]["FilterCriteria"]["Filters"];
    let pattern: Value = serde_json::from_str(criteria[0]["Pattern"].as_str().expect("a pattern")).expect("JSON");
    let mut passed = pattern["dynamodb"]["NewImage"]["what"]["S"].as_array().expect("names").clone();
    let contract: Value = serde_json::from_str(&read("openapi.json")).expect("JSON");
    let actions = contract["components"]["schemas"]["Action"]["enum"].as_array().expect("all actions").clone();
    let changes_words =
        |name: &Value| serde_json::from_value::<Action>(name.clone()).expect("an action").changes_words();
    let mut changing: Vec<Value> = actions.into_iter().filter(changes_words).collect();
    for names in [&mut passed, &mut changing] {
        names.sort_by_key(ToString::to_string);
    }
    assert_eq!(passed, changing);
}

#[tokio::test]
async fn a_call_takes_no_more_books_than_it_can_finish_and_the_other_rows_come_again_in_their_order() {
    let library = Library::own().start().await;
    let row = |number: u8| {
        let books = (0..40).map(|book| [number; 15].into_iter().chain([book]).collect::<Vec<u8>>());
        let books = books.map(|id| <[u8; 16]>::try_from(id).expect("16 bytes").into()).collect();
        let books = serde_json::to_value(ManyBooks(books)).expect("ids of one millisecond");
        json!({"dynamodb": {"SequenceNumber": number.to_string(), "NewImage": {"books": {"S": books}}}})
    };
    let again = async |from: u8| -> Vec<u8> {
        let records: Vec<Value> = (from..=20).map(row).collect();
        let answer = library.local().call("indexer", json!({"Records": records})).await.expect("an answer");
        let failures = answer["batchItemFailures"].as_array().expect("a list").iter();
        let rows: BTreeSet<u8> = failures
            .map(|failure| failure["itemIdentifier"].as_str().unwrap_or_default().parse().expect("a number"))
            .collect();
        rows.into_iter().collect()
    };
    // 500 books are twelve and a half rows.
    assert_eq!(again(1).await, (13..=20).collect::<Vec<_>>());
    assert_eq!(again(13).await, [] as [u8; 0]);
}

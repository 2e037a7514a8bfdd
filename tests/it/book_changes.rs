//! Replacing and changing a book, also with `If-Match`.

use reqwest::Method;
use serde_json::json;
use tests::{Answer, Library};

use crate::books::{assert_unchanged, count, kindred, send_all, unique_isbn, with_isbn};

#[tokio::test]
async fn replacing_a_book_removes_the_fields_that_are_not_sent() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let [_, isbn] = unique_isbn();
    let first = reader.post("/books", with_isbn(&isbn)).await.expect(201);
    let path = format!("/books/{}", first.string("id"));

    let replaced = reader.put(&path, json!({"title": "Dawn", "author": "O. E. Butler"})).await.expect(200);
    assert_eq!(replaced.header("etag"), "\"2\"");
    let json = replaced.json();
    let expected = json!({
        "id": first.string("id"), "title": "Dawn", "author": "O. E. Butler", "copies": 1, "owner": reader.id,
        "createdAt": first.string("createdAt"), "updatedAt": json["updatedAt"],
    });
    assert_eq!(json, expected);
    assert_unchanged(&reader, &replaced).await;

    let again = reader.put(&path, with_isbn(&isbn)).await.expect(200);
    assert_eq!(again.header("etag"), "\"3\"");
    let mut back = first.json();
    back["updatedAt"] = again.json()["updatedAt"].clone();
    assert_eq!(again.json(), back);
}

#[tokio::test]
async fn changing_a_book_keeps_its_other_fields() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let [_, isbn] = unique_isbn();
    let mut book = reader.post("/books", with_isbn(&isbn)).await.expect(201).json();
    let path = format!("/books/{}", book["id"].as_str().unwrap_or_default());
    let changes = [
        json!({"title": "Dawn"}),
        json!({"author": "O. E. Butler"}),
        json!({"copies": 10_000, "pages": 1}),
        json!({"publicationYear": -1700, "country": "Babylonia", "language": "Akkadian"}),
        json!({"releaseDate": "2003-02-01"}),
        json!({"isbn": unique_isbn()[1]}),
        json!({}),
        json!({"country": null}),
        json!({"language": null, "pages": null}),
        json!({"isbn": null, "publicationYear": null, "releaseDate": null}),
        json!({"isbn": null, "pages": null}),
    ];
    let mut version = 1;
    for change in changes {
        let changed = reader.patch(&path, change.clone()).await.expect(200);
        let before = book.clone();
        for (field, value) in change.as_object().into_iter().flatten() {
            book[field] = value.clone();
        }
        book["updatedAt"] = changed.json()["updatedAt"].clone();
        let without_nulls = book.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
        book = without_nulls.map(|(field, value)| (field.clone(), value.clone())).collect();
        // What changes nothing is no change.
        version += u32::from(book != before);
        assert_eq!(changed.header("etag"), format!("\"{version}\""));
        assert_eq!(changed.json(), book);
        assert_unchanged(&reader, &changed).await;
    }
    for field in ["title", "author", "copies"] {
        reader.patch(&path, json!({"pages": 5, field: null})).await.invalid(&format!("/{field}"));
    }
    assert_eq!(reader.get(&path).await.expect(200).json(), book);
}

#[tokio::test]
async fn a_change_may_be_sent_as_a_merge_patch() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let book = format!("/books/{}", reader.adds("Kindred", "Octavia E. Butler").await);
    let patch = reader.ask(Method::PATCH, &book).body("application/merge-patch+json", r#"{"pages": 264}"#);
    assert_eq!(patch.await.expect(200).json()["pages"], 264);
}

#[tokio::test]
async fn a_change_sets_updated_at_to_its_own_time() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let first = reader.post("/books", kindred()).await.expect(201);
    library.wait(60);
    let changed = reader.patch(&format!("/books/{}", first.string("id")), json!({"pages": 1})).await.expect(200);
    assert_eq!(changed.string("createdAt"), first.string("createdAt"));
    let [before, after] = [&first, &changed].map(|answer| answer.string("updatedAt").parse::<jiff::Timestamp>());
    let between = after.expect("a time").duration_since(before.expect("a time")).as_secs();
    assert!((60..70).contains(&between), "{between} seconds");
}

#[tokio::test]
async fn a_change_of_another_version_is_refused() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let before = reader.post("/books", kindred()).await.expect(201);
    let path = format!("/books/{}", before.string("id"));
    let many = vec!["\"7\""; 150].join(",");
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        let attempt = |tag: &str| {
            let body = json!({"title": "Dawn", "author": "Octavia E. Butler"});
            reader.ask(method.clone(), &path).json(&body).header("if-match", tag)
        };
        // Weak tags never match (RFC 9110, 13.1.1). Tags that only look like the version do not match either.
        let others = [
            "\"2\"",
            "\"0\"",
            "\"2\", \"3\"",
            "W/\"1\"",
            "\"01\"",
            "\"+1\"",
            "\"one\"",
            "\"\"",
            "\"18446744073709551616\"",
        ];
        for tag in others {
            attempt(tag).await.problem(412, "stale");
        }
        for garbage in
            ["1", "one", "\"1", "1\"", "W/1", "W/\"1", "\"", "", "\"1\" \"2", "\"1\" \"2\"", "*, \"1\"", &many]
        {
            attempt(garbage).await.invalid("If-Match");
        }
    }
    assert_unchanged(&reader, &before).await;
}

#[tokio::test]
async fn a_change_of_the_current_version_is_made() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let path = format!("/books/{}", reader.adds("Kindred", "Octavia E. Butler").await);
    let isbn = json!({"isbn": unique_isbn()[1]});
    reader.patch(&path, json!({"pages": 1})).header("if-match", "\"1\"").await.expect(200);
    reader.put(&path, kindred()).header("if-match", "\"9\", \"2\"").await.expect(200);
    reader.patch(&path, json!({"pages": 2})).header("if-match", "*").await.expect(200);
    reader.patch(&path, isbn.clone()).header("if-match", "\"3\"").await.problem(412, "stale");
    reader.patch(&path, isbn).header("if-match", "W/\"4\",\"4\"").await.expect(200);
    reader.put(&path, kindred()).header("if-match", "\"8\" ,\"5\"").await.expect(200);
    assert_eq!(reader.get(&path).await.expect(200).header("etag"), "\"6\"");
    reader.delete(&path).header("if-match", "\"6\"").await.expect(204);
}

#[tokio::test]
async fn one_of_twenty_parallel_changes_of_a_version_is_made() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let path = format!("/books/{}", reader.adds("Kindred", "Octavia E. Butler").await);
    let changes = (1..=20).map(|pages| reader.patch(&path, json!({"pages": pages})).header("if-match", "\"1\""));
    let answers = send_all(changes).await;
    assert_eq!((count(&answers, 200), count(&answers, 412)), (1, 19));
    let made = answers.iter().find(|answer| answer.status == 200).map(Answer::json);
    assert_eq!(reader.get(&path).await.expect(200).json(), made.unwrap_or_default());
}

#[tokio::test]
async fn twenty_parallel_changes_without_a_version_are_all_made() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let path = format!("/books/{}", reader.adds("Kindred", "Octavia E. Butler").await);
    let answers = send_all((1..=20).map(|pages| reader.patch(&path, json!({"pages": pages})))).await;
    let mut versions: Vec<u32> =
        answers.iter().filter_map(|answer| answer.header("etag").trim_matches('"').parse().ok()).collect();
    versions.sort_unstable();
    assert_eq!(versions, (2..=21).collect::<Vec<_>>());
}

#[tokio::test]
async fn fl18_preconditions_hold_for_every_change_of_a_book() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let book = reader.post("/books", kindred()).await.expect(201).string("id");
    let path = format!("/books/{book}");
    let attempts = || {
        [
            reader.put(&path, json!({"title": "Dawn", "author": "O. E. Butler"})),
            reader.patch(&path, json!({"pages": 9})),
            reader.ask(Method::POST, &format!("{path}/archive")),
            reader.delete(&path),
        ]
    };
    for (name, value) in [
        ("if-none-match", "*"),
        ("if-none-match", "\"7\", W/\"1\""),
        // A tag with a comma is one tag. It is valid, and matches nothing.
        ("if-match", "\"a,b\""),
        ("if-match", "\"1,2\""),
        ("if-match", "W/\"1\""),
    ] {
        for attempt in attempts() {
            attempt.header(name, value).await.problem(412, "stale");
        }
    }
    for attempt in attempts() {
        attempt.header("if-none-match", "1").await.invalid("If-None-Match");
    }
    reader.get(&path).header("if-none-match", "\"a,b\", \"1\"").await.expect(304);
    reader.patch(&path, json!({"pages": 9})).header("if-none-match", "\"2\"").await.expect(200);
    let archive = reader.ask(Method::POST, &format!("{path}/archive"));
    archive.header("if-match", "\"1\", \"2\"").header("if-none-match", "\"1\"").await.expect(200);
    reader
        .ask(Method::POST, &format!("/archive{path}/restore"))
        .header("if-none-match", "*")
        .await
        .problem(412, "stale");
}

#[tokio::test]
async fn fl24_a_change_of_nothing_changes_nothing() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let added = reader.post("/books", kindred()).await.expect(201);
    let path = format!("/books/{}", added.string("id"));
    for answer in [reader.patch(&path, json!({})).await, reader.put(&path, kindred()).await] {
        let answer = answer.expect(200);
        assert_eq!((answer.header("etag"), answer.json()), ("\"1\"", added.json()));
    }
    reader.patch(&path, json!({})).header("if-match", "\"2\"").await.problem(412, "stale");
    assert_unchanged(&reader, &added).await;
}

//! The subjects of a book.

use serde_json::json;
use tests::Library;

#[tokio::test]
async fn a_book_has_at_most_twenty_subjects() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let subjects = json!([" Time travel ", "Slavery", "e\u{301}criture"]);
    let book = json!({"title": "Kindred", "author": "Octavia E. Butler", "subjects": subjects});
    let added = reader.post("/books", book.clone()).await.expect(201);
    let kept = json!(["Time travel", "Slavery", "\u{e9}criture"]);
    assert_eq!(added.json()["subjects"], kept);
    let path = format!("/books/{}", added.string("id"));
    assert_eq!(library.stranger().get(&path).await.expect(200).json()["subjects"], kept);
    assert_eq!(reader.get("/books?owner=me").await.expect(200).json()["items"][0]["subjects"], kept);

    for (subjects, pointer) in [
        (json!(vec!["x"; 21]), "/subjects"),
        (json!(["x", " "]), "/subjects/1"),
        (json!(["x".repeat(101)]), "/subjects/0"),
        (json!([null]), "/subjects/0"),
        (json!("x"), "/subjects"),
    ] {
        let mut wrong = book.clone();
        wrong["subjects"] = subjects.clone();
        reader.post("/books", wrong.clone()).await.invalid(pointer);
        reader.put(&path, wrong).await.invalid(pointer);
        reader.patch(&path, json!({ "subjects": subjects })).await.invalid(pointer);
    }
    assert_eq!(reader.get(&path).await.expect(200).json()["subjects"], kept);

    let most = json!(vec!["x".repeat(100); 20]);
    let changed = reader.patch(&path, json!({ "subjects": most })).await.expect(200);
    assert_eq!(changed.json()["subjects"], most);
    for none in [json!([]), json!(null)] {
        reader.patch(&path, json!({"subjects": ["x"]})).await.expect(200);
        let without = reader.patch(&path, json!({ "subjects": none })).await.expect(200);
        assert_eq!(without.json().get("subjects"), None);
    }
    reader.put(&path, book).await.expect(200);
    let replaced = reader.put(&path, json!({"title": "Kindred", "author": "A", "subjects": []})).await.expect(200);
    assert_eq!(replaced.json().get("subjects"), None);
}

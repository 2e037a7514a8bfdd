//! ISBNs: each belongs to one book at most, in every spelling.

use reqwest::Method;
use serde_json::json;
use tests::Library;

use crate::books::{assert_unchanged, count, kindred, send_all, unique_isbn, with_isbn};

#[tokio::test]
async fn in4_every_spelling_of_an_isbn_is_stored_as_thirteen_digits() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let spellings: [fn(&str, &str) -> String; 6] = [
        |ten, _| ten.to_owned(),
        |_, thirteen| thirteen.to_owned(),
        |ten, _| ten.to_lowercase(),
        |ten, _| format!("{}-{}-{}-{}", &ten[..1], &ten[1..4], &ten[4..9], &ten[9..]),
        |_, thirteen| format!("{}-{}-{}", &thirteen[..3], &thirteen[3..12], &thirteen[12..]),
        |_, thirteen| format!("{} {}", &thirteen[..3], &thirteen[3..]),
    ];
    for spelling in spellings {
        let [ten, thirteen] = unique_isbn();
        let book = reader.post("/books", with_isbn(&spelling(&ten, &thirteen))).await.expect(201);
        assert_eq!(book.string("isbn"), thirteen);
    }
}

#[tokio::test]
async fn two_books_cannot_have_the_same_isbn() {
    let library = Library::start().await;
    let [reader, other] = [library.reader().await, library.reader().await];
    let [ten, thirteen] = unique_isbn();
    let first = reader.post("/books", with_isbn(&ten)).await.expect(201);
    reader.post("/books", with_isbn(&thirteen)).await.refused(409, "isbn-taken");
    other.post("/books", with_isbn(&ten)).await.refused(409, "isbn-taken");

    let second = other.post("/books", with_isbn(&unique_isbn()[0])).await.expect(201);
    let path = format!("/books/{}", second.string("id"));
    other.put(&path, with_isbn(&thirteen)).await.refused(409, "isbn-taken");
    other.patch(&path, json!({"isbn": ten, "title": "Dawn"})).await.refused(409, "isbn-taken");
    other.patch(&path, json!({"isbn": ten})).header("if-match", "\"1\"").await.refused(409, "isbn-taken");
    assert_unchanged(&reader, &first).await;
    assert_unchanged(&other, &second).await;
}

#[tokio::test]
async fn a_book_may_be_changed_with_its_own_isbn_in_any_spelling() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let [ten, thirteen] = unique_isbn();
    let book = format!("/books/{}", reader.post("/books", with_isbn(&ten)).await.expect(201).string("id"));
    reader.put(&book, with_isbn(&thirteen)).await.expect(200);
    let changed = reader.patch(&book, json!({"isbn": ten, "pages": 1})).await.expect(200);
    assert_eq!((changed.string("isbn"), changed.header("etag")), (thirteen, "\"2\""));
}

#[tokio::test]
async fn an_isbn_is_free_again_after_its_book_is_deleted_or_changed() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let [ten, _] = unique_isbn();
    let releases = [
        (Method::DELETE, json!({})),
        (Method::PUT, kindred()),
        (Method::PUT, with_isbn(&unique_isbn()[1])),
        (Method::PATCH, json!({"isbn": null})),
        (Method::PATCH, json!({"isbn": unique_isbn()[0], "title": "Dawn"})),
    ];
    for (method, body) in releases {
        let path = format!("/books/{}", reader.post("/books", with_isbn(&ten)).await.expect(201).string("id"));
        let answer = reader.ask(method, &path).json(&body).await;
        assert!([200, 204].contains(&answer.status), "{answer:?}");
    }
    let last = reader.post("/books", with_isbn(&ten)).await.expect(201);
    assert_eq!(reader.get(&format!("/books?isbn={ten}")).await.expect(200).each("id"), [last.string("id")]);
}

#[tokio::test]
async fn an_isbn_changes_together_with_the_other_fields() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let [[_, old], [_, new]] = [unique_isbn(), unique_isbn()];
    let first = reader.post("/books", with_isbn(&old)).await.expect(201);
    let path = format!("/books/{}", first.string("id"));
    let change = json!({"isbn": new, "title": "Dawn", "author": "O. E. Butler", "pages": null, "copies": 7});
    let changed = reader.patch(&path, change).await.expect(200);
    assert_eq!(changed.header("etag"), "\"2\"");
    let mut expected = first.json();
    for (field, value) in [("isbn", &*new), ("title", "Dawn"), ("author", "O. E. Butler")] {
        expected[field] = json!(value);
    }
    expected["copies"] = json!(7);
    expected["updatedAt"] = changed.json()["updatedAt"].clone();
    expected.as_object_mut().map(|book| book.remove("pages"));
    assert_eq!(changed.json(), expected);
    assert_unchanged(&reader, &changed).await;
    assert_eq!(reader.get(&format!("/books?isbn={new}")).await.expect(200).each("title"), ["Dawn"]);
    assert_eq!(reader.get(&format!("/books?isbn={old}")).await.expect(200).each("title"), [""; 0]);
    assert_eq!(reader.get("/books?owner=me&title=dawn&author=o.%20e.%20butler").await.expect(200).each("isbn"), [new]);
}

#[tokio::test]
async fn one_of_twenty_parallel_books_with_the_same_isbn_is_added() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let [ten, thirteen] = unique_isbn();
    let isbns = [&ten, &thirteen].into_iter().cycle().take(20);
    let answers = send_all(isbns.map(|isbn| reader.post("/books", with_isbn(isbn)))).await;
    assert_eq!((count(&answers, 201), count(&answers, 409)), (1, 19));
    assert_eq!(reader.get("/books").await.expect(200).each("isbn"), [thirteen]);
}

#[tokio::test]
async fn one_of_ten_books_that_take_the_same_isbn_in_parallel_gets_it() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let [_, wanted] = unique_isbn();
    let mut books = Vec::new();
    for _ in 0..10 {
        let book = reader.post("/books", with_isbn(&unique_isbn()[0])).await.expect(201);
        books.push(format!("/books/{}", book.string("id")));
    }
    let answers = send_all(books.iter().map(|book| reader.patch(book, json!({"isbn": wanted})))).await;
    assert_eq!((count(&answers, 200), count(&answers, 409)), (1, 9));
    let isbns = reader.get("/books").await.expect(200).each("isbn");
    assert_eq!(isbns.iter().filter(|isbn| **isbn == wanted).count(), 1);
}

#[tokio::test]
async fn fl12_an_isbn_that_an_archived_book_has_is_refused_with_the_place_of_that_book() {
    let library = Library::start().await;
    let [owner, reader] = [library.reader().await, library.reader().await];
    let [ten, thirteen] = unique_isbn();
    let archived = owner.post("/books", with_isbn(&ten)).await.expect(201).string("id");
    owner.ask(Method::POST, &format!("/books/{archived}/archive")).await.expect(200);
    let refused = reader.post("/books", with_isbn(&thirteen)).await.refused(409, "isbn-archived");
    assert!(refused.string("detail").contains("/archive/books?isbn="), "{}", refused.text);
    assert_eq!(reader.get(&format!("/archive/books?isbn={ten}")).await.expect(200).each("id"), [archived.as_str()]);
    let other =
        format!("/books/{}", reader.post("/books", with_isbn(&unique_isbn()[0])).await.expect(201).string("id"));
    reader.patch(&other, json!({"isbn": ten})).await.refused(409, "isbn-archived");
    reader.put(&other, with_isbn(&thirteen)).await.refused(409, "isbn-archived");
    owner.ask(Method::POST, &format!("/archive/books/{archived}/restore")).await.expect(200);
    reader.patch(&other, json!({"isbn": ten})).await.refused(409, "isbn-taken");
}

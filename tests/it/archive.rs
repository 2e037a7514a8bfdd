//! The archive: books that were taken out of the catalogue, and can be restored.

use reqwest::Method;
use serde_json::json;
use tests::{Library, Person, unique};

fn archives(person: &Person, book: &str) -> tests::Request {
    person.ask(Method::POST, &format!("/books/{book}/archive"))
}

#[tokio::test]
async fn a_book_is_archived_and_restored() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let (title, author) = (unique("Kindred "), unique("Octavia "));
    let book = json!({"title": title, "author": author, "isbn": null, "pages": 264});
    let book = reader.post("/books", book).await.expect(201).string("id");
    let favorite = format!("/favorites/{book}");
    reader.post(&favorite, json!({})).await.expect(201);

    let moved = archives(&reader, &book).await.expect(200);
    assert_eq!((moved.json()["archived"].clone(), moved.header("etag")), (json!(true), "\"2\""));
    reader.get(&format!("/books/{book}")).await.problem(404, "not-found");
    reader.patch(&format!("/books/{book}"), json!({"pages": 1})).await.problem(404, "not-found");
    reader.delete(&format!("/books/{book}")).await.problem(404, "not-found");
    let old = reader.get(&format!("/archive/books/{book}")).await.expect(200);
    assert_eq!(old.json(), moved.json());
    reader.get(&format!("/archive/books/{book}")).header("if-none-match", "\"2\"").await.expect(304);

    // No list of the catalogue has the book, every list of the archive has it, and its favorite is marked as archived.
    for query in [
        format!("author={author}"),
        format!("title={title}"),
        "owner=me".to_owned(),
        "owner=me&sort=-createdAt".to_owned(),
    ] {
        assert_eq!(reader.get(&format!("/books?{query}")).await.expect(200).each("id"), [""; 0], "{query}");
        assert_eq!(
            reader.get(&format!("/archive/books?{query}")).await.expect(200).each("id"),
            [book.as_str()],
            "{query}"
        );
    }
    assert_eq!(reader.get("/favorites").await.expect(200).json()["items"][0]["archived"], true);
    reader.post(&favorite, json!({})).await.expect(200);

    let back = reader.ask(Method::POST, &format!("/archive/books/{book}/restore")).await.expect(200);
    assert!(back.json()["archived"].is_null());
    assert_eq!(reader.get(&format!("/books/{book}")).await.expect(200).json()["pages"], 264);
    reader.get(&format!("/archive/books/{book}")).await.problem(404, "not-found");
    assert!(reader.get("/favorites").await.expect(200).json()["items"][0]["archived"].is_null());
}

#[tokio::test]
async fn only_the_owner_and_librarians_archive_and_restore_a_book() {
    let library = Library::own().start().await;
    let [reader, other] = [library.reader().await, library.reader().await];
    let book = reader.adds("Kindred", "Octavia E. Butler").await;
    let restore = format!("/archive/books/{book}/restore");
    reader.ask(Method::POST, &restore).await.problem(404, "not-found");
    archives(&other, &book).await.problem(403, "forbidden");
    archives(&reader, &book).header("if-match", "\"7\"").await.problem(412, "stale");
    archives(&reader, &book).header("if-match", "\"1\"").await.expect(200);
    archives(&reader, &book).await.problem(404, "not-found");
    other.ask(Method::POST, &restore).await.problem(403, "forbidden");
    library.admin().await.ask(Method::POST, &restore).await.expect(200);
    archives(&reader, "0192f3a4-5b6c-7d8e-9f01-23456789abcd").await.problem(404, "not-found");
    archives(&reader, "kindred").await.invalid("{bookId}");
    archives(&library.stranger(), &book).await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn an_archived_book_keeps_its_isbn() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let book = json!({"title": "Kindred", "author": "Octavia E. Butler", "isbn": "9780807083697"});
    let id = reader.post("/books", book.clone()).await.expect(201).string("id");
    archives(&reader, &id).await.expect(200);
    reader.post("/books", book).await.refused(409, "isbn-archived");
    assert_eq!(reader.get("/books?isbn=9780807083697").await.expect(200).each("id"), [""; 0]);
    assert_eq!(reader.get("/archive/books?isbn=0807083690").await.expect(200).each("id"), [id]);
}

#[tokio::test]
async fn archived_books_are_listed_in_pages_and_their_cursors_are_invalid_in_the_catalogue() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    for number in 0..5 {
        let book = reader.adds(&format!("Volume {number}"), "A. N. Author").await;
        archives(&reader, &book).await.expect(200);
        reader.adds(&format!("Volume {number}"), "A. N. Author").await;
    }
    let first = reader.get("/archive/books?limit=3").await.expect(200);
    assert_eq!(first.each("title"), ["Volume 0", "Volume 1", "Volume 2"]);
    let cursor = first.string("nextCursor");
    assert_eq!(first.header("link"), format!("</v1/archive/books?limit=3&cursor={cursor}>; rel=\"next\""));
    let rest = reader.get(&format!("/archive/books?limit=3&cursor={cursor}")).await.expect(200);
    assert_eq!(rest.each("title"), ["Volume 3", "Volume 4"]);
    reader.get(&format!("/books?limit=3&cursor={cursor}")).await.invalid("?cursor");
}

#[tokio::test]
async fn one_of_twenty_parallel_requests_archives_a_book() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let book = reader.adds("Kindred", "Octavia E. Butler").await;
    let moves = (0..20).map(|_| async { archives(&reader, &book).await.status });
    let answers = futures_util::future::join_all(moves).await;
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|status| [200, 404].contains(status)), "{answers:?}");
    assert_eq!(reader.get(&format!("/archive/books/{book}")).await.expect(200).header("etag"), "\"2\"");
}

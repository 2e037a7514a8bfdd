//! Shelf marks, and the barcodes of copies.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Library, Person};

use crate::books::{count, send_all};

/// Returns the barcodes of a book.
async fn barcodes(person: &Person, book: &str) -> Vec<String> {
    person.get(&format!("/books/{book}/barcodes")).await.expect(200).each("barcode")
}

fn named(book: &str, barcode: &str) -> String {
    format!("/books/{book}/barcodes/{barcode}")
}

/// Returns the ids of the books with that barcode.
async fn found(person: &Person, barcode: &str) -> Vec<String> {
    person.get(&format!("/books?barcode={barcode}")).await.expect(200).each("id")
}

/// Makes a number a reader's card.
async fn make_a_card(library: &Library, number: &str) {
    let text = |text: &str| json!({"S": text});
    let card =
        json!({"pk": text(&format!("code#{number}")), "sk": text("code"), "card": text(&library.reader().await.id)});
    library.dynamodb().call("PutItem", &json!({"TableName": "carrel-library", "Item": card})).await;
}

#[tokio::test]
async fn a_book_has_a_shelf_mark_of_at_most_twenty_characters() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let book = json!({"title": "Kindred", "author": "Octavia E. Butler", "shelfMark": " SF BUT "});
    let added = reader.post("/books", book).await.expect(201);
    let path = format!("/books/{}", added.string("id"));
    assert_eq!(added.string("shelfMark"), "SF BUT");
    assert_eq!(library.stranger().get(&path).await.expect(200).string("shelfMark"), "SF BUT");
    reader.patch(&path, json!({"shelfMark": "x".repeat(21)})).await.invalid("/shelfMark");
    reader.patch(&path, json!({"shelf": "SF"})).await.invalid("/shelf");
    assert_eq!(reader.patch(&path, json!({"shelfMark": "BUT"})).await.expect(200).string("shelfMark"), "BUT");
    assert_eq!(reader.patch(&path, json!({"shelfMark": null})).await.expect(200).json().get("shelfMark"), None);
    assert_eq!(reader.get("/books?owner=me").await.expect(200).each("title"), ["Kindred"]);
}

#[tokio::test]
async fn a_barcode_finds_its_book() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let (kindred, dawn) =
        (reader.adds("Kindred", "Octavia E. Butler").await, reader.adds("Dawn", "Octavia E. Butler").await);
    for barcode in ["B%201234", "b-1235", "00041"] {
        reader.ask(Method::PUT, &named(&kindred, barcode)).await.expect(204);
    }
    assert_eq!(barcodes(&reader, &kindred).await, ["00041", "B1234", "B1235"]);
    assert_eq!(barcodes(&reader, &dawn).await, [""; 0]);
    for spelling in ["B1234", "b1234", "*B1234*", "%5DC1B1234", "B-1234"] {
        assert_eq!(found(&reader, spelling).await, [kindred.as_str()], "{spelling}");
    }
    assert_eq!(found(&reader, "0041").await, [""; 0], "leading zeros count");
    let of_dawn = reader.get("/books?barcode=B1234&title=Dawn").await.expect(200);
    assert_eq!((of_dawn.each("id").len(), found(&reader, "C1234").await.len()), (0, 0));
    for barcode in ["9780306406157", "123", "a%2Fbc%25", &"1".repeat(33)] {
        reader.ask(Method::PUT, &named(&kindred, barcode)).await.invalid("{barcode}");
    }
    reader.get("/books?barcode=9780306406157").await.invalid("?barcode");

    reader.delete(&named(&kindred, "b1234")).await.expect(204);
    reader.delete(&named(&kindred, "b1234")).await.refused(404, "no-such-barcode");
    reader.delete(&named(&dawn, "B1235")).await.refused(404, "no-such-barcode");
    assert_eq!((barcodes(&reader, &kindred).await.len(), found(&reader, "B1234").await.len()), (2, 0));
}

#[tokio::test]
async fn barcodes_are_of_the_books_that_one_may_change() {
    let library = Library::start().await;
    let [owner, other, admin] = [library.reader().await, library.reader().await, library.admin().await];
    let book = owner.adds("Kindred", "Octavia E. Butler").await;
    other.ask(Method::PUT, &named(&book, "C0001")).await.refused(403, "not-your-book");
    other.get(&format!("/books/{book}/barcodes")).await.refused(403, "not-your-book");
    other.ask(Method::POST, &format!("/books/{book}/barcodes")).await.refused(403, "not-your-book");
    let label = admin.ask(Method::POST, &format!("/books/{book}/barcodes")).await.expect(201);
    assert_eq!(barcodes(&owner, &book).await, [label.string("barcode")]);
    let unknown = "0192f3a4-5b6c-7d8e-9f01-23456789abcd";
    admin.ask(Method::POST, &format!("/books/{unknown}/barcodes")).await.refused(404, "no-such-book");
    admin.ask(Method::PUT, &named(unknown, "C0001")).await.refused(404, "no-such-book");
}

#[tokio::test]
async fn dk23_a_number_is_on_one_book_or_on_one_card() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let (kindred, dawn) =
        (reader.adds("Kindred", "Octavia E. Butler").await, reader.adds("Dawn", "Octavia E. Butler").await);
    make_a_card(&library, "123456").await;
    reader.ask(Method::PUT, &named(&kindred, "12-3456")).await.refused(409, "card-taken");
    assert_eq!(found(&reader, "123456").await, [""; 0]);
    reader.ask(Method::PUT, &named(&kindred, "123457")).await.expect(204);
    reader.ask(Method::PUT, &named(&kindred, "123457")).await.expect(204);
    reader.ask(Method::PUT, &named(&dawn, "123457")).await.refused(409, "barcode-taken");
    // Also at once: twenty of each book.
    let at_once =
        [&kindred, &dawn].into_iter().cycle().take(20).map(|book| reader.ask(Method::PUT, &named(book, "9999")));
    let answers = send_all(at_once).await;
    assert_eq!((count(&answers, 204), count(&answers, 409)), (10, 10), "{answers:?}");
    assert_eq!(found(&reader, "9999").await.len(), 1);
}

#[tokio::test]
async fn the_librarys_own_barcodes_are_counted_even_at_once() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let book = reader.adds("Kindred", "Octavia E. Butler").await;
    let path = format!("/books/{book}/barcodes");
    let first = reader.ask(Method::POST, &path).await.expect(201);
    assert_eq!(first.string("barcode"), "2900000000018");
    assert!(first.header("location").ends_with(&named(&book, "2900000000018")));
    // A number that is on a copy already is left out.
    reader.ask(Method::PUT, &named(&book, "2900000000025")).await.expect(204);
    assert_eq!(reader.ask(Method::POST, &path).await.expect(201).string("barcode"), "2900000000032");
    let answers = send_all((0..20).map(|_| reader.ask(Method::POST, &path))).await;
    assert_eq!(count(&answers, 201), 20, "{answers:?}");
    let all = barcodes(&reader, &book).await;
    assert_eq!(all.len(), 23, "{all:?}");

    let again = || reader.ask(Method::POST, &path).header("idempotency-key", "a label");
    let label = again().await.expect(201).string("barcode");
    assert_eq!(again().await.expect(201).string("barcode"), label);
    let other = reader.adds("Dawn", "Octavia E. Butler").await;
    let other = reader.ask(Method::POST, &format!("/books/{other}/barcodes")).header("idempotency-key", "a label");
    other.await.problem(422, "key-reused");
    assert_eq!(barcodes(&reader, &book).await.len(), 24);
}

#[tokio::test]
async fn a_book_has_at_most_a_hundred_barcodes() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let book = reader.adds("Kindred", "Octavia E. Butler").await;
    for number in 0..100 {
        reader.ask(Method::PUT, &named(&book, &format!("COPY{number}"))).await.expect(204);
    }
    reader.ask(Method::PUT, &named(&book, "COPY100")).await.refused(409, "too-many-barcodes");
    reader.ask(Method::POST, &format!("/books/{book}/barcodes")).await.refused(409, "too-many-barcodes");
    reader.ask(Method::PUT, &named(&book, "COPY99")).await.expect(204);
    reader.delete(&named(&book, "COPY0")).await.expect(204);
    reader.ask(Method::PUT, &named(&book, "COPY100")).await.expect(204);
    assert_eq!(barcodes(&reader, &book).await.len(), 100);
    // All of them are free again after the book is deleted.
    reader.delete(&format!("/books/{book}")).await.expect(204);
    library.local().drained().await;
    let query = json!({"TableName": "carrel-library"});
    let items = library.dynamodb().call("Scan", &query).await;
    let left = items["Items"].as_array().into_iter().flatten().filter(|item| is_about_barcodes(item)).count();
    assert_eq!(left, 0, "items of a deleted book are left");
}

fn is_about_barcodes(item: &Value) -> bool {
    item["pk"]["S"].as_str().is_some_and(|pk| pk.starts_with("code#")) || item["sk"]["S"] == "barcodes"
}

#[tokio::test]
async fn an_archived_book_keeps_its_barcodes() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let book = reader.adds("Kindred", "Octavia E. Butler").await;
    let label = reader.ask(Method::POST, &format!("/books/{book}/barcodes")).await.expect(201).string("barcode");
    reader.ask(Method::POST, &format!("/books/{book}/archive")).await.expect(200);
    assert_eq!(found(&reader, &label).await, [""; 0]);
    let archived = reader.get(&format!("/archive/books?barcode={label}")).await.expect(200);
    assert_eq!(archived.each("id"), [book.as_str()]);
    reader.ask(Method::PUT, &named(&book, "D0001")).await.refused(404, "no-such-book");
    reader.ask(Method::POST, &format!("/archive/books/{book}/restore")).await.expect(200);
    assert_eq!(barcodes(&reader, &book).await, [label]);
}

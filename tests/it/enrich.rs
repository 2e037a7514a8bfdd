//! Rows without a title or an author, which get them from other catalogues by their ISBN.

use serde_json::{Value, json};
use tests::{Catalogue, Library, Person};

use crate::imports::{begin, file, send, titles, totals, whole, word, words};

const KINDRED: &str = "9780807083697";
const OTHER: &str = "9780141439518";
const WRONG: &str = "9780140434798";

/// Starts a catalogue that has these books, and a library that asks it.
async fn asking(books: &[(&str, Value)]) -> (Catalogue, Library) {
    let answer = |(isbn, book): &(&str, Value)| {
        let mut book = book.clone();
        book["identifiers"] = json!({"isbn_13": [isbn]});
        (format!("/{isbn}"), json!({format!("ISBN:{isbn}"): book}).to_string())
    };
    let books: Vec<(String, String)> = books.iter().map(answer).collect();
    let catalogue = Catalogue::start(move |path| {
        books.iter().find(|(known, _)| known == path).map_or("{}".to_owned(), |(_, book)| book.clone())
    })
    .await;
    let sources = vec![catalogue.setting("openlibrary")];
    let library =
        Library::own().settings(|settings| settings.metadata_sources = sources).standing_clock().start().await;
    (catalogue, library)
}

fn kindred() -> Value {
    json!({"title": "Kindred", "authors": [{"name": "Octavia E. Butler"}], "publish_date": "2004", "number_of_pages": 287,
        "subjects": [{"name": "Time travel"}]})
}

/// Looks up what a part needs. Returns the ISBNs.
async fn look_up(person: &Person, needed: &Value) -> Vec<String> {
    let isbns: Vec<String> = serde_json::from_value(needed["lookUp"].clone()).expect("ISBNs");
    for isbn in &isbns {
        person.get(&format!("/metadata/{isbn}")).await;
    }
    isbns
}

#[tokio::test]
async fn im24_the_isbns_of_a_list_are_looked_up_before_their_rows_are_taken() {
    let (catalogue, library) = asking(&[("9780000010445", kindred())]).await;
    let reader = library.reader().await;
    let import = begin(&reader, json!({"enrich": true})).await;
    let needed = send(&reader, &import, 1, file("isbn-list.txt"), "?last=true").await.expect(202).json();
    let now = reader.get(&import).await.expect(200).json();
    assert_eq!((&now["nextPart"], &now["rows"], &now["enrich"]), (&json!(1), &json!(0), &json!(true)), "{now}");
    let isbns = look_up(&reader, &needed).await;
    assert_eq!(isbns, ["9780000010445", "9780000010452", "9780000010469"]);
    let answer = send(&reader, &import, 1, file("isbn-list.txt"), "?last=true").await.expect(200).json();
    assert_eq!(totals(&answer), [4, 1, 0, 3], "{answer}");
    assert_eq!(words(&answer)[0], word(1, "added", &["looked-up"]), "{answer}");
    assert_eq!(words(&answer)[3], word(4, "failed", &["isbn-bad"]), "{answer}");
    let why = &answer["problems"][1]["problems"][0];
    assert_eq!(why["code"], "title-missing");
    assert_eq!(why["detail"], "no catalogue has this ISBN");
    let book = reader.get("/books?isbn=9780000010445").await.expect(200).json()["items"][0].clone();
    for (field, value) in [
        ("title", json!("Kindred")),
        ("author", json!("Octavia E. Butler")),
        ("pages", json!(287)),
        ("subjects", json!(["Time travel"])),
        ("copies", json!(1)),
    ] {
        assert_eq!(book[field], value, "{book}");
    }
    // The answer is the same again, and no catalogue was asked for that.
    assert_eq!(send(&reader, &import, 1, file("isbn-list.txt"), "?last=true").await.expect(200).json(), answer);
    assert_eq!(catalogue.asked().len(), 3);
}

#[tokio::test]
async fn what_a_row_says_itself_stays_and_its_copies_come_along() {
    let (_, library) = asking(&[(KINDRED, kindred()), (OTHER, kindred()), (WRONG, kindred())]).await;
    let librarian = library.admin().await;
    let table = format!(
        "title,author,isbn,pages,shelf mark,copies,barcodes\n,,{KINDRED},99,BUT,2,X0001;X0002\nKINDRED: A Novel,,{OTHER},,,,\n\
         Whole,Ann Ott,9780306406157,,,,\nNeither,,,,,,\nAnother Book,,{WRONG},,,,\n"
    );
    let import = begin(&librarian, json!({"enrich": true})).await;
    let needed = send(&librarian, &import, 1, table.clone(), "?last=true").await.expect(202).json();
    assert_eq!(look_up(&librarian, &needed).await, [KINDRED, OTHER, WRONG]);
    let answer = send(&librarian, &import, 1, table, "?last=true&lookedUp=true").await.expect(200).json();
    assert_eq!(totals(&answer), [5, 5, 0, 0], "{answer}");
    assert_eq!(
        words(&answer),
        [
            word(1, "added", &["looked-up"]),
            word(2, "added", &["looked-up"]),
            word(4, "added", &["author-unknown"]),
            // Its ISBN is another book's.
            word(5, "added", &["author-unknown"])
        ]
    );
    let book = |isbn| format!("/books?isbn={isbn}");
    let kindred = librarian.get(&book(KINDRED)).await.expect(200).json()["items"][0].clone();
    assert_eq!(
        (&kindred["title"], &kindred["pages"], &kindred["shelfMark"], &kindred["copies"]),
        (&json!("Kindred"), &json!(99), &json!("BUT"), &json!(2)),
        "{kindred}"
    );
    let id = kindred["id"].as_str().expect("an id");
    let barcodes = librarian.get(&format!("/books/{id}/barcodes")).await.expect(200).json();
    assert!(barcodes.to_string().contains("X0002"), "{barcodes}");
    let abbey = librarian.get(&book(OTHER)).await.expect(200).json()["items"][0].clone();
    assert_eq!(
        (&abbey["title"], &abbey["author"]),
        (&json!("KINDRED: A Novel"), &json!("Octavia E. Butler")),
        "{abbey}"
    );
}

#[tokio::test]
async fn a_row_whose_isbn_no_catalogue_answered_for_fails_and_the_others_are_taken() {
    let (_, library) = asking(&[(KINDRED, kindred())]).await;
    let reader = library.reader().await;
    let import = begin(&reader, json!({"enrich": true, "dryRun": true})).await;
    let list = format!("isbn\n{KINDRED}\n{OTHER}\n");
    reader.get(&format!("/metadata/{KINDRED}")).await.expect(200);
    let needed = send(&reader, &import, 1, list.clone(), "?last=true").await.expect(202).json();
    assert_eq!(needed, json!({"lookUp": [OTHER]}));
    let answer = send(&reader, &import, 1, list.clone(), "?last=true&lookedUp=true").await.expect(200).json();
    assert_eq!(totals(&answer), [2, 1, 0, 1], "{answer}");
    assert_eq!(answer["problems"][1]["problems"][0]["detail"], "no catalogue has answered with this ISBN");
    assert!(titles(&reader).await.is_empty(), "a dry run adds nothing");
    // What was heard is good for thirty days.
    library.wait(31 * 24 * 60 * 60);
    let later = library.reader().await;
    let import = begin(&later, json!({"enrich": true})).await;
    let needed = send(&later, &import, 1, list, "?last=true").await.expect(202).json();
    assert_eq!(needed, json!({"lookUp": [KINDRED, OTHER]}));
}

#[tokio::test]
async fn im24_without_it_a_list_of_isbns_is_no_list_of_books_but_may_be_one_of_favorites() {
    let (catalogue, library) = asking(&[(KINDRED, kindred())]).await;
    let reader = library.reader().await;
    let answer = whole(&reader, file("isbn-list.txt")).await.json();
    assert_eq!(totals(&answer), [4, 0, 0, 4], "{answer}");
    assert_eq!(words(&answer)[0], word(1, "failed", &["title-missing"]), "{answer}");
    assert!(catalogue.asked().is_empty());
    reader
        .post("/books", json!({"title": "Kindred", "author": "Octavia E. Butler", "isbn": KINDRED}))
        .await
        .expect(201);
    let import = begin(&reader, json!({"shelf": "favorites"})).await;
    let list = format!("isbn\n{KINDRED}\n{OTHER}\n");
    let answer = send(&reader, &import, 1, list, "?last=true").await.expect(200).json();
    assert_eq!(totals(&answer), [2, 1, 1, 0], "{answer}");
    assert_eq!(words(&answer), [word(2, "skipped", &["not-in-library"])]);
}

#[tokio::test]
async fn favorites_and_members_are_not_looked_up() {
    let library = Library::own().start().await;
    let librarian = library.admin().await;
    librarian.post("/imports", json!({"enrich": true, "shelf": "favorites"})).await.invalid("/enrich");
    for new in [json!({"enrich": true}), json!({"onDuplicate": "fill"})] {
        let import = begin(&librarian, new).await;
        let answer = send(&librarian, &import, 1, file("members.csv"), "?last=true").await.expect(400).json();
        assert!(answer.to_string().contains("wrong-format: "), "{answer}");
    }
}

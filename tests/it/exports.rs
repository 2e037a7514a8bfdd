//! Books as files: `GET /exports/books`.

use reqwest::Method;
use serde_json::json;
use tests::{Answer, Library, Person};

const FORMATS: [(&str, &str); 4] = [
    ("csv", "text/csv; charset=utf-8"),
    ("jsonl", "application/jsonl"),
    ("marc", "application/marc"),
    ("marcxml", "application/marcxml+xml"),
];

/// Returns the path that the `Link` of an answer names.
fn next(page: &Answer) -> Option<String> {
    let link = page.header("link");
    let path = link.strip_prefix("</v1").and_then(|link| link.strip_suffix(">; rel=\"next\""));
    assert_eq!(path.is_none(), link.is_empty(), "{link}");
    path.map(ToOwned::to_owned)
}

/// Returns the pages of an export.
async fn pages(person: &Person, path: &str) -> Vec<Answer> {
    let mut pages = vec![person.get(path).await.expect(200)];
    while let Some(path) = pages.last().and_then(next) {
        pages.push(person.get(&path).await.expect(200));
    }
    pages
}

/// Returns the pages after one another.
fn file(pages: &[Answer]) -> Vec<u8> {
    pages.iter().flat_map(|page| page.bytes.to_vec()).collect()
}

/// Reads the titles of a file.
fn titles(bytes: &[u8]) -> Vec<String> {
    let plan = formats::Plan::guess(bytes, true, &formats::Wishes::default()).expect("a file of books");
    let rows: Vec<_> = formats::rows(plan, bytes).map(|row| row.read.expect("a book")).collect();
    rows.iter().map(|row| row.book().expect("a book").title.clone()).collect()
}

const TITLES: [&str; 7] =
    ["=1+1", "-30-: The End", "A \"quoted\"; title, with commas", "源氏物語", "'Tis", "Été", "<b>&amp;</b>"];

#[tokio::test]
async fn im79_the_pages_after_one_another_are_the_file_in_every_format() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    for title in TITLES {
        let book = json!({"title": title, "author": "A. N. Author; Second, Jr.", "publicationYear": -380, "pages": 7,
            "country": "France", "language": "French", "releaseDate": "2001-02-03", "shelfMark": "=A1", "copies": 2,
            "subjects": ["One; two", "Three"]});
        reader.post("/books", book).await.expect(201);
    }
    let stranger = library.stranger();
    for (format, media_type) in FORMATS {
        let path = format!("/exports/books?format={format}");
        let whole = stranger.get(&path).await.expect(200);
        assert_eq!((whole.header("content-type"), next(&whole)), (media_type, None));
        assert!(whole.header("content-disposition").starts_with("attachment; filename=\"books."));
        let three = pages(&stranger, &format!("{path}&limit=3")).await;
        assert_eq!(three.len(), 3, "{format}");
        assert_eq!(file(&three), whole.bytes, "{format}");
        assert_eq!(titles(&whole.bytes), TITLES, "{format}");
        // A page that is exactly full is the last one.
        assert_eq!(pages(&stranger, &format!("{path}&limit=7")).await.len(), 1);
    }
    let csv = stranger.get("/exports/books").await.expect(200).text;
    let lines: Vec<&str> = csv.split("\r\n").collect();
    assert_eq!((lines.len(), lines[0].starts_with("\u{feff}id,title,author,isbn,")), (9, true), "{csv}");
    assert!(lines[1].contains(",'=1+1,") && lines[1].contains(",-380,"), "{csv}");
    let mut jsonl = stranger.get("/exports/books?format=jsonl").await.expect(200).text;
    jsonl.truncate(jsonl.find('\n').expect("a line"));
    let book: serde_json::Value = serde_json::from_str(&jsonl).expect("JSON");
    assert_eq!((&book["title"], &book["publicationYear"], &book["copies"]), (&json!("=1+1"), &json!(-380), &json!(2)));
    assert!(book["id"].is_string() && book["source"].is_null(), "{book}");
}

#[tokio::test]
async fn an_empty_library_is_an_empty_file() {
    let library = Library::own().start().await;
    let stranger = library.stranger();
    for (format, bytes) in [("csv", 1), ("jsonl", 0), ("marc", 0), ("marcxml", 2)] {
        let page = stranger.get(&format!("/exports/books?format={format}")).await.expect(200);
        assert_eq!(
            (page.text.lines().count().min(3), next(&page)),
            (if format == "marcxml" { 3 } else { bytes }, None)
        );
    }
}

#[tokio::test]
async fn im80_no_book_is_twice_or_left_out_while_others_come_and_go() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let mut books = Vec::new();
    for number in 0..6 {
        books.push(reader.adds(&format!("Book {number}"), "A").await);
        library.wait(1);
    }
    let first = reader.get("/exports/books?format=jsonl&limit=3").await.expect(200);
    // One of the first page goes, one of the second is renamed to what a list by title would have before, one comes.
    reader.delete(&format!("/books/{}", books[2])).await.expect(204);
    reader.patch(&format!("/books/{}", books[4]), json!({"title": "A first one"})).await.expect(200);
    reader.adds("A newcomer", "A").await;
    let second = reader.get(&next(&first).expect("more")).await.expect(200);
    assert_eq!(titles(&first.bytes), ["Book 0", "Book 1", "Book 2"]);
    assert_eq!(titles(&second.bytes), ["Book 3", "A first one", "Book 5"]);
    let last = reader.get(&next(&second).expect("more")).await.expect(200);
    assert_eq!((titles(&last.bytes), next(&last)), (vec!["A newcomer".to_owned()], None));
}

#[tokio::test]
async fn own_books_and_the_archive_are_files_of_their_own() {
    let library = Library::own().start().await;
    let [one, other] = [library.reader().await, library.reader().await];
    one.adds("Mine", "A").await;
    other.adds("Another's", "A").await;
    let old = one.adds("Mine, and old", "A").await;
    one.ask(Method::POST, &format!("/books/{old}/archive")).await.expect(200);
    for (path, expected) in [
        ("/exports/books?format=jsonl&owner=me", &["Mine"][..]),
        ("/exports/books?format=jsonl&owner=me&archived=true", &["Mine, and old"]),
        ("/exports/books?format=jsonl&archived=true", &["Mine, and old"]),
        ("/exports/books?format=jsonl&archived=false", &["Mine", "Another's"]),
    ] {
        let pages = pages(&one, &format!("{path}&limit=1")).await;
        assert_eq!(titles(&file(&pages)), expected, "{path}");
    }
    library.stranger().get("/exports/books?owner=me").await.problem(401, "unauthenticated");
    // Another's cursor, or one of another file, is no position in this one.
    one.adds("Mine, too", "A").await;
    let link = next(&one.get("/exports/books?owner=me&limit=1").await.expect(200)).expect("more");
    other.get(&link).await.invalid("?cursor");
    one.get(&link.replace("&owner=me", "")).await.invalid("?cursor");
    one.get(&link.replace("csv", "jsonl")).await.invalid("?cursor");
}

#[tokio::test]
async fn what_an_export_cannot_be_is_named() {
    let library = Library::own().start().await;
    let stranger = library.stranger();
    for (query, pointer) in [
        ("format=xlsx", "?format"),
        ("format=CSV", "?format"),
        ("owner=you", "?owner"),
        ("archived=maybe", "?archived"),
        ("limit=0", "?limit"),
        ("limit=1001", "?limit"),
        ("cursor=none", "?cursor"),
        ("title=Kindred", "?title"),
        ("format=csv&format=csv", "?format"),
    ] {
        stranger.get(&format!("/exports/books?{query}")).await.invalid(pointer);
    }
    let members = Library::own().settings(|settings| settings.members_only_reads = true).start().await;
    members.stranger().get("/exports/books").await.problem(401, "unauthenticated");
    members.reader().await.get("/exports/books").await.expect(200);
}

#[tokio::test]
async fn an_address_gets_so_many_pages_a_minute() {
    let library = Library::own().standing_clock().start().await;
    let stranger = library.stranger();
    for _ in 0..120 {
        stranger.get("/exports/books").await.expect(200);
    }
    let refused = stranger.get("/exports/books").await.refused(429, "too-many-requests");
    let seconds: i64 = refused.header("retry-after").parse().expect("seconds");
    assert!((1..=60).contains(&seconds), "{seconds}");
    // Others are not concerned: another address, and a user.
    stranger.at("127.0.0.2").get("/exports/books").await.expect(200);
    library.reader().await.get("/exports/books?owner=me").await.expect(200);
    library.wait(seconds);
    stranger.get("/exports/books").await.expect(200);
}

#[tokio::test]
async fn a_page_ends_before_it_is_too_large_for_an_answer() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    // As MARC 21 has a field for each copy, a book is much larger in a file than it is stored.
    for number in 0..200 {
        let book = json!({"title": format!("Book {number}"), "author": "A", "copies": 100, "shelfMark": "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\""});
        reader.post("/books", book).await.expect(201);
    }
    let pages = pages(&reader, "/exports/books?format=marcxml").await;
    assert!(pages.len() > 1 && pages.iter().all(|page| page.bytes.len() <= 2 << 20), "{}", pages.len());
    assert_eq!(titles(&file(&pages)), (0..200).map(|number| format!("Book {number}")).collect::<Vec<_>>());
}

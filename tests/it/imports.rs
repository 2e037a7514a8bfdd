//! Books that come in from files.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, Library, Person};

use crate::books::unique_isbn;

/// Begins an import. Returns its path.
pub(crate) async fn begin(person: &Person, new: Value) -> String {
    format!("/imports/{}", person.post("/imports", new).await.expect(201).string("id"))
}

/// Sends a part, as it is.
pub(crate) fn send(person: &Person, import: &str, part: u32, bytes: impl Into<Vec<u8>>, query: &str) -> tests::Request {
    let path = format!("{import}/parts/{part}{query}");
    person.ask(Method::PUT, &path).body("application/octet-stream", bytes.into())
}

/// Sends a whole file as one part of an import of its own. Returns its answer.
pub(crate) async fn whole(person: &Person, file: impl Into<Vec<u8>>) -> Answer {
    let import = begin(person, json!({})).await;
    send(person, &import, 1, file, "?last=true").await.expect(200)
}

pub(crate) fn file(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../formats/tests/files").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns rows, added, skipped and failed.
pub(crate) fn totals(answer: &Value) -> [u64; 4] {
    ["rows", "added", "skipped", "failed"].map(|name| answer[name].as_u64().expect("a number"))
}

/// Returns the rows that an answer has words about: number, outcome, codes.
pub(crate) fn words(answer: &Value) -> Vec<(u64, String, Vec<String>)> {
    let rows = answer["problems"].as_array().or(answer["items"].as_array()).expect("rows");
    let code = |problem: &Value| problem["code"].as_str().expect("a code").to_owned();
    let codes = |row: &Value| row["problems"].as_array().expect("problems").iter().map(code).collect();
    let outcome = |row: &Value| row["outcome"].as_str().expect("an outcome").to_owned();
    rows.iter().map(|row| (row["row"].as_u64().expect("a number"), outcome(row), codes(row))).collect()
}

pub(crate) fn word(row: u64, outcome: &str, codes: &[&str]) -> (u64, String, Vec<String>) {
    (row, outcome.to_owned(), codes.iter().map(|code| (*code).to_owned()).collect())
}

/// Returns the titles of all books.
pub(crate) async fn titles(person: &Person) -> Vec<String> {
    person.get("/books?limit=100").await.expect(200).each("title")
}

/// For the test of the policies: every call that an import makes.
pub(crate) async fn import_and_read_an_import(person: &Person) {
    let import = begin(person, json!({})).await;
    let one = format!("title,author,isbn,barcodes\nImported,A,{},X0001\n,A,,\n", unique_isbn()[1]);
    send(person, &import, 1, one.clone(), "").await.expect(200);
    send(person, &import, 1, one, "").await.expect(200);
    send(person, &import, 2, "Imported too,A,,\n", "").await.expect(200);
    for path in [import.clone(), format!("{import}/problems"), "/imports".to_owned()] {
        person.get(&path).await.expect(200);
    }
    person.ask(Method::POST, &format!("{import}/finish")).await.expect(200);
    person.delete(&import).await.expect(200);
}

#[tokio::test]
async fn im5_each_edition_is_added_once_and_the_same_file_again_adds_nothing() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let first = whole(&reader, file("goodreads-editions.csv")).await.json();
    assert_eq!(totals(&first), [5, 3, 2, 0], "{first}");
    assert_eq!(words(&first), [word(3, "skipped", &["duplicate-in-file"]), word(5, "skipped", &["duplicate-in-file"])]);
    assert!(first["problems"][0]["problems"][0]["detail"].as_str().expect("words").contains("row 1"), "{first}");
    let again = whole(&library.reader().await, file("goodreads-editions.csv")).await.json();
    assert_eq!(totals(&again), [5, 0, 5, 0], "{again}");
    assert!(words(&again).iter().all(|(_, outcome, codes)| outcome == "skipped" && codes == &["duplicate"]), "{again}");
    assert_eq!(titles(&reader).await.len(), 3);
}

#[tokio::test]
async fn an_import_adds_three_hundred_books_a_second_at_most() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let rows: String = (0..90).map(|number| format!("Book {number},Author\n")).collect();
    let (file, begun) = (format!("title,author\n{rows}"), Instant::now());
    assert_eq!(totals(&whole(&reader, file).await.json()), [90, 90, 0, 0]);
    assert!(begun.elapsed() >= Duration::from_millis(300), "it took {:?}", begun.elapsed());
}

#[tokio::test]
async fn im25_an_isbn_on_several_titles_stays_with_the_first() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let answer = whole(&reader, file("one-isbn-six-titles.csv")).await.json();
    assert_eq!(totals(&answer), [5, 3, 2, 0], "{answer}");
    let words = words(&answer);
    assert_eq!(words[0], word(2, "added", &["isbn-shared"]));
    assert_eq!(words[1], word(3, "added", &["isbn-shared"]));
    // The same file again finds the two by title and author.
    let again = whole(&reader, file("one-isbn-six-titles.csv")).await.json();
    assert_eq!(totals(&again), [5, 0, 5, 0], "{again}");
}

#[tokio::test]
async fn im15_im32_a_row_is_known_by_what_names_it_there_before_its_title() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    assert_eq!(totals(&whole(&reader, file("bookwyrm.csv")).await.json()), [3, 3, 0, 0]);
    assert_eq!(totals(&whole(&reader, file("same-file-two-spellings.csv")).await.json()), [3, 1, 2, 0]);
}

#[tokio::test]
async fn im75_a_part_that_ends_within_a_record_writes_nothing() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let import = begin(&reader, json!({})).await;
    for (bytes, code) in [
        (&b"title,author\nOne,A\nTwo,\"B"[..], "part-cuts-record"),
        (b"title,author\nOne,A\nTw", "part-cuts-record"),
        ("title,author\nOne,A\nÉ".as_bytes().split_last().expect("bytes").1, "part-cuts-record"),
        (b"title,author\r\nOne,A\r", "part-cuts-record"),
        (b"Kniha,Spisovatel\nOne,A\n", "columns-unknown"),
        (b"\x1f\x8b\x08", "wrong-format"),
        (b"   ", "no-records"),
    ] {
        let refused = send(&reader, &import, 1, bytes, "").await.problem(400, "invalid-input").json();
        let detail = refused["errors"][0]["detail"].as_str().unwrap_or_default().to_owned();
        assert!(detail.starts_with(&format!("{code}: ")), "{detail}");
    }
    let many: String =
        std::iter::once("title,author\n".to_owned()).chain((0..501).map(|n| format!("B{n},A\n"))).collect();
    let refused = send(&reader, &import, 1, many, "").await.problem(400, "invalid-input");
    assert!(refused.text.contains("too-many-rows: "), "{}", refused.text);
    let state = reader.get(&import).await.expect(200).json();
    assert_eq!((&state["nextPart"], &state["bytes"], &state["rows"]), (&json!(1), &json!(0), &json!(0)));
    assert!(titles(&reader).await.is_empty());
    // The import is still open, and the right part goes.
    let done = send(&reader, &import, 1, "title,author\nOne,A\nTwo,B", "?last=true").await.expect(200).json();
    assert_eq!(totals(&done), [2, 2, 0, 0]);
}

#[tokio::test]
async fn im76_a_part_that_is_sent_again_gets_the_same_answer_and_changes_nothing() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let import = begin(&reader, json!({"name": "books.csv"})).await;
    let rows = |from: u32| (from..from + 60).map(|number| format!("Book {number:03},A\n")).collect::<String>();
    let first = format!("title,author\n{}", rows(0));
    let answer = send(&reader, &import, 1, first.clone(), "").await.expect(200);
    let gone = reader.get("/books?title=Book%20007").await.expect(200).each("id").remove(0);
    reader.delete(&format!("/books/{gone}")).await.expect(204);
    assert_eq!(send(&reader, &import, 1, first.clone(), "").await.expect(200).text, answer.text);
    assert!(reader.get("/books?title=Book%20007").await.expect(200).each("id").is_empty());
    // Other bytes, a part too far, another's import.
    send(&reader, &import, 1, first.replace("Book 000", "Book X"), "").await.refused(409, "part-differs");
    send(&reader, &import, 3, rows(200), "").await.refused(409, "part-ahead");
    let other = library.reader().await;
    send(&other, &import, 2, rows(60), "").await.refused(404, "no-such-import");
    other.get(&import).await.refused(404, "no-such-import");
    other.get(&format!("{import}/problems")).await.refused(404, "no-such-import");
    other.ask(Method::POST, &format!("{import}/finish")).await.refused(404, "no-such-import");
    let second = send(&reader, &import, 2, rows(60), "").await.expect(200).json();
    assert_eq!(totals(&second), [60, 60, 0, 0]);
    let state = reader.get(&import).await.expect(200).json();
    assert_eq!((totals(&state), &state["nextPart"]), ([120, 120, 0, 0], &json!(3)));
    assert_eq!(state["bytes"].as_u64(), Some((first.len() + rows(60).len()) as u64));
    let finished = reader.ask(Method::POST, &format!("{import}/finish")).await.expect(200).json();
    assert_eq!(finished["state"], "finished");
    send(&reader, &import, 3, rows(200), "").await.refused(409, "import-finished");
    assert_eq!(send(&reader, &import, 1, first, "").await.expect(200).text, answer.text);
    assert_eq!(reader.get("/imports").await.expect(200).each("name"), ["books.csv"]);
    assert!(other.get("/imports").await.expect(200).each("name").is_empty());
    // In the order of the file.
    let export = reader.get("/exports/books?format=jsonl").await.expect(200).text;
    let titles: Vec<String> = export
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["title"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert!(titles.is_sorted() && titles.len() == 119, "{titles:?}");
}

#[tokio::test]
async fn a_part_whose_end_was_lost_adds_the_rest_and_says_added_of_all() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let import = begin(&reader, json!({})).await;
    let rows: String = (0..50).map(|number| format!("Book {number},A\n")).collect();
    let part = format!("title,author\n{rows}");
    let answer = send(&reader, &import, 1, part.clone(), "").await.expect(200);
    // As if the function had ended before it said that the part is done, and before its last transaction.
    let id = import.trim_start_matches("/imports/");
    let database = library.dynamodb();
    let owner = json!({"pk": {"S": format!("imports#{}", reader.id)}, "sk": {"S": id}});
    let back = "SET nextPart = :one, #b = :zero, #r = :zero, added = :zero, line = :one";
    let back = json!({"TableName": "carrel-library", "Key": owner, "UpdateExpression": back,
        "ExpressionAttributeNames": {"#b": "bytes", "#r": "rows"},
        "ExpressionAttributeValues": {":one": {"N": "1"}, ":zero": {"N": "0"}}});
    database.call("UpdateItem", &back).await;
    let part_key = json!({"pk": {"S": format!("import#{id}")}, "sk": {"S": "part#000001"}});
    let claimed = json!({"TableName": "carrel-library", "Key": part_key, "UpdateExpression": "REMOVE report"});
    database.call("UpdateItem", &claimed).await;
    let lost = reader.get("/books?title=Book%2049").await.expect(200).each("id").remove(0);
    reader.delete(&format!("/books/{lost}")).await.expect(204);
    // The number is claimed: other bytes add nothing.
    send(&reader, &import, 1, "title,author\nAnother,A\n", "").await.refused(409, "part-differs");
    assert_eq!(titles(&reader).await.len(), 49);
    let again = send(&reader, &import, 1, part, "").await.expect(200);
    assert_eq!((again.text, totals(&answer.json())), (answer.text, [50, 50, 0, 0]));
    assert_eq!(titles(&reader).await.len(), 50);
}

#[tokio::test]
async fn two_imports_of_one_file_at_the_same_time_add_each_book_once() {
    let library = Library::own().start().await;
    let [one, other] = [library.reader().await, library.reader().await];
    let rows: String = (0..45)
        .map(|number| {
            if number % 2 == 0 {
                format!("Book {number},A,\n")
            } else {
                format!("Book {number},A,{}\n", unique_isbn()[1])
            }
        })
        .collect();
    let part = format!("title,author,isbn\n{rows}");
    let (first, second) = tokio::join!(whole(&one, part.clone()), whole(&other, part));
    let (first, second) = (totals(&first.json()), totals(&second.json()));
    assert_eq!((first[1] + second[1], first[2] + second[2]), (45, 45), "{first:?} {second:?}");
    assert_eq!(titles(&one).await.len(), 45);
}

#[tokio::test]
async fn copies_barcodes_and_shelf_marks_come_along() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let taken = reader.adds("Labelled", "A").await;
    reader.ask(Method::PUT, &format!("/books/{taken}/barcodes/B0001")).await.expect(204);
    let part = "title,author,copies,barcodes,shelfMark\nOne,A,,B0001; B0002; B0003,SF BUT\nTwo,A,5,B0003; B0004,\nThree,A,,,\n";
    let answer = whole(&reader, part).await.json();
    assert_eq!(totals(&answer), [3, 3, 0, 0], "{answer}");
    assert_eq!(words(&answer), [word(1, "added", &["barcode-taken"]), word(2, "added", &["barcode-taken"])]);
    let one = reader.get("/books?barcode=B0002").await.expect(200).json()["items"][0].clone();
    assert_eq!((&one["title"], &one["copies"], &one["shelfMark"]), (&json!("One"), &json!(3), &json!("SF BUT")));
    let two = reader.get("/books?barcode=B0004").await.expect(200).json()["items"][0].clone();
    assert_eq!((&two["title"], &two["copies"]), (&json!("Two"), &json!(5)));
    assert_eq!(reader.get("/books?barcode=B0001").await.expect(200).each("title"), ["Labelled"]);
    let id = one["id"].as_str().expect("an id");
    let codes = reader.get(&format!("/books/{id}/barcodes")).await.expect(200).json();
    assert_eq!(codes.to_string().matches("B000").count(), 2, "{codes}");
    // What is imported is found, lent and deleted like any other book.
    library.local().drained().await;
    assert_eq!(reader.get("/search?q=three").await.expect(200).each("title"), ["Three"]);
    reader.delete(&format!("/books/{id}")).await.expect(204);
    library.local().drained().await;
    assert!(reader.get("/books?barcode=B0002").await.expect(200).each("title").is_empty());
    // Its markers have gone with it.
    let again = whole(&reader, part).await.json();
    assert_eq!(totals(&again), [3, 1, 2, 0], "{again}");
}

#[tokio::test]
async fn im78_what_goes_out_comes_back_the_same() {
    let [library, empty] = [Library::own().start().await, Library::own().start().await];
    let (reader, other) = (library.reader().await, empty.reader().await);
    for name in ["formulas-in-titles.csv", "goodreads-years.csv", "marc-245-kinds.mrc", "invisible-and-control.csv"] {
        whole(&reader, file(name)).await;
    }
    let without_ids = |text: &str| {
        text.lines()
            .map(|line| {
                let mut book: Value = serde_json::from_str(line).expect("JSON");
                book.as_object_mut().expect("a book").remove("id");
                book
            })
            .collect::<Vec<_>>()
    };
    let books = without_ids(&reader.get("/exports/books?format=jsonl").await.expect(200).text);
    assert!(books.len() > 15, "{}", books.len());
    for format in ["csv", "jsonl", "marc", "marcxml"] {
        let file = reader.get(&format!("/exports/books?format={format}")).await.expect(200).bytes;
        // In the library that wrote it, all of them are there.
        let here = totals(&whole(&reader, file.clone()).await.json());
        assert_eq!((here[1], here[3]), (0, 0), "{format}");
        if format == "csv" {
            let there = totals(&whole(&other, file).await.json());
            assert_eq!(there[1], books.len() as u64, "{format}");
        }
    }
    assert_eq!(without_ids(&other.get("/exports/books?format=jsonl").await.expect(200).text), books);
}

#[tokio::test]
async fn a_dry_run_says_what_would_happen_and_adds_nothing() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let import = begin(&reader, json!({"dryRun": true})).await;
    let answer = send(&reader, &import, 1, file("goodreads-editions.csv"), "?last=true").await.expect(200).json();
    assert_eq!(totals(&answer), [5, 3, 2, 0], "{answer}");
    assert!(titles(&reader).await.is_empty());
    assert_eq!(totals(&whole(&reader, file("goodreads-editions.csv")).await.json()), [5, 3, 2, 0]);
}

#[tokio::test]
async fn im3_im21_a_row_that_cannot_be_taken_names_its_line_and_fails_alone() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let import = begin(&reader, json!({})).await;
    let answer =
        send(&reader, &import, 1, file("goodreads-review-over-lines.csv"), "?last=true").await.expect(200).json();
    assert_eq!((totals(&answer), &answer["problems"][0]["line"]), ([3, 2, 0, 1], &json!(6)), "{answer}");
    let listed = reader.get(&format!("{import}/problems")).await.expect(200).json();
    assert_eq!((words(&listed), &listed["nextCursor"]), (vec![word(2, "failed", &["title-missing"])], &Value::Null));
    let shifted = whole(&reader, file("cells-shifted.csv")).await.json();
    assert_eq!(totals(&shifted), [5, 4, 0, 1], "{shifted}");
    // Named columns.
    let columns =
        json!({"columns": {"title": "Titel", "author": "Verfasser", "isbn": "ISBN-Nummer", "publicationYear": "Jahr"}});
    let import = begin(&reader, columns).await;
    let named = send(&reader, &import, 1, file("header-case-and-language.csv"), "?last=true").await.expect(200).json();
    assert_eq!(totals(&named), [1, 1, 0, 0], "{named}");
    // The problems of later parts have rows of the whole file.
    let import = begin(&reader, json!({})).await;
    for (part, rows) in [(1, "title,author\nA1,A\n"), (2, ",A\n"), (3, "A2,A\n"), (4, ",A\n")] {
        send(&reader, &import, part, rows, "").await.expect(200);
    }
    let (mut rows, mut path) = (Vec::new(), format!("{import}/problems"));
    loop {
        let page = reader.get(&path).await.expect(200).json();
        rows.extend(words(&page).into_iter().map(|(row, ..)| row));
        match page["nextCursor"].as_str() {
            Some(cursor) => path = format!("{import}/problems?cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(rows, [2, 4]);
}

#[tokio::test]
async fn the_problems_of_an_import_are_a_table_as_well() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let import = begin(&reader, json!({})).await;
    for (part, rows) in [(1, "title,author,copies\n,A,\nTwo,B,=x\n"), (2, "Three,\"C\",\n"), (3, "Three,C,\n")] {
        send(&reader, &import, part, rows, "").await.expect(200);
    }
    let first = reader.get(&format!("{import}/problems?format=csv")).await.expect(200);
    assert_eq!(first.header("content-type"), "text/csv; charset=utf-8");
    let link = first.header("link").to_owned();
    let next = link.strip_prefix('<').and_then(|link| link.split_once('>')).expect("a link").0;
    let last = reader.get(next.trim_start_matches("/v1")).await.expect(200);
    assert_eq!(last.header("link"), "");
    assert_eq!(
        first.text + &last.text,
        "\u{feff}row,line,outcome,code,field,problem,value\r\n\
         1,2,failed,title-missing,title,there is no title,\r\n\
         2,3,added,copies-unsure,copies,\"should be a number up to 10,000\",'=x\r\n\
         4,5,skipped,duplicate-in-file,,the same as row 3 of this file,\r\n"
    );
    reader.get(&format!("{import}/problems?format=xlsx")).await.invalid("?format");
}

#[tokio::test]
async fn what_an_import_cannot_be_is_named() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    for (body, pointer) in [
        (json!({"format": "xlsx"}), "/format"),
        (json!({"encoding": ""}), "/encoding"),
        (json!({"columns": {"title": 1}}), "/columns/title"),
        (json!({"columns": {"": "Titel"}}), "/columns"),
        (json!({"dryRun": "yes"}), "/dryRun"),
        (json!({"file": "x"}), "/file"),
    ] {
        reader.post("/imports", body).await.invalid(pointer);
    }
    let import = begin(&reader, json!({"format": "marc"})).await;
    let refused = send(&reader, &import, 1, "title,author\nA,B\n", "").await.problem(400, "invalid-input");
    assert!(refused.text.contains("wrong-format: "), "{}", refused.text);
    reader.put(&format!("{import}/parts/1"), json!({})).await.refused(415, "bytes-expected");
    send(&reader, &import, 1, vec![b'a'; (1 << 20) + 1], "").await.problem(413, "too-large");
    for part in ["0", "x", "1000000", "+1", "01"] {
        reader
            .ask(Method::PUT, &format!("{import}/parts/{part}"))
            .body("application/octet-stream", "a")
            .await
            .invalid("{part}");
    }
    send(&reader, &import, 1, "a", "?last=maybe").await.invalid("?last");
    send(&reader, "/imports/none", 1, "a", "").await.invalid("{importId}");
    let wide: Vec<u8> = "title,author\nA,B\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let import = begin(&reader, json!({})).await;
    let refused = send(&reader, &import, 1, [&b"\xff\xfe"[..], &wide].concat(), "").await.problem(400, "invalid-input");
    assert!(refused.text.contains("UTF-16"), "{}", refused.text);
    library.stranger().post("/imports", json!({})).await.problem(401, "unauthenticated");
    let admins = Library::own().settings(|settings| settings.admins_only_writes = true).start().await;
    admins.reader().await.post("/imports", json!({})).await.refused(403, "librarians-add-books");
    assert_eq!(totals(&whole(&admins.admin().await, "title,author\nA,B\n").await.json()), [1, 1, 0, 0]);
}

#[tokio::test]
async fn a_reader_sends_ten_thousand_rows_a_day_and_a_librarian_as_many_as_there_are() {
    let library = Library::own().standing_clock().start().await;
    let (reader, admin) = (library.reader().await, library.admin().await);
    let rows = ",A\n".repeat(500);
    for (person, is_limited) in [(&reader, true), (&admin, false)] {
        let import = begin(person, json!({})).await;
        send(person, &import, 1, "title,author\n,A\n", "").await.expect(200);
        for part in 2..22 {
            send(person, &import, part, rows.clone(), "").await.expect(200);
        }
        let answer = send(person, &import, 22, rows.clone(), "").await;
        if is_limited {
            answer.refused(429, "too-many-requests");
        } else {
            answer.expect(200);
        }
    }
}

#[tokio::test]
async fn an_import_whose_time_is_over_is_gone_although_the_database_still_has_it() {
    let library = Library::own().standing_clock().start().await;
    let librarian = library.admin().await;
    let import = begin(&librarian, json!({})).await;
    send(&librarian, &import, 1, "title,author\nKindred,Octavia E. Butler\n,A\n", "").await.expect(200);
    library.wait(90 * 24 * 60 * 60);
    let librarian = library.admin().await;
    let rows = library.dynamodb().scan("carrel-library").await;
    let is_of_it = |row: &&Value| row["pk"]["S"].as_str().is_some_and(|key| key.starts_with("imports#"));
    assert_eq!(rows.iter().filter(is_of_it).count(), 1, "the database deletes by the time of day");
    assert_eq!(librarian.get("/imports").await.expect(200).each("id"), [""; 0]);
    let finish = librarian.ask(Method::POST, &format!("{import}/finish"));
    let problems = librarian.get(&format!("{import}/problems"));
    let again = send(&librarian, &import, 1, "title,author\nKindred,Octavia E. Butler\n,A\n", "");
    let next = send(&librarian, &import, 2, "Dawn,Octavia E. Butler\n", "");
    for request in [librarian.get(&import), problems, again, next, finish, librarian.delete(&import)] {
        request.await.refused(404, "no-such-import");
    }
    assert_eq!(titles(&librarian).await, ["Kindred"]);
}

#[tokio::test]
async fn a_row_costs_ten_units_and_a_tenth_and_one_that_is_there_a_read_and_a_half() {
    let library = Library::own().standing_clock().metered().start().await;
    let reader = library.reader().await;
    for with_isbn in [true, false] {
        let isbn = || if with_isbn { unique_isbn()[1].clone() } else { String::new() };
        let rows: String = (0..40).map(|number| format!("Book {number} {with_isbn},A,{}\n", isbn())).collect();
        let part = format!("title,author,isbn\n{rows}");
        let mut units = Vec::new();
        for again in [false, true] {
            let import = begin(&reader, json!({})).await;
            library.local().drained().await;
            library.proxy().take();
            let answer = send(&reader, &import, 1, part.clone(), "?last=true").await.expect(200).json();
            assert_eq!(totals(&answer), if again { [40, 0, 40, 0] } else { [40, 40, 0, 0] });
            let calls = library.proxy().take_of_requests();
            // The claim of the part is not the rows'.
            let are_rows = |call: &&tests::database::Call| {
                call.action == "TransactWriteItems" && call.tables.iter().any(|table| table.contains("journal"))
            };
            let transactions = calls.iter().filter(are_rows);
            let read: f64 = calls.iter().filter(|call| call.action == "BatchGetItem").map(|call| call.read).sum();
            units.push((transactions.map(|call| call.write).sum::<f64>(), read));
        }
        eprintln!("40 rows, ISBN: {with_isbn}: written, read: {units:?}");
        assert!(units[0].0 <= 40.0 * 10.1 && units[0].1 <= 40.0 * 0.5, "{units:?}");
        assert!(units[1].0 == 0.0 && units[1].1 <= 40.0 * 1.5, "{units:?}");
    }
}

//! Rows that the library has already: what an import makes of them.

use serde_json::{Value, json};
use tests::database::{Fault, Pattern};
use tests::{Library, Person};

use crate::books::unique_isbn;
use crate::import_undo::undone;
use crate::imports::{begin, file, send, totals, word, words};

/// Returns a number of each book, by its title.
async fn each(person: &Person, field: &str) -> Vec<(String, Value)> {
    let books = person.get("/books?limit=100&owner=me").await.expect(200).json();
    let books = books["items"].as_array().expect("books").iter();
    let mut found: Vec<_> =
        books.map(|book| (book["title"].as_str().expect("a title").to_owned(), book[field].clone())).collect();
    found.sort_by(|one, other| one.0.cmp(&other.0));
    found
}

fn copies_of(found: &[(String, Value)]) -> Vec<(&str, u64)> {
    found.iter().map(|(title, copies)| (title.as_str(), copies.as_u64().expect("a number"))).collect()
}

#[tokio::test]
async fn im26_a_book_gets_as_many_copies_as_the_rows_say_together() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let expected = [("Many", 3), ("None Said", 1), ("Word", 1), ("Zero", 1)];
    for (again, updated) in [(false, 1), (true, 0)] {
        let import = begin(&reader, json!({"onDuplicate": "copies"})).await;
        let answer = send(&reader, &import, 1, file("copies.csv"), "?last=true").await.expect(200).json();
        assert_eq!(answer["updated"], updated, "{answer}");
        assert_eq!(totals(&answer), if again { [5, 0, 5, 0] } else { [5, 4, 0, 0] });
        assert_eq!(reader.get(&import).await.expect(200).json()["updated"], updated);
        assert_eq!(copies_of(&each(&reader, "copies").await), expected);
    }
}

#[tokio::test]
async fn copies_are_counted_over_all_parts_and_once_for_each_row() {
    let library = Library::own().proxied().start().await;
    let reader = library.reader().await;
    let [_, isbn] = unique_isbn();
    let row = |copies: u32| format!("Many,A,{isbn},{copies}\n");
    let import = begin(&reader, json!({"onDuplicate": "copies"})).await;
    send(&reader, &import, 1, format!("title,author,isbn,copies\n{}", row(2)), "").await.expect(200);
    // The end of the second part is lost, and it is sent again.
    library.proxy().fail_always(Pattern::of("imports").naming("SET report"), Fault::Internal);
    let second = format!("{}{}", row(1), row(3));
    send(&reader, &import, 2, second.clone(), "").await.expect(503);
    library.proxy().recover();
    let (one, other) = tokio::join!(
        send(&reader, &import, 2, second.clone(), "").into_future(),
        send(&reader, &import, 2, second.clone(), "").into_future(),
    );
    one.expect(200);
    other.expect(200);
    assert_eq!(copies_of(&each(&reader, "copies").await), [("Many", 6)]);
}

#[tokio::test]
async fn what_a_book_lacks_is_filled_and_what_it_has_stays() {
    let library = Library::own().start().await;
    let (reader, other, admin) = (library.reader().await, library.reader().await, library.admin().await);
    let [_, isbn] = unique_isbn();
    let new = json!({"title": "Kindred", "author": "Octavia E. Butler", "isbn": isbn, "pages": 7, "copies": 2});
    let book = reader.post("/books", new).await.expect(201).string("id");
    let rows =
        format!("title,author,isbn,year,pages,language,shelf mark,copies\nKindred,Somebody,{isbn},1979,264,en,SF,9\n");
    let fills = json!({"onDuplicate": "fill"});
    for (person, dry_run, updated) in [(&other, false, 0), (&admin, true, 1), (&reader, false, 1), (&reader, false, 0)]
    {
        let import = begin(person, json!({"onDuplicate": "fill", "dryRun": dry_run})).await;
        let answer = send(person, &import, 1, rows.clone(), "?last=true").await.expect(200).json();
        assert_eq!(answer["updated"], updated, "{answer}");
        let skipped = if updated == 0 { vec![word(1, "skipped", &["duplicate"])] } else { vec![] };
        assert_eq!(words(&answer), skipped);
    }
    let now = reader.get(&format!("/books/{book}")).await.expect(200).json();
    let expected = json!({"author": "Octavia E. Butler", "publicationYear": 1979, "pages": 7, "language": "English", "shelfMark": "SF", "copies": 2});
    for (field, value) in expected.as_object().expect("fields") {
        assert_eq!(&now[field], value, "{field}");
    }
    // The archive is not touched.
    admin.post(&format!("/books/{book}/archive"), json!({})).await.expect(200);
    let import = begin(&admin, fills).await;
    let country = format!("title,author,isbn,country\nKindred,A,{isbn},USA\n");
    let answer = send(&admin, &import, 1, country, "?last=true").await.expect(200).json();
    assert_eq!(words(&answer), [word(1, "skipped", &["duplicate"])]);
}

#[tokio::test]
async fn an_undo_takes_back_what_the_import_changed() {
    let library = Library::own().proxied().start().await;
    let reader = library.reader().await;
    let isbns: Vec<String> = (0..3).map(|_| unique_isbn()[1].clone()).collect();
    let mut books = Vec::new();
    for isbn in &isbns[..2] {
        let new = json!({"title": isbn, "author": "A", "isbn": isbn});
        books.push(reader.post("/books", new).await.expect(201).string("id"));
    }
    let rows: String = isbns.iter().map(|isbn| format!("{isbn},A,{isbn},4\n")).collect();
    let import = begin(&reader, json!({"onDuplicate": "copies"})).await;
    let part = format!("title,author,isbn,copies\n{rows}{}", rows.repeat(2));
    let answer = send(&reader, &import, 1, part, "?last=true").await.expect(200).json();
    assert_eq!((totals(&answer), &answer["updated"]), ([9, 1, 0, 0], &json!(8)));
    assert_eq!(
        each(&reader, "copies").await.iter().map(|(_, copies)| copies.clone()).collect::<Vec<_>>(),
        [12, 12, 12]
    );
    reader.patch(&format!("/books/{}", books[1]), json!({"pages": 7})).await.expect(200);
    // Two at once, and lost answers, count nothing twice.
    library.proxy().fail_times(2, Pattern::transaction_of("imports").naming("undo.restored"), Fault::AnswerLost);
    let (one, other) = tokio::join!(undone(&reader, &import), undone(&reader, &import));
    for import in [one, other] {
        let undo =
            json!({"removed": 1, "restored": 1, "kept": {"reserved": 0, "changed": 1, "signedIn": 0}, "nextPart": 2});
        assert_eq!(import["undo"], undo);
    }
    let left: Vec<Value> = each(&reader, "copies").await.into_iter().map(|(_, copies)| copies).collect();
    let mut left: Vec<u64> = left.iter().filter_map(Value::as_u64).collect();
    left.sort_unstable();
    assert_eq!(left, [1, 12]);
}

#[tokio::test]
async fn what_the_library_has_of_a_list_becomes_a_favorite() {
    let library =
        Library::own().standing_clock().proxied().settings(|settings| settings.admins_only_writes = true).start().await;
    let (reader, admin) = (library.reader().await, library.admin().await);
    let isbns: Vec<String> = (0..4).map(|_| unique_isbn()[1].clone()).collect();
    let mut books = Vec::new();
    for isbn in &isbns[..3] {
        let new = json!({"title": isbn, "author": "A", "isbn": isbn});
        books.push(admin.post("/books", new).await.expect(201).string("id"));
    }
    reader.post(&format!("/favorites/{}", books[0]), json!({})).await.expect(201);
    let rows: String = isbns.iter().map(|isbn| format!("Any,A,{isbn}\n")).collect();
    let part = format!("title,author,isbn\n{rows}Without,A,\nAny,A,{}\n", isbns[1]);
    let expected = vec![
        word(1, "skipped", &["duplicate"]),
        word(4, "skipped", &["not-in-library"]),
        word(5, "skipped", &["not-in-library"]),
        word(6, "skipped", &["duplicate"]),
    ];
    reader.post("/imports", json!({})).await.refused(403, "librarians-add-books");
    let other = json!({"shelf": "favorites", "onDuplicate": "fill"});
    reader.post("/imports", other).await.invalid("/onDuplicate");
    let titles = || async { reader.get("/favorites").await.expect(200).each("title") };
    for dry_run in [true, false] {
        let import = begin(&reader, json!({"shelf": "favorites", "dryRun": dry_run})).await;
        let answer = send(&reader, &import, 1, part.clone(), "?last=true").await.expect(200).json();
        assert_eq!((totals(&answer), words(&answer)), ([6, 2, 4, 0], expected.clone()));
        assert_eq!(titles().await.len(), if dry_run { 1 } else { 3 });
    }
    let import = begin(&reader, json!({"shelf": "favorites"})).await;
    reader.delete(&format!("/favorites/{}", books[1])).await.expect(204);
    // The end of the part is lost, and it is sent again.
    library.proxy().fail_always(Pattern::of("imports").naming("SET report"), Fault::Internal);
    send(&reader, &import, 1, part.clone(), "?last=true").await.expect(503);
    library.proxy().recover();
    let answer = send(&reader, &import, 1, part.clone(), "?last=true").await.expect(200).json();
    assert_eq!(totals(&answer), [6, 1, 5, 0]);
    // It takes back its own one, and no other, once the request that was cut off is over.
    assert_eq!(reader.delete(&import).await.expect(202).json()["state"], "undoing");
    library.wait(61);
    library.proxy().fail_times(1, Pattern::transaction_of("imports"), Fault::AnswerLost);
    let undone = undone(&reader, &import).await;
    assert_eq!(undone["undo"]["removed"], 1, "{undone}");
    let mut left = titles().await;
    left.sort();
    let mut kept = vec![isbns[0].clone(), isbns[2].clone()];
    kept.sort();
    assert_eq!(left, kept);
}

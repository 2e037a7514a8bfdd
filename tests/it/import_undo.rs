//! Imports that are undone: their books go out of the library again.

use serde_json::{Value, json};
use tests::database::{Fault, Pattern};
use tests::{Answer, Library, Person};

use crate::books::unique_isbn;
use crate::imports::{begin, file, send, titles, totals, whole, words};
use crate::overlaps::overtaken;

/// Undoes an import to its end. Returns the last answer.
pub(crate) async fn undone(person: &Person, import: &str) -> Value {
    for _ in 0..100 {
        let answer = person.delete(import).await;
        if answer.status == 200 {
            return answer.json();
        }
        answer.expect(202);
    }
    panic!("{import} is not undone after a hundred calls");
}

/// Returns how many books were taken out, how many stay that are reserved, and how many that were changed.
fn out(import: &Value) -> [u64; 3] {
    let undo = &import["undo"];
    [&undo["removed"], &undo["kept"]["reserved"], &undo["kept"]["changed"]]
        .map(|number| number.as_u64().expect("a number"))
}

fn rows(word: &str, count: u32) -> String {
    (0..count).map(|number| format!("{word} {number:04},A\n")).collect()
}

/// Returns the keys of all items of the Library table that begin with one of these.
async fn keys(library: &Library, beginnings: &[&str]) -> Vec<String> {
    let items = library.dynamodb().scan("carrel-library").await;
    let keys = items.iter().map(|item| format!("{} {}", item["pk"]["S"].as_str().unwrap_or_default(), item["sk"]["S"]));
    keys.filter(|key| beginnings.iter().any(|beginning| key.starts_with(beginning))).collect()
}

/// What keeps a book of a file unique, and what is stored with it.
const OF_BOOKS: [&str; 4] = ["book#", "isbn#", "source#", "code#X"];

#[tokio::test]
async fn im77_an_undone_import_leaves_nothing_behind_and_the_same_file_comes_in_again() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let books = keys(&library, &OF_BOOKS).await;
    let two = format!("title,author,isbn,barcodes\nLabelled,A,{},X0001; X0002\nBare,A,,\n", unique_isbn()[1]);
    for (bytes, rows) in [(file("goodreads-editions.csv"), [5, 3, 2, 0]), (two.into_bytes(), [2, 2, 0, 0])] {
        for _ in 0..2 {
            let import = begin(&reader, json!({})).await;
            let answer = send(&reader, &import, 1, bytes.clone(), "?last=true").await.expect(200);
            assert_eq!(totals(&answer.json()), rows, "{}", answer.text);
            // Barcodes are free at once, whatever dispatch does.
            assert!(words(&answer.json()).iter().all(|(_, outcome, _)| outcome != "added"), "{}", answer.text);
            let answer = reader.delete(&import).await.expect(200).json();
            assert_eq!((&answer["state"], out(&answer)), (&json!("undone"), [rows[1], 0, 0]));
            assert_eq!(reader.get(&import).await.expect(200).json(), answer);
            assert_eq!(reader.delete(&import).await.expect(200).json(), answer, "again");
            assert_eq!(keys(&library, &OF_BOOKS).await, books);
        }
    }
}

#[tokio::test]
async fn a_book_that_cannot_be_read_stays_and_holds_up_no_other() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let import = begin(&reader, json!({})).await;
    send(&reader, &import, 1, "title,author,barcodes\nOne,A,X0001\nTwo,A,X0002\nThree,A,\n", "?last=true")
        .await
        .expect(200);
    let id = |title: &str| format!("/books?title={title}");
    for (title, item, attribute) in [("One", "book", "version"), ("Two", "barcodes", "codes")] {
        let book = reader.get(&id(title)).await.expect(200).each("id").remove(0);
        let update = json!({"TableName": "carrel-library", "Key": {"pk": {"S": format!("book#{book}")}, "sk": {"S": item}},
            "UpdateExpression": "SET #a = :broken", "ConditionExpression": "attribute_exists(#a)",
            "ExpressionAttributeNames": {"#a": attribute}, "ExpressionAttributeValues": {":broken": {"BOOL": true}}});
        library.dynamodb().call("UpdateItem", &update).await;
    }
    assert_eq!(out(&undone(&reader, &import).await), [1, 0, 2]);
}

#[tokio::test]
async fn what_somebody_changed_labelled_archived_or_reserved_stays() {
    let library = Library::own().start().await;
    let (reader, other) = (library.reader().await, library.reader().await);
    let import = begin(&reader, json!({})).await;
    let names =
        ["Changed", "Archived", "Labelled", "Unlabelled", "Reserved", "Returned", "Deleted", "Loved", "Untouched"];
    let lines: String = names.iter().map(|name| format!("{name},A,X{name}\n")).collect();
    send(&reader, &import, 1, format!("title,author,barcodes\n{lines}"), "?last=true").await.expect(200);
    let by_title =
        async |title: &str| reader.get(&format!("/books?title={title}")).await.expect(200).each("id").remove(0);
    let book = async |title: &str| format!("/books/{}", by_title(title).await);
    reader.patch(&book("Changed").await, json!({"pages": 7})).await.expect(200);
    reader.post(&format!("{}/archive", book("Archived").await), json!({})).await.expect(200);
    reader.put(&format!("{}/barcodes/Y0001", book("Labelled").await), json!({})).await.expect(204);
    reader.delete(&format!("{}/barcodes/XUnlabelled", book("Unlabelled").await)).await.expect(204);
    other.reserves(&by_title("Reserved").await).await.expect(201);
    let loan = other.reserves(&by_title("Returned").await).await.expect(201).string("id");
    other.cancels(&loan).await.expect(204);
    reader.delete(&book("Deleted").await).await.expect(204);
    let loved = by_title("Loved").await;
    other.post(&format!("/favorites/{loved}"), json!({})).await.expect(201);
    library.local().drained().await;
    assert_eq!(other.get("/search?q=untouched").await.expect(200).each("title"), ["Untouched"]);

    let answer = undone(&reader, &import).await;
    assert_eq!(out(&answer), [2, 2, 4]);
    assert_eq!(titles(&reader).await, ["Changed", "Labelled", "Reserved", "Returned", "Unlabelled"]);
    assert_eq!(reader.get("/archive/books").await.expect(200).each("title"), ["Archived"]);
    assert!(other.get("/favorites").await.expect(200).each("title").is_empty());
    other.get(&format!("/books/{loved}")).await.problem(404, "not-found");
    library.local().drained().await;
    assert!(other.get("/search?q=untouched").await.expect(200).each("title").is_empty());
    // Each transaction is in the log.
    let log = library.admin().await.get("/activity").await.expect(200).each("type");
    assert_eq!(log.iter().filter(|what| *what == "import.undone").count(), 1, "{log:?}");
    // The barcode of a book that went is free, that of one that stays is not.
    let again = whole(&reader, "title,author,barcodes\nOther,A,XUntouched; XReserved\n").await.json();
    assert_eq!(words(&again), [crate::imports::word(1, "added", &["barcode-taken"])]);
}

#[tokio::test]
async fn an_undone_import_takes_no_more_parts_and_nobody_else_undoes_it() {
    let library = Library::own().start().await;
    let (reader, other) = (library.reader().await, library.reader().await);
    let import = begin(&reader, json!({})).await;
    let part = format!("title,author\n{}", rows("Book", 3));
    send(&reader, &import, 1, part.clone(), "").await.expect(200);
    other.delete(&import).await.refused(404, "no-such-import");
    library.stranger().delete(&import).await.problem(401, "unauthenticated");
    assert_eq!(out(&undone(&reader, &import).await), [3, 0, 0]);
    send(&reader, &import, 1, part, "").await.refused(409, "import-undone");
    send(&reader, &import, 2, "More,A\n", "").await.refused(409, "import-undone");
    reader.post(&format!("{import}/finish"), json!({})).await.refused(409, "import-undone");
    assert!(titles(&reader).await.is_empty());
    // A finished one can be undone, and one that has nothing.
    let import = begin(&reader, json!({})).await;
    send(&reader, &import, 1, format!("title,author\n{}", rows("Book", 3)), "?last=true").await.expect(200);
    reader.post(&format!("{import}/finish"), json!({})).await.expect(200);
    assert_eq!(out(&undone(&reader, &import).await), [3, 0, 0]);
    for (new, removed) in [(json!({}), 1), (json!({"dryRun": true}), 0)] {
        let import = begin(&reader, new).await;
        send(&reader, &import, 1, "title,author\nOne,A\n", "?last=true").await.expect(200);
        assert_eq!(out(&undone(&reader, &import).await), [removed, 0, 0]);
    }
    let nothing = begin(&reader, json!({})).await;
    assert_eq!(out(&undone(&reader, &nothing).await), [0, 0, 0]);
    assert!(titles(&reader).await.is_empty());
}

#[tokio::test]
async fn a_large_import_is_undone_in_several_calls() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let import = begin(&reader, json!({})).await;
    send(&reader, &import, 1, format!("title,author\n{}", rows("Book", 400)), "").await.expect(200);
    for part in 2..5 {
        send(&reader, &import, part, rows(&format!("Part {part}"), 400), "").await.expect(200);
    }
    let first = reader.delete(&import).await.expect(202);
    assert_eq!((first.string("state").as_str(), out(&first.json())), ("undoing", [1_200, 0, 0]));
    assert_eq!(first.json()["undo"]["nextPart"], 4);
    let last = reader.delete(&import).await.expect(200).json();
    assert_eq!((&last["state"], out(&last)), (&json!("undone"), [1_600, 0, 0]));
    assert!(titles(&reader).await.is_empty());
}

#[tokio::test]
async fn two_undos_at_once_and_lost_answers_count_each_book_once() {
    let library = Library::own().proxied().start().await;
    let reader = library.reader().await;
    for lost in [None, Some("TransactWriteItems"), Some("UpdateItem")] {
        let import = begin(&reader, json!({})).await;
        send(&reader, &import, 1, format!("title,author\n{}", rows("Book", 100)), "").await.expect(200);
        send(&reader, &import, 2, rows("More", 100), "").await.expect(200);
        let kept = reader.get("/books?title=Book%200007").await.expect(200).each("id").remove(0);
        reader.patch(&format!("/books/{kept}"), json!({"pages": 7})).await.expect(200);
        if let Some(action) = lost {
            library.proxy().fail_times(3, Pattern::of("imports").action(action), Fault::AnswerLost);
        }
        let (one, other) = tokio::join!(undone(&reader, &import), undone(&reader, &import));
        assert_eq!((out(&one), out(&other)), ([199, 0, 1], [199, 0, 1]), "{lost:?}");
        assert_eq!(titles(&reader).await, ["Book 0007"]);
        reader.delete(&format!("/books/{kept}")).await.expect(204);
    }
}

#[tokio::test]
async fn an_undo_that_fails_anywhere_goes_on_from_there() {
    let library = Library::own().proxied().start().await;
    let reader = library.reader().await;
    let import = begin(&reader, json!({})).await;
    send(&reader, &import, 1, format!("title,author\n{}", rows("Book", 60)), "").await.expect(200);
    send(&reader, &import, 2, rows("More", 60), "").await.expect(200);
    // It ends after one more call each time.
    for fails_after in 0..40 {
        let calls = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
        let counted = calls.clone();
        let later = Pattern::of("imports").that(move |request| {
            let is_of_library = request.to_string().contains("library");
            is_of_library && counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed) >= fails_after
        });
        library.proxy().fail_always(later, Fault::Denied);
        let answer = reader.delete(&import).await;
        library.proxy().recover();
        if answer.status == 200 {
            break;
        }
        answer.problem(500, "internal");
    }
    let answer = undone(&reader, &import).await;
    assert_eq!(out(&answer), [120, 0, 0]);
    assert!(titles(&reader).await.is_empty());
}

#[tokio::test]
async fn a_book_that_is_reserved_between_the_look_and_the_removal_stays() {
    let library = Library::own().proxied().start().await;
    let (reader, other) = (library.reader().await, library.reader().await);
    let import = begin(&reader, json!({})).await;
    send(&reader, &import, 1, format!("title,author\n{}", rows("Book", 5)), "?last=true").await.expect(200);
    let ids = reader.get("/books").await.expect(200).each("id");
    let held = Pattern::transaction_of("imports").naming("import.undone");
    let others = async {
        other.reserves(&ids[0]).await.expect(201);
        reader.put(&format!("/books/{}/barcodes/Y0001", ids[1]), json!({})).await.expect(204);
        reader.delete(&format!("/books/{}", ids[2])).await.expect(204);
    };
    let (answer, ()) = overtaken(&library, held, reader.delete(&import), others).await;
    assert_eq!(out(&answer.expect(200).json()), [2, 1, 1]);
    assert_eq!(titles(&reader).await.len(), 2);
}

#[tokio::test]
async fn an_undo_waits_for_a_part_that_comes_in_and_takes_its_books_too() {
    let library = Library::own().proxied().standing_clock().start().await;
    let reader = library.reader().await;
    let import = begin(&reader, json!({})).await;
    let part = send(&reader, &import, 1, format!("title,author\n{}", rows("Book", 50)), "?last=true");
    // After its first transaction.
    let held = Pattern::transaction_of("imports").naming("Book 0045");
    let meanwhile = async {
        let answer: Answer = reader.delete(&import).await.expect(202);
        assert!(
            (1..=61).contains(&answer.header("retry-after").parse::<u32>().expect("seconds")),
            "{:?}",
            answer.header("retry-after")
        );
        assert_eq!(out(&answer.json()), [0, 0, 0]);
    };
    let (answer, ()) = overtaken(&library, held, part, meanwhile).await;
    answer.refused(409, "import-undone");
    assert_eq!(titles(&reader).await.len(), 50);
    // It has recorded its end, so nobody waits.
    assert_eq!(out(&reader.delete(&import).await.expect(200).json()), [50, 0, 0]);
    assert!(titles(&reader).await.is_empty());

    // A part that is claimed after the import has ended adds nothing.
    let import = begin(&reader, json!({})).await;
    let part = send(&reader, &import, 1, "title,author\nLate,A\n", "?last=true");
    let held = Pattern::transaction_of("imports").naming("part#000001");
    let undo = async { reader.delete(&import).await.expect(200) };
    let (answer, _) = overtaken(&library, held, part, undo).await;
    answer.refused(409, "import-undone");
    assert!(titles(&reader).await.is_empty());
}

#[tokio::test]
async fn the_books_of_a_part_that_was_cut_off_go_after_a_minute() {
    let library = Library::own().proxied().standing_clock().start().await;
    let reader = library.reader().await;
    let import = begin(&reader, json!({})).await;
    let part = format!("title,author\n{}", rows("Book", 100));
    let second = Pattern::transaction_of("imports").naming("Book 0045");
    library.proxy().fail_always(second, Fault::Denied);
    // Two requests are cut off after their first transaction.
    for _ in 0..2 {
        send(&reader, &import, 1, part.clone(), "").await.problem(500, "internal");
        library.wait(5);
    }
    library.proxy().recover();
    assert_eq!(titles(&reader).await.len(), 40);
    reader.delete(&import).await.expect(202);
    send(&reader, &import, 1, part, "").await.refused(409, "import-undone");
    library.wait(61);
    assert_eq!(out(&reader.delete(&import).await.expect(200).json()), [40, 0, 0]);
    assert!(titles(&reader).await.is_empty());
}

#[tokio::test]
async fn rows_of_a_part_that_is_sent_again_are_counted_once() {
    let library = Library::own().proxied().standing_clock().start().await;
    let reader = library.reader().await;
    let import = begin(&reader, json!({})).await;
    let part = format!("title,author\n{}", rows("Book", 400));
    library.proxy().fail_always(Pattern::transaction_of("imports").naming("Book 0045"), Fault::Denied);
    for _ in 0..30 {
        send(&reader, &import, 1, part.clone(), "").await.problem(500, "internal");
    }
    library.proxy().recover();
    assert_eq!(totals(&send(&reader, &import, 1, part, "").await.expect(200).json()), [400, 400, 0, 0]);
    // The requests that failed have not said that they are over.
    reader.delete(&import).await.expect(202);
    library.wait(61);
    assert_eq!(out(&undone(&reader, &import).await), [400, 0, 0]);
}

#[tokio::test]
async fn a_part_that_never_comes_to_its_end_is_refused_in_the_end_and_undone() {
    let library = Library::own().proxied().standing_clock().start().await;
    let reader = library.reader().await;
    let import = begin(&reader, json!({})).await;
    let part = format!("title,author\n{}", rows("Book", 60));
    library.proxy().fail_always(Pattern::transaction_of("imports").naming("Book 0045"), Fault::Denied);
    for _ in 0..40 {
        send(&reader, &import, 1, part.clone(), "").await.problem(500, "internal");
    }
    library.proxy().recover();
    send(&reader, &import, 1, part, "").await.refused(409, "part-tried-too-often");
    reader.delete(&import).await.expect(202);
    library.wait(61);
    assert_eq!(out(&undone(&reader, &import).await), [40, 0, 0]);
}

#[tokio::test]
async fn a_book_that_is_taken_out_costs_fourteen_units_and_a_quarter() {
    let library = Library::own().metered().start().await;
    let reader = library.reader().await;
    let import = begin(&reader, json!({})).await;
    send(&reader, &import, 1, format!("title,author\n{}", rows("Book", 96)), "?last=true").await.expect(200);
    library.local().drained().await;
    library.proxy().take();
    assert_eq!(out(&reader.delete(&import).await.expect(200).json()), [96, 0, 0]);
    let calls = library.proxy().take_of_requests();
    let read: f64 = calls.iter().map(|call| call.read).sum();
    let transactions = calls.iter().filter(|call| call.action == "TransactWriteItems");
    let written: f64 = transactions.map(|call| call.write).sum();
    let others: f64 = calls.iter().filter(|call| call.action == "UpdateItem").map(|call| call.write).sum();
    eprintln!("96 books: {written} written, and {others}; {read} read");
    assert!(written <= 96.0 * 14.25 && others <= 3.0 && read <= 96.0 * 3.0 + 10.0, "{written} {others} {read}");
}

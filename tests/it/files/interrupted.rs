//! Imports and exports that are interrupted, and go on.

use std::sync::Arc;

use local::import::Importer;
use serde_json::json;
use tests::{Library, Person};

use super::connection::{Connection, Fate};
use super::{Folder, Options, account, counts, import, import_as, options, table, titles};

/// Begins an import of a file, and leaves it after so many parts of 500 rows.
async fn leave_after(person: &Person, name: &str, file: &str, parts: usize) -> String {
    let import = person.post("/imports", json!({"name": name, "encoding": "UTF-8"})).await.expect(201).string("id");
    let lines: Vec<&str> = file.split_inclusive('\n').collect();
    for part in 0..parts {
        let from = if part == 0 { 0 } else { part * 500 + 1 };
        let bytes = lines[from..(part + 1) * 500 + 1].concat();
        let path = format!("/imports/{import}/parts/{}", part + 1);
        person.ask(reqwest::Method::PUT, &path).body("application/octet-stream", bytes).await.expect(200);
    }
    import
}

#[tokio::test]
async fn an_import_that_was_left_goes_on_by_itself() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let folder = Folder::new();
    let file = folder.file("books.csv", table(1_300));
    let id = leave_after(&reader, "books.csv", &table(1_300), 2).await;
    let (done, said) = import_as(&library, &reader, file).await;
    assert_eq!(done, Ok(counts(1_300, 1_300, 0, 0)), "{said}");
    assert!(said.contains(&format!("Import {id} goes on: 1000 rows of it are done.")), "{said}");
    let titles = titles(&reader).await;
    assert!(titles.len() == 1_300 && titles.is_sorted());
    assert_eq!(reader.get("/imports").await.expect(200).each("id"), [id]);
}

#[tokio::test]
async fn another_file_of_that_name_does_not_go_on_with_it() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let folder = Folder::new();
    let id = leave_after(&reader, "books.csv", &table(1_300), 2).await;
    // The second part differs by a letter.
    let other = table(1_300).replace("Book 00700", "Buch 00700");
    let file = folder.file("books.csv", other);
    let named = Options { resume: Some(id.clone()), ..options(file.clone(), account(library.url(), &reader)) };
    let (refused, said) = import(named).await;
    let refused = refused.expect_err("another file");
    assert!(refused.contains("not the file that this import was begun with: part 2 differs"), "{refused} {said}");
    assert_eq!(titles(&reader).await.len(), 1_000);

    let (done, said) = import_as(&library, &reader, file).await;
    assert_eq!(done, Ok(counts(1_300, 301, 999, 0)), "{said}");
    assert!(said.contains("That was another file of this name."), "{said}");
    assert_eq!(titles(&reader).await.len(), 1_301);
}

#[tokio::test]
async fn who_wants_a_new_import_gets_one() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let folder = Folder::new();
    let file = folder.file("books.csv", table(510));
    leave_after(&reader, "books.csv", &table(510), 1).await;
    let new = Options { new: true, ..options(file, account(library.url(), &reader)) };
    assert_eq!(import(new).await.0, Ok(counts(510, 10, 500, 0)));
    let missing = Options {
        resume: Some("0192f3a4-6f2d-7c10-8a35-d1e2f3a4b5c6".into()),
        ..options(folder.file("a.csv", table(1)), account(library.url(), &reader))
    };
    assert!(import(missing).await.0.expect_err("no such import").contains("404 Not Found"));
}

#[tokio::test]
async fn lost_answers_and_a_busy_library_double_and_lose_nothing() {
    let library = Arc::new(Library::own().start().await);
    let reader = library.reader().await;
    let folder = Folder::new();
    let connection = Connection::to(
        &library,
        vec![
            ("POST /v1/imports", Fate::Answered(503, "0")),
            ("parts/1", Fate::AnswerLost),
            ("parts/2", Fate::Answered(429, "0")),
            ("parts/2", Fate::Answered(503, "0")),
            ("parts/2", Fate::AnswerLost),
            ("finish", Fate::Answered(500, "0")),
            ("finish", Fate::AnswerLost),
        ],
    )
    .await;
    let file = folder.file("books.csv", table(1_100) + ",Nobody\n");
    let (done, said) = import(options(file, account(&connection.url, &reader))).await;
    assert_eq!(done, Ok(counts(1_101, 1_100, 0, 1)), "{said}");
    assert_eq!((connection.asked("parts/1"), connection.asked("parts/2"), connection.asked("parts/3")), (2, 4, 1));
    assert_eq!(titles(&reader).await.len(), 1_100);
}

#[tokio::test]
async fn a_session_that_expires_meanwhile_is_renewed() {
    let library = Arc::new(Library::own().standing_clock().start().await);
    let reader = library.reader().await;
    let folder = Folder::new();
    let connection = Connection::to(&library, vec![("parts/2", Fate::Late(700)), ("parts/3", Fate::Late(700))]).await;
    let file = folder.file("books.csv", table(1_100));
    let (done, said) = import(options(file, account(&connection.url, &reader))).await;
    assert_eq!(done, Ok(counts(1_100, 1_100, 0, 0)), "{said}");
    assert_eq!((connection.asked("/auth/login"), connection.asked("/auth/refresh-token")), (1, 2));
}

#[tokio::test]
async fn a_library_that_wants_a_long_pause_ends_the_import_for_now() {
    let library = Arc::new(Library::own().start().await);
    let reader = library.reader().await;
    let folder = Folder::new();
    let connection = Connection::to(&library, vec![("parts/2", Fate::Answered(429, "7200"))]).await;
    let file = folder.file("books.csv", table(600));
    let (ended, _) = import(options(file.clone(), account(&connection.url, &reader))).await;
    assert!(ended.expect_err("it ends").ends_with("It takes more in 120 minutes."));
    let (done, said) = import(options(file, account(&connection.url, &reader))).await;
    assert_eq!(done, Ok(counts(600, 600, 0, 0)), "{said}");
}

#[tokio::test]
async fn a_library_that_stays_busy_ends_the_import_and_the_command_that_goes_on_is_known() {
    let library = Arc::new(Library::own().start().await);
    let reader = library.reader().await;
    let folder = Folder::new();
    let busy = (0..11).map(|_| ("parts/2", Fate::Answered(503, "0"))).collect();
    let connection = Connection::to(&library, busy).await;
    let options = options(folder.file("books.csv", table(600)), account(&connection.url, &reader));
    let mut importer = Importer::new(options);
    let ended = importer.run(&mut Vec::new()).await.expect_err("it ends");
    assert!(ended.contains("503 Service Unavailable: Busy.") && connection.asked("parts/2") == 11, "{ended}");
    let id = reader.get("/imports").await.expect(200).each("id").remove(0);
    let command = importer.leave().await.expect("a command");
    assert!(command.contains(&format!("books.csv --resume {id} ")), "{command}");
}

#[tokio::test]
async fn a_page_of_an_export_that_is_lost_is_asked_for_again() {
    let library = Arc::new(Library::own().start().await);
    let reader = library.reader().await;
    let folder = Folder::new();
    import_as(&library, &reader, folder.file("books.csv", table(2_100))).await.0.expect("imported");
    let lost = vec![("cursor", Fate::AnswerLost), ("cursor", Fate::Answered(503, "0"))];
    let connection = Connection::to(&library, lost).await;
    super::exporting::export(&folder, "out.jsonl", &connection.url).await.expect("a file");
    assert_eq!((folder.read("out.jsonl").lines().count(), connection.asked("/exports/books")), (2_100, 5));
}

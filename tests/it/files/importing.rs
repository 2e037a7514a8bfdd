//! An import from its beginning to its end.

use local::import::Importer;
use serde_json::json;
use tests::{Catalogue, Library};

use super::{Folder, account, counts, import, import_as, options, packed, seed, table, titles};

#[tokio::test]
async fn the_same_file_twice_adds_nothing_and_says_so() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let (first, said) = import_as(&library, &reader, seed("goodreads-editions.csv")).await;
    assert_eq!(first, Ok(counts(5, 3, 2, 0)), "{said}");
    assert!(said.contains("goodreads-editions.csv is an export of Goodreads, in UTF-8.\n"), "{said}");
    assert!(said.ends_with("\n5 rows: 3 added, 2 there already, 0 cannot be taken.\n"), "{said}");
    let (second, said) = import_as(&library, &reader, seed("goodreads-editions.csv")).await;
    assert_eq!(second, Ok(counts(5, 0, 5, 0)), "{said}");
    assert!(!said.contains("goes on"), "a finished import does not go on: {said}");
    assert_eq!(titles(&reader).await.len(), 3);
    // Nothing is left open: neither an import nor a session.
    assert!(reader.get("/imports").await.expect(200).each("state").iter().all(|state| state == "finished"));
    assert_eq!(reader.get("/auth/sessions").await.expect(200).json()["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_file_of_several_parts_comes_in_whole_and_in_order_packed_or_not() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let folder = Folder::new();
    let file = folder.file("many.csv.gz", packed(table(1_201).as_bytes()));
    let (done, said) = import_as(&library, &reader, file).await;
    assert_eq!(done, Ok(counts(1_201, 1_201, 0, 0)), "{said}");
    let titles = titles(&reader).await;
    assert!(titles.len() == 1_201 && titles.is_sorted());
    let import = reader.get("/imports").await.expect(200).json()["items"][0].clone();
    assert_eq!((&import["name"], &import["nextPart"]), (&json!("many.csv.gz"), &json!(4)));
}

#[tokio::test]
async fn rows_that_failed_are_in_a_table_that_can_be_mended_and_imported() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let folder = Folder::new();
    let rows = table(600) + ",Nobody\nToo,many,cells\n";
    let long = format!("\"{}\",A\n", "x".repeat(2 << 20));
    let file = folder.file("books.csv", format!("{rows}{long}Last,A\n,Nobody else\n"));
    let (done, said) = import_as(&library, &reader, file).await;
    assert_eq!(done, Ok(counts(605, 601, 0, 4)), "{said}");
    assert!(said.contains("\n  row 601, line 602: title-missing: title: there is no title\n"), "{said}");
    assert!(said.contains("books.csv.problems.csv has 4 of these rows."), "{said}");
    let table = folder.read("books.csv.problems.csv");
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines[0], "\u{feff}problem,title,author", "{table}");
    assert_eq!(lines[1], "\"row 601, line 602: title-missing: title: there is no title\",,Nobody", "{table}");
    assert!(lines[2].starts_with("\"row 602, line 603: too-many-cells: ") && lines[2].ends_with(",Too,many,cells"));
    assert!(lines[3].starts_with("\"row 603, line 604: record-too-long: ") && lines.len() == 5, "{table}");
    assert!(lines[4].starts_with("\"row 605, line 606: title-missing: ") && lines[4].ends_with(",,Nobody else"));

    let mended = folder.file("mended.csv", format!("{}\r\nmended,Found,Nobody\r\n", lines[0]));
    let (done, said) = import_as(&library, &reader, mended).await;
    assert_eq!(done, Ok(counts(1, 1, 0, 0)), "{said}");
    assert_eq!(titles(&reader).await.last().map(String::as_str), Some("Found"));
}

#[tokio::test]
async fn a_dry_run_adds_nothing_and_does_not_go_on() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    for _ in 0..2 {
        let account = account(library.url(), &reader);
        let dry = super::Options { dry_run: true, ..options(seed("goodreads-editions.csv"), account) };
        let (done, said) = import(dry).await;
        assert_eq!(done, Ok(counts(5, 3, 2, 0)), "{said}");
        assert!(said.contains("3 would be added"), "{said}");
    }
    assert!(titles(&reader).await.is_empty());
}

#[tokio::test]
async fn what_the_user_says_of_a_file_reaches_the_library() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let folder = Folder::new();
    let mut rows = b"Kniha;Autor\n".to_vec();
    rows.extend(b"P\xf8\xedb\xech;Eva Nov\xe1\n");
    let named = super::Options {
        columns: vec![("title".into(), "Kniha".into()), ("author".into(), "Autor".into())],
        encoding: Some("windows-1250".into()),
        format: Some(formats::Format::Csv),
        ..options(folder.file("knihy.csv", rows), account(library.url(), &reader))
    };
    assert_eq!(import(named).await.0, Ok(counts(1, 1, 0, 0)));
    // UTF-16 is cut as UTF-8, and an encoding that only a later row shows is that of the file.
    let wide: Vec<u8> = "\u{feff}title,author\nÉté,A\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(import_as(&library, &reader, folder.file("wide.csv", wide)).await.0, Ok(counts(1, 1, 0, 0)));
    let late = [table(600).as_bytes(), b"D\xe9j\xe0 vu,A\n"].concat();
    assert_eq!(import_as(&library, &reader, folder.file("late.csv", late)).await.0, Ok(counts(601, 601, 0, 0)));
    let titles = titles(&reader).await;
    assert_eq!((titles[0].as_str(), titles[1].as_str(), titles[602].as_str()), ("Příběh", "Été", "Déjà vu"));
}

#[tokio::test]
async fn what_is_not_possible_is_said_in_a_line() {
    let library = Library::own().settings(|settings| settings.admins_only_writes = true).start().await;
    let reader = library.reader().await;
    let problem = import_as(&library, &reader, seed("goodreads-editions.csv")).await.0.expect_err("a reader");
    assert!(problem.contains("403 Forbidden: Only librarians"), "{problem}");
    for (name, line) in [
        ("nothing.csv", "nothing.csv cannot be read: "),
        ("unknown-header.csv", "unknown-header.csv: columns-unknown: "),
    ] {
        let problem = import_as(&library, &reader, seed(name)).await.0.expect_err(name);
        assert!(problem.contains(line), "{problem}");
    }
    let mut wrong = account(library.url(), &reader);
    wrong.password = Some("wrong".into());
    let problem = import(options(seed("goodreads-editions.csv"), wrong)).await.0.expect_err("another password");
    assert!(problem.contains("cannot sign in: "), "{problem}");
    let mut nowhere = account("http://127.0.0.1:1/v1", &reader);
    nowhere.password = None;
    let problem = import(options(seed("goodreads-editions.csv"), nowhere)).await.0.expect_err("no password");
    assert!(problem.contains("set CARREL_PASSWORD"), "{problem}");
}

#[tokio::test]
async fn a_small_file_that_unpacks_to_a_huge_record_takes_no_memory_and_fails_alone() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let folder = Folder::new();
    // A file of gzip may be several, one after another.
    let huge = packed(&vec![b'x'; 16 << 20]).repeat(8);
    let file = [packed(b"title,author\nOne,A\n"), huge, packed(b",A\nTwo,B\n")].concat();
    assert!(file.len() < 200_000, "{}", file.len());
    let (done, said) = import_as(&library, &reader, folder.file("bomb.csv.gz", file)).await;
    assert_eq!(done, Ok(counts(3, 2, 0, 1)), "{said}");
    assert_eq!(titles(&reader).await, ["One", "Two"]);
    assert!(folder.read("bomb.csv.gz.problems.csv").len() < 300);
}

#[tokio::test]
async fn a_table_of_failed_rows_never_takes_the_place_of_another() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let folder = Folder::new();
    let file = folder.file("books.csv", "title,author\nOne,A\n,Nobody\n");
    import_as(&library, &reader, file.clone()).await.0.expect("imported");
    let mended = folder.file("books.csv.problems.csv", "mended by hand");
    let (done, said) = import_as(&library, &reader, file).await;
    assert_eq!(done, Ok(counts(2, 0, 1, 1)), "{said}");
    assert!(said.contains("books.csv.problems-2.csv has 1 of these rows."), "{said}");
    assert_eq!(std::fs::read_to_string(mended).expect("it is there"), "mended by hand");
    assert!(folder.read("books.csv.problems-2.csv").contains("title-missing"));
}

#[tokio::test]
async fn an_import_is_undone_and_what_stays_is_told() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let folder = Folder::new();
    let file = folder.file("many.csv", table(1_201));
    for changed in [false, true] {
        import_as(&library, &reader, file.clone()).await.0.expect("imported");
        let id = reader.get("/imports").await.expect(200).each("id").remove(0);
        if changed {
            let book = reader.get("/books?owner=me").await.expect(200).each("id").remove(0);
            reader.patch(&format!("/books/{book}"), json!({"pages": 7})).await.expect(200);
        }
        let options = super::Options {
            file: None,
            undo: Some(id.clone()),
            ..options(folder.0.clone(), account(library.url(), &reader))
        };
        let (mut importer, mut out) = (Importer::new(options), Vec::new());
        assert_eq!(importer.undo(&id, &mut out).await, Ok(!changed));
        assert_eq!(importer.leave().await, None);
        let said = String::from_utf8(out).expect("text");
        let kept = usize::from(changed);
        assert!(
            said.starts_with(&format!("{} books of the import {id} were taken out again.\n", 1_201 - kept)),
            "{said}"
        );
        assert_eq!(
            said.contains("1 stay: somebody has reserved or borrowed 0 of them, and changed 1."),
            changed,
            "{said}"
        );
        assert_eq!(titles(&reader).await.len(), kept);
    }
}

#[tokio::test]
async fn members_come_in_by_a_librarian_and_are_taken_out_again() {
    let library = Library::own().start().await;
    let folder = Folder::new();
    let rows = "first name,last name,card\nAda,Lovelace,A0001\nBo,Diddley,A0002\n";
    let file = || folder.file("members.csv", rows);
    let (refused, said) = import_as(&library, &library.reader().await, file()).await;
    assert!(refused.expect_err("members only").contains("Only librarians may do this."), "{said}");
    let librarian = library.with_role("admin").await;
    let (done, said) = import_as(&library, &librarian, file()).await;
    assert_eq!(done, Ok(counts(2, 2, 0, 0)), "{said}");
    assert!(said.contains("members.csv is a table of members, in UTF-8.\nIts columns name people.\n"), "{said}");
    assert!(said.contains("gets a letter that lets them choose a password.\n"), "{said}");
    assert_eq!(librarian.get("/users?query=A0001").await.expect(200).each("lastName"), ["Lovelace"]);
    let (again, said) = import_as(&library, &librarian, file()).await;
    assert_eq!(again, Ok(counts(2, 0, 2, 0)), "{said}");
    assert!(!said.contains("letter"), "{said}");
    // Who has borrowed stays.
    let book = librarian.adds("Kindred", "Octavia E. Butler").await;
    let ada = librarian.get("/users?query=A0001").await.expect(200).each("id").remove(0);
    librarian.post("/loans", json!({"reader": ada, "book": book})).await.expect(201);
    let id = librarian.get("/imports").await.expect(200).each("id").remove(1);
    let undone =
        super::Options { file: None, undo: Some(id.clone()), ..options(file(), account(library.url(), &librarian)) };
    let (mut importer, mut out) = (Importer::new(undone), Vec::new());
    assert_eq!(importer.undo(&id, &mut out).await, Ok(false));
    let said = String::from_utf8(out).expect("text");
    assert!(said.contains("1 members of the import ") && said.contains("1 stay: 0 have chosen a password"), "{said}");
}

#[tokio::test]
async fn books_that_are_there_get_copies_or_become_favorites() {
    let library = Library::own().start().await;
    let (reader, other) = (library.reader().await, library.reader().await);
    let copies = super::Options {
        on_duplicate: "copies".into(),
        ..options(seed("copies.csv"), account(library.url(), &reader))
    };
    let (done, said) = import(copies).await;
    assert_eq!(done, Ok(super::Counts { updated: 1, ..counts(5, 4, 0, 0) }), "{said}");
    assert!(said.ends_with("\n5 rows: 4 added, 1 updated, 0 there already, 0 cannot be taken.\n"), "{said}");
    let favorites = super::Options { favorites: true, ..options(seed("copies.csv"), account(library.url(), &other)) };
    let (done, said) = import(favorites).await;
    assert_eq!(done, Ok(counts(5, 4, 1, 0)), "{said}");
    assert!(said.ends_with("\n5 rows: 4 new favorites, 1 not, 0 cannot be taken.\n"), "{said}");
    assert_eq!(other.get("/favorites").await.expect(200).each("title").len(), 4);
}

#[tokio::test]
async fn im24_rows_without_a_title_are_looked_up_on_the_way() {
    let found = json!({"ISBN:9780000010445": {"title": "=Looked Up", "authors": [{"name": "Ann Ott"}],
        "identifiers": {"isbn_13": ["9780000010445"]}}})
    .to_string();
    let catalogue =
        Catalogue::start(move |path| if path.ends_with("0445") { found.clone() } else { "{}".to_owned() }).await;
    let sources = vec![catalogue.setting("openlibrary")];
    let library = Library::own().settings(|settings| settings.metadata_sources = sources).start().await;
    let reader = library.reader().await;
    let folder = Folder::new();
    let file = folder.file("list.txt", std::fs::read(seed("isbn-list.txt")).expect("a file"));
    let enriched = super::Options { enrich: true, ..options(file.clone(), account(library.url(), &reader)) };
    let (done, said) = import(enriched.clone()).await;
    assert_eq!(done, Ok(counts(4, 1, 0, 3)), "{said}");
    assert!(said.contains("title-missing: title: no catalogue has this ISBN: 9780000010452\n"), "{said}");
    assert_eq!(titles(&reader).await, ["=Looked Up"]);
    assert_eq!(catalogue.asked().len(), 3);
    // What was looked up is stored: again, no catalogue is asked.
    let (again, said) = import(super::Options { new: true, ..enriched }).await;
    assert_eq!((again, catalogue.asked().len()), (Ok(counts(4, 0, 1, 3)), 3), "{said}");
    // A library that asks no catalogue says so, and nothing is taken.
    let other = Library::own().start().await;
    let reader = other.reader().await;
    let (refused, _) = import(super::Options { enrich: true, ..options(file, account(other.url(), &reader)) }).await;
    assert!(refused.expect_err("a refusal").contains("This library asks no other catalogue."));
}

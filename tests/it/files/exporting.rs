//! Exports into files.

use std::io::Read;
use std::path::PathBuf;

use flate2::read::GzDecoder;
use local::client::Account;
use local::export::{self, Format, Options, Owner};
use tests::Library;

use super::{Folder, account, import_as, seed, table};

fn options(file: PathBuf, url: &str) -> Options {
    let nobody = Account { url: url.to_owned(), email: "nobody@example.com".into(), password: None, api_key: None };
    Options { file, format: None, owner: None, archived: false, account: nobody }
}

/// Exports as nobody in particular. Returns what was printed.
pub(super) async fn export(folder: &Folder, name: &str, url: &str) -> Result<String, String> {
    exported(&options(folder.0.join(name), url)).await
}

async fn exported(options: &Options) -> Result<String, String> {
    let mut out = Vec::new();
    export::export(options, &mut out).await.map(|()| String::from_utf8(out).expect("text"))
}

/// Returns the names of the files in a folder.
fn names(folder: &Folder) -> Vec<String> {
    let entries = std::fs::read_dir(&folder.0).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn the_pages_become_one_file_in_the_format_of_its_name() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let folder = Folder::new();
    import_as(&library, &reader, folder.file("in.csv", table(1_500))).await.0.expect("imported");
    for (name, format, begins) in [
        ("a.csv", "csv", "\u{feff}id,"),
        ("a.jsonl", "jsonl", "{"),
        ("a.mrc", "marc", "0"),
        ("a.xml", "marcxml", "<?xml"),
    ] {
        let said = export(&folder, name, library.url()).await.expect(name);
        let text = folder.read(name);
        assert!(text.starts_with(begins), "{name}");
        assert!(said.ends_with(&format!("{name} has {} bytes.\n", text.len())), "{said}");
        let plan = formats::Plan::guess(&text.as_bytes()[..formats::HEAD], false, &formats::Wishes::default());
        assert_eq!(formats::rows(plan.expect("a plan"), text.as_bytes()).filter(|row| row.read.is_ok()).count(), 1_500);
        let named = Options { format: Some(export_format(format)), ..options(folder.0.join("b.gz"), library.url()) };
        let said = exported(&named).await.expect(format);
        let (mut unpacked, packed) = (String::new(), std::fs::read(folder.0.join("b.gz")).expect("a file"));
        GzDecoder::new(packed.as_slice()).read_to_string(&mut unpacked).expect("gzip");
        assert_eq!(unpacked, text, "{format}");
        assert!(said.ends_with(&format!("b.gz has {} bytes.\n", packed.len())), "{said}");
    }
    assert_eq!(names(&folder), ["a.csv", "a.jsonl", "a.mrc", "a.xml", "b.gz", "in.csv"]);
}

fn export_format(word: &str) -> Format {
    match word {
        "csv" => Format::Csv,
        "jsonl" => Format::Jsonl,
        "marc" => Format::Marc,
        _ => Format::Marcxml,
    }
}

#[tokio::test]
async fn ones_own_books_the_archive_and_a_library_for_members() {
    let library = Library::own().settings(|settings| settings.members_only_reads = true).start().await;
    let [reader, other] = [library.reader().await, library.reader().await];
    let folder = Folder::new();
    import_as(&library, &reader, seed("goodreads-editions.csv")).await.0.expect("imported");
    let mine = other.adds("Kindred", "Octavia E. Butler").await;
    let account = account(library.url(), &other);
    let of = |name: &str, owner, archived| Options {
        owner,
        archived,
        account: account.clone(),
        ..options(folder.0.join(name), library.url())
    };
    exported(&of("own.jsonl", Some(Owner::Me), false)).await.expect("own");
    exported(&of("all.jsonl", None, false)).await.expect("all");
    other.post(&format!("/books/{mine}/archive"), serde_json::json!({})).await.expect(200);
    exported(&of("archive.jsonl", None, true)).await.expect("archived");
    let lines = |name: &str| folder.read(name).lines().count();
    assert_eq!((lines("own.jsonl"), lines("all.jsonl"), lines("archive.jsonl")), (1, 4, 1));
    assert!(folder.read("archive.jsonl").contains("Kindred"));
    let refused = export(&folder, "nobody.csv", library.url()).await.expect_err("members only");
    assert!(refused.contains("set CARREL_PASSWORD"), "{refused}");
}

#[tokio::test]
async fn an_export_that_fails_leaves_the_file_that_was_there() {
    let folder = Folder::new();
    folder.file("books.csv", "before");
    let mut nowhere = options(folder.0.join("books.csv"), "not a url");
    let problem = exported(&nowhere).await.expect_err("no library");
    assert!(problem.contains("should be like http://127.0.0.1:9000/v1"), "{problem}");
    assert_eq!((folder.read("books.csv").as_str(), names(&folder)), ("before", vec!["books.csv".to_owned()]));
    nowhere.file = folder.0.join("books");
    assert!(exported(&nowhere).await.expect_err("no format").contains("say --format"));
    nowhere.file = folder.0.join("no folder/books.csv");
    assert!(exported(&nowhere).await.expect_err("no folder").contains("books.csv cannot be written: "));
}

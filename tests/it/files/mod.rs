//! `cargo run -p local -- import FILE` and `-- export FILE`, with a whole library.

mod connection;
mod exporting;
mod importing;
mod interrupted;
mod round_trip;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use flate2::Compression;
use flate2::write::GzEncoder;
use local::client::Account;
use local::import::{Counts, Importer, Options};
use serde_json::Value;
use tests::{Library, PASSWORD, Person};

/// A folder of one test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("carrel-files-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        Folder(folder)
    }

    /// Writes a file.
    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, bytes).expect("written");
        path
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).unwrap_or_else(|problem| panic!("{name}: {problem}"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A file of the crate `formats`.
fn seed(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../formats/tests/files").join(name)
}

fn account(url: &str, person: &Person) -> Account {
    Account { url: url.to_owned(), email: person.email.clone(), password: Some(PASSWORD.to_owned()), api_key: None }
}

/// Returns options of an import.
fn options(file: PathBuf, account: Account) -> Options {
    Options {
        file: Some(file),
        format: None,
        encoding: None,
        columns: Vec::new(),
        dry_run: false,
        on_duplicate: "skip".into(),
        favorites: false,
        enrich: false,
        resume: None,
        new: false,
        undo: None,
        account,
    }
}

/// Imports a file. Returns what became of its rows, and what was printed.
async fn import(options: Options) -> (Result<Counts, String>, String) {
    let (mut importer, mut out) = (Importer::new(options), Vec::new());
    let counts = importer.run(&mut out).await;
    importer.leave().await;
    (counts, String::from_utf8(out).expect("text"))
}

/// Imports a file as a person.
async fn import_as(library: &Library, person: &Person, file: PathBuf) -> (Result<Counts, String>, String) {
    import(options(file, account(library.url(), person))).await
}

fn counts(rows: u64, added: u64, skipped: u64, failed: u64) -> Counts {
    Counts { rows, added, updated: 0, skipped, failed }
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).expect("packed");
    packed.finish().expect("packed")
}

/// Returns a table of so many books.
fn table(rows: usize) -> String {
    let rows: String = (0..rows).map(|row| format!("Book {row:05},Author {}\n", row % 7)).collect();
    format!("title,author\n{rows}")
}

/// Returns the titles of all books, in the order in which they were added.
async fn titles(person: &Person) -> Vec<String> {
    let (mut titles, mut path) = (Vec::new(), "/exports/books?format=jsonl".to_owned());
    loop {
        let page = person.get(&path).await.expect(200);
        let title =
            |line: &str| serde_json::from_str::<Value>(line).expect("JSON")["title"].as_str().map(str::to_owned);
        titles.extend(page.text.lines().filter_map(title));
        let Some(next) = page.header("link").strip_prefix("</v1").and_then(|link| link.split_once('>')) else {
            return titles;
        };
        path = next.0.to_owned();
    }
}

//! `cargo run -p local -- inspect FILE`.

use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use local::inspect::{Counts, Options, inspect};

fn files() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../formats/tests/files")
}

fn options(file: PathBuf) -> Options {
    Options { file, format: None, encoding: None, columns: Vec::new(), show: 5, problems: 20, json: false }
}

fn printed(options: &Options) -> (Result<Counts, String>, String) {
    let mut out = Vec::new();
    let counts = inspect(options, &mut out);
    (counts, String::from_utf8(out).expect("text"))
}

/// Inspects a file with these bytes.
fn written(extension: &str, bytes: &[u8]) -> (Result<Counts, String>, String) {
    let file = std::env::temp_dir().join(format!("carrel-inspect-{}.{extension}", std::process::id()));
    std::fs::write(&file, bytes).expect("written");
    let printed = printed(&options(file.clone()));
    std::fs::remove_file(file).expect("removed");
    printed
}

#[test]
fn a_report_says_what_a_file_is_and_what_is_wrong_with_it() {
    let file = files().join("goodreads-review-over-lines.csv");
    let (counts, report) = printed(&options(file.clone()));
    let counts = counts.expect("a report");
    assert_eq!((counts.rows, counts.failed), (3, 1));
    for line in [
        &format!("{} is an export of Goodreads, in UTF-8.", file.display()),
        "  row 1  title: Six Bells | author: Dora Pym | isbn: 9780000010056",
        "3 rows: 2 can be taken, 1 cannot.",
        "Rows that have each field: author 2, isbn 2, title 2.",
        "         1  title-missing        cannot be taken",
        "  row 2, line 6: cannot be taken: title-missing (title): there is no title",
    ] {
        assert!(report.lines().any(|printed| printed == line), "{line}\n{report}");
    }
}

#[test]
fn every_draft_of_every_file_is_what_a_library_accepts() {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(files()).expect("files").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    assert!(files.len() > 50);
    for file in files {
        let (Ok(counts), report) = printed(&options(file.clone())) else { continue };
        assert!(
            !counts.problems.contains_key(&(true, "wrong-type")) || file.ends_with("jsonl-one-trap-a-line.jsonl"),
            "{report}"
        );
    }
}

#[test]
fn lines_of_json_are_one_a_row() {
    let (_, report) = printed(&Options { json: true, ..options(files().join("members.csv")) });
    let rows: Vec<serde_json::Value> = report.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    assert_eq!(rows.len(), 11);
    assert_eq!(rows[0]["member"]["card"], "00123");
    assert_eq!((&rows[5]["problem"]["code"], &rows[5]["line"]), (&"name-missing".into(), &7.into()));
}

#[test]
fn a_compressed_file_is_read_as_it_is_unpacked() {
    let plain = std::fs::read(files().join("marc-years.mrc")).expect("a file");
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(&plain).expect("packed");
    let (counts, _) = written("mrc.gz", &packed.finish().expect("packed"));
    assert_eq!(counts.expect("a report").rows, 8);
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_the_reason() {
    let missing = printed(&options(files().join("nothing.csv"))).0.expect_err("no file");
    assert!(missing.contains("nothing.csv cannot be read"), "{missing}");
    let refused = printed(&options(files().join("marcxml-doctype.xml"))).0.expect_err("a document type");
    assert!(refused.contains("marcxml-doctype.xml: xml-doctype: "), "{refused}");
}

#[test]
fn columns_are_named_by_whoever_asks() {
    let columns = vec![("title".to_owned(), "Kniha".to_owned()), ("author".to_owned(), "Spisovatel".to_owned())];
    let (counts, report) = printed(&Options { columns, ..options(files().join("unknown-header.csv")) });
    assert_eq!(counts.expect("a report").failed, 0);
    assert!(report.contains("title: První | author: Eva Nová"), "{report}");
}

#[test]
fn what_a_file_says_does_nothing_to_a_terminal() {
    let (_, report) = written("csv", "title,isbn,\u{1b}[31mred\nOne,\u{1b}[2J\u{202e}\n".as_bytes());
    assert!(!report.contains(['\u{1b}', '\u{202e}']) && report.contains("isbn-bad"), "{report:?}");
}

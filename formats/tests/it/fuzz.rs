//! The files, changed at random, through every reader: [docs/reliability.md](../../../docs/reliability.md#fuzzing).

use std::collections::BTreeSet;

use formats::draft::{Book, Draft};
use formats::{Code, Format, Plan, Reader, Row, Wishes};
use fuzzer::{Random, Target, changed_bytes, fuzz};

use crate::cuts::SEEDS;
use crate::file;

/// Holds what must be true of every row.
fn hold(rows: &[Row], plan: &Plan, bytes: &[u8]) {
    let mut offset = None;
    for (place, row) in rows.iter().enumerate() {
        assert_eq!(row.row, u64::try_from(place).unwrap() + 1);
        assert!(offset.is_none_or(|before| row.offset > before), "two rows at one place");
        offset = Some(row.offset);
        if plan.encoding().starts_with("UTF-8") {
            assert!(row.offset <= u64::try_from(bytes.len()).unwrap());
        }
        match &row.read {
            Ok(Draft::Book(book)) => within_limits(book),
            Ok(Draft::Member(member)) => assert!(!member.first_name.is_empty() || !member.last_name.is_empty()),
            Err(problem) => assert!(!problem.detail.is_empty()),
        }
    }
}

fn within_limits(book: &Book) {
    let fits = |text: &str, most: usize| {
        (1..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control) && text.trim() == text
    };
    let optional = |text: &Option<String>, most: usize| text.as_deref().is_none_or(|text| fits(text, most));
    assert!(fits(&book.title, 500) && fits(&book.author, 200), "{book:?}");
    assert!(
        optional(&book.country, 100) && optional(&book.language, 100) && optional(&book.shelf_mark, 20),
        "{book:?}"
    );
    assert!(book.subjects.len() <= 20 && book.subjects.iter().all(|subject| fits(subject, 100)), "{book:?}");
    assert!(
        book.isbn.as_deref().is_none_or(|isbn| isbn.len() == 13 && isbn.bytes().all(|byte| byte.is_ascii_digit())),
        "{book:?}"
    );
    assert!(book.publication_year.is_none_or(|year| (-9999..=9999).contains(&year)), "{book:?}");
    assert!(book.pages.is_none_or(|pages| (1..=100_000).contains(&pages)), "{book:?}");
    assert!(book.copies.is_none_or(|copies| copies <= 10_000), "{book:?}");
    let is_code =
        |code: &String| (4..=32).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    assert!(book.barcodes.iter().all(is_code), "{book:?}");
}

/// Reads bytes twice, as a whole and in pieces, and compares.
fn read(plan: &Plan, bytes: &[u8], piece: usize) -> Vec<Row> {
    let read = |piece: usize| {
        let mut reader = Reader::new(plan.clone());
        let mut found = Vec::new();
        for part in bytes.chunks(piece) {
            reader.push(part);
            found.extend(std::iter::from_fn(|| reader.next_row()));
        }
        reader.end();
        found.extend(std::iter::from_fn(|| reader.next_row()));
        found
    };
    let whole = read(bytes.len().max(1));
    assert_eq!(read(piece), whole, "in pieces of {piece}");
    whole
}

fn fuzz_readers(name: &str, formats: &[Format]) {
    let seeds = SEEDS.into_iter().map(file).collect();
    fuzz(&Target { name, cases: 400, change: changed_bytes, seeds }, |bytes| answer(formats, bytes));
}

/// Reads a file. Returns what is known of it then, and which problems its rows have.
fn answer(formats: &[Format], bytes: &[u8]) -> (Option<(&'static str, &'static str)>, BTreeSet<Code>) {
    let mut random = Random::of(bytes);
    // Half of the files are read as what they are guessed to be, the others as what a client says.
    let format = (random.below(2) == 0).then(|| *random.one_of(formats));
    let encoding =
        ["macintosh", "utf-16le", "shift_jis", "windows-1251"].get(random.below(20)).map(|label| (*label).to_owned());
    let wishes = Wishes { format, encoding, ..Wishes::default() };
    let piece = 1 + random.below(80);
    match Plan::guess(bytes, true, &wishes) {
        Ok(plan) => {
            let rows = read(&plan, bytes, piece);
            hold(&rows, &plan, bytes);
            let codes = rows.iter().filter_map(|row| Some(row.read.as_ref().err()?.code)).collect();
            (Some((plan.format.word(), plan.encoding())), codes)
        }
        Err(problem) => {
            let known = [Code::WrongFormat, Code::NoRecords, Code::ColumnsUnknown, Code::XmlDoctype];
            assert!(known.contains(&problem.code), "{problem:?}");
            (None, BTreeSet::from([problem.code]))
        }
    }
}

#[test]
fn fuzz_programs() {
    fuzz_readers(
        "files-of-programs",
        &[Format::Goodreads, Format::StoryGraph, Format::LibraryThing, Format::Calibre, Format::BookWyrm],
    );
}

#[test]
fn fuzz_tables() {
    fuzz_readers("tables", &[Format::Csv, Format::Isbns, Format::Members]);
}

#[test]
fn fuzz_json_lines() {
    fuzz_readers("json-lines", &[Format::JsonLines]);
}

#[test]
fn fuzz_marc() {
    fuzz_readers("marc", &[Format::Marc]);
}

#[test]
fn fuzz_marcxml() {
    fuzz_readers("marcxml", &[Format::MarcXml]);
}

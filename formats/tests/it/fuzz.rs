//! A small fuzzer: the files, changed at random, through every reader. The seed is fixed, so a finding comes again.
//!
//! `FORMATS_FUZZ_SECONDS=600 cargo test -p formats --release --test it -- fuzz` looks longer.

use std::time::{Duration, Instant};

use formats::draft::{Book, Draft};
use formats::{Code, Format, Plan, Reader, Row, Wishes};

use crate::cuts::SEEDS;
use crate::file;

/// How many changed files each reader reads, if no time is set.
const CASES: usize = 400;

/// A generator of random numbers (splitmix64), the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap()).unwrap()
    }
}

/// What breaks readers: the marks of every format.
const MARKS: &[&[u8]] = &[
    b"\"",
    b"\"\"",
    b"\r",
    b"\n",
    b"\r\n",
    b"\0",
    b",",
    b";",
    b"\t",
    b"'",
    b"=",
    b"\x1d",
    b"\x1e",
    b"\x1f",
    b"\x1b$1",
    b"\x1b(2",
    b"\x1b",
    b"\xe2",
    b"\xff",
    b"\xc3",
    b"\xef\xbb\xbf",
    b"\xf0\x9f\x9a\x80",
    b"</record>",
    b"<record>",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"<!DOCTYPE",
    b"&",
    b"&#x110000;",
    b"99999",
    b"2147483648",
    b"-",
    b"{",
    b"}",
    b"[",
    b"\\ud800",
    b"\\u0000",
    b"9780306406157",
    b"9.78E+12",
];

fn changed(random: &mut Random, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = seeds[random.below(seeds.len())].clone();
    for _ in 0..=random.below(8) {
        let at = random.below(bytes.len() + 1);
        let end = (at + random.below(40)).min(bytes.len());
        match random.below(7) {
            0 if at < bytes.len() => bytes[at] = u8::try_from(random.below(256)).unwrap(),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let part = bytes[at..end].to_vec();
                let to = random.below(bytes.len() + 1);
                bytes.splice(to..to, part);
            }
            3 => bytes.truncate(at.max(1)),
            4 => {
                let other = &seeds[random.below(seeds.len())];
                let from = random.below(other.len());
                bytes.splice(at..at, other[from..(from + 60).min(other.len())].to_vec());
            }
            5 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            _ => drop(bytes.splice(at..at, MARKS[random.below(MARKS.len())].to_vec())),
        }
    }
    bytes
}

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

fn fuzz(formats: &[Format]) {
    let seeds: Vec<Vec<u8>> = SEEDS.into_iter().map(file).collect();
    let seconds =
        std::env::var("FORMATS_FUZZ_SECONDS").ok().map(|seconds| seconds.parse().unwrap()).map(Duration::from_secs);
    let started = Instant::now();
    let mut random = Random(7);
    let mut cases = 0;
    while seconds.map_or(cases < CASES, |seconds| started.elapsed() < seconds) {
        cases += 1;
        let bytes = changed(&mut random, &seeds);
        // Half of the files are read as what they are guessed to be, the others as what a client says.
        let format = (random.below(2) == 0).then(|| formats[random.below(formats.len())]);
        let encoding = ["macintosh", "utf-16le", "shift_jis", "windows-1251"]
            .get(random.below(20))
            .map(|label| (*label).to_owned());
        let wishes = Wishes { format, encoding, ..Wishes::default() };
        let piece = 1 + random.below(80);
        match Plan::guess(&bytes, true, &wishes) {
            Ok(plan) => {
                let rows = read(&plan, &bytes, piece);
                hold(&rows, &plan, &bytes);
            }
            Err(problem) => {
                let known = [Code::WrongFormat, Code::NoRecords, Code::ColumnsUnknown, Code::XmlDoctype];
                assert!(known.contains(&problem.code), "{problem:?}");
            }
        }
    }
    println!("{cases} files");
}

#[test]
fn fuzz_programs() {
    fuzz(&[Format::Goodreads, Format::StoryGraph, Format::LibraryThing, Format::Calibre, Format::BookWyrm]);
}

#[test]
fn fuzz_tables() {
    fuzz(&[Format::Csv, Format::Isbns, Format::Members]);
}

#[test]
fn fuzz_json_lines() {
    fuzz(&[Format::JsonLines]);
}

#[test]
fn fuzz_marc() {
    fuzz(&[Format::Marc]);
}

#[test]
fn fuzz_marcxml() {
    fuzz(&[Format::MarcXml]);
}

//! What is written is read as it was.

use formats::draft::Book;
use formats::{Row, Wishes, rows, write};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::{book, plan_of, read};

/// Texts as the library has them: composed, one line, no blanks at the ends, something to see.
fn text(most: usize) -> impl Strategy<Value = String> {
    let letters = "[ -~äöüßéñŁłøÆ源本が챈กิน'=+@;,\"|\u{a0}\u{ad}\u{3000}–“„כתבم\u{ff1d}]{0,30}";
    (letters, "[=+@'\"A-Zäa-z0-9;&<#源-]{1,5}").prop_map(move |(start, end)| {
        let text: String = format!("{start}{end}").trim().chars().take(most).collect();
        text.trim().to_owned()
    })
}

fn any_book() -> impl Strategy<Value = Book> {
    let isbn = option::of(prop::sample::select(vec!["9780306406157", "9780804429573", "9791090648524"]));
    let language = option::of(prop::sample::select(vec!["English", "German", "Klingonish", "Old English", "日本語"]));
    let first = (text(60), text(40), isbn, option::of(-3000_i32..2100), option::of(text(30)), language);
    let second = (
        option::of(1_u32..100_000),
        option::of((1000_i16..2100, 1_i8..13, 1_i8..29)),
        option::of(text(20)),
        vec(text(50), 0..5),
        0_u32..300,
        vec("[A-Z0-9]{4,32}", 0..4),
    );
    (first, second).prop_map(
        |((title, author, isbn, year, country, language), (pages, date, shelf_mark, subjects, copies, barcodes))| {
            let mut book = Book {
                source: Some("carrel#0192f3a4-6f2d-7c10-8a35-d1e2f3a4b5c6".into()),
                title,
                author,
                isbn: isbn.map(str::to_owned),
                publication_year: year.filter(|year| *year != 0),
                country,
                language: language.map(str::to_owned),
                pages,
                release_date: date.map(|(year, month, day)| format!("{year}-{month:02}-{day:02}")),
                shelf_mark,
                subjects,
                copies: Some(copies),
                barcodes,
            };
            let mut kept: Vec<String> = Vec::new();
            book.subjects.retain(|subject| {
                !kept.contains(subject) && {
                    kept.push(subject.clone());
                    true
                }
            });
            let mut kept: Vec<String> = Vec::new();
            book.barcodes.retain(|code| {
                !kept.contains(code) && {
                    kept.push(code.clone());
                    true
                }
            });
            book
        },
    )
}

/// Two pages put one after the other, in each format.
fn written(books: &[Book]) -> [(&'static str, Vec<u8>); 4] {
    let mut csv = write::csv::first();
    let mut jsonl = String::new();
    let mut marc = Vec::new();
    let mut marcxml = write::marcxml::first().to_owned();
    for book in books {
        write::csv::book(&mut csv, book);
        write::jsonl::book(&mut jsonl, book);
        write::marc::book(&mut marc, book);
        write::marcxml::book(&mut marcxml, book);
    }
    marcxml.push_str(write::marcxml::last());
    [("csv", csv.into_bytes()), ("jsonl", jsonl.into_bytes()), ("marc", marc), ("marcxml", marcxml.into_bytes())]
}

fn read_back(format: &str, bytes: &[u8]) -> Vec<Row> {
    let plan = plan_of(bytes, &Wishes::default()).unwrap_or_else(|problem| panic!("{format}: {problem:?}"));
    assert_eq!(plan.format.word(), format);
    assert!(plan.unread.is_empty());
    rows(plan, bytes).collect()
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_it_was(books in vec(any_book(), 1..4)) {
        for (format, bytes) in written(&books) {
            let rows = read_back(format, &bytes);
            prop_assert_eq!(rows.len(), books.len(), "{}", format);
            for (row, written) in rows.iter().zip(&books) {
                prop_assert_eq!(book(row), written, "{}", format);
                prop_assert!(row.warnings.is_empty(), "{}: {:?}", format, row.warnings);
            }
        }
    }
}

#[test]
fn im78_xp1_formulas_come_back_as_they_were() {
    let books: Vec<Book> = read("formulas-in-titles.csv", "csv").iter().map(|row| book(row).clone()).collect();
    for (format, bytes) in written(&books) {
        let again: Vec<Book> = read_back(format, &bytes).iter().map(|row| book(row).clone()).collect();
        let facts =
            |books: &[Book]| books.iter().map(|book| (book.title.clone(), book.publication_year)).collect::<Vec<_>>();
        assert_eq!(facts(&again), facts(&books), "{format}");
    }
    let csv = String::from_utf8(written(&books)[0].1.clone()).unwrap();
    assert!(
        csv.contains(",'=1+1,") && csv.contains(",-380,") && csv.contains(",''=kept,") && csv.contains(",'Tis,"),
        "{csv}"
    );
}

#[test]
fn im79_xp2_a_spreadsheet_opens_the_csv() {
    let title = "Été 源: \"Quoted\"; one\u{a0}two, and | more";
    let books = [Book { title: title.into(), author: "Ann Ott".into(), copies: Some(1), ..Book::default() }];
    let csv = written(&books)[0].1.clone();
    assert!(csv.starts_with(b"\xef\xbb\xbfid,title,author,"));
    assert!(csv.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).all(|line| line.ends_with(b"\r")));
    assert_eq!(book(&read_back("csv", &csv)[0]).title, title);
}

#[test]
fn im80_xp3_pages_after_one_another_are_the_file() {
    let books = ["One", "Two"].map(|title| Book {
        title: title.into(),
        author: "Ann Ott".into(),
        copies: Some(1),
        ..Book::default()
    });
    let page = |place: usize| {
        let mut page = String::new();
        write::csv::book(&mut page, &books[place]);
        page
    };
    assert_eq!(format!("{}{}{}", write::csv::first(), page(0), page(1)).into_bytes(), written(&books)[0].1);
    assert!(!page(1).starts_with('\u{feff}'));
}

#[test]
fn a_book_of_thousands_of_copies_is_written_and_read() {
    let barcodes: Vec<String> = (0..5_000).map(|number| format!("2900{number:08}")).collect();
    let books =
        [Book { title: "Many".into(), author: "Ann Ott".into(), copies: Some(10_000), barcodes, ..Book::default() }];
    for (format, bytes) in written(&books) {
        let rows = read_back(format, &bytes);
        assert_eq!(
            (book(&rows[0]).copies, book(&rows[0]).barcodes.len(), rows.len()),
            (Some(10_000), 5_000, 1),
            "{format}"
        );
    }
}

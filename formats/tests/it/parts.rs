//! The splitter: the parts of a file are read as the whole.

use formats::{Code, HEAD, LONGEST, MOST_ROWS, Part, Place, Plan, Row, Splitter, Wishes, rows};
use proptest::prelude::*;

use crate::cuts::SEEDS;
use crate::{file, plan_of};

/// Cuts a file that comes in pieces.
fn parts(plan: &Plan, bytes: &[u8], piece: usize) -> (Vec<Part>, u64) {
    let mut splitter = Splitter::new(plan.clone());
    let mut parts = Vec::new();
    for piece in bytes.chunks(piece) {
        splitter.push(piece);
        parts.extend(std::iter::from_fn(|| splitter.next_part()));
    }
    splitter.end();
    parts.extend(std::iter::from_fn(|| splitter.next_part()));
    (parts, splitter.too_long())
}

/// Reads the parts as an import does: the first says how, and each is read when it comes.
fn taken(label: Option<&str>, parts: &[Part]) -> Vec<Row> {
    let wishes = Wishes { encoding: label.map(str::to_owned), ..Wishes::default() };
    let first = &parts[0];
    let head = &first.bytes[..HEAD.min(first.bytes.len())];
    let plan = Plan::guess(head, first.is_last && head.len() == first.bytes.len(), &wishes).unwrap();
    let plan = Plan::kept(&plan.keep().unwrap()).unwrap();
    let mut place = Place { offset: 0, line: 1, rows: 0 };
    let mut all = Vec::new();
    for part in parts {
        let (found, next) = plan.part(place, &part.bytes, part.is_last).unwrap();
        assert_eq!(found.len() as u64, part.rows);
        assert!(part.rows <= MOST_ROWS && part.bytes.len() <= LONGEST);
        all.extend(found);
        place = next;
    }
    all
}

/// A file of many rows, made of the records of a small one.
fn many(name: &str, records: &[u8], times: usize) -> Vec<u8> {
    let bytes = file(name);
    let mut many = bytes.clone();
    (0..times).for_each(|_| many.extend_from_slice(records));
    many
}

#[test]
fn the_parts_of_every_file_are_read_as_the_whole() {
    for name in SEEDS.into_iter().filter(|name| *name != "members.csv") {
        let bytes = file(name);
        let plan = plan_of(&bytes, &Wishes::default()).unwrap();
        let whole: Vec<Row> = rows(plan.clone(), &bytes).collect();
        for piece in [1, 7, 1_000_000] {
            let (parts, too_long) = parts(&plan, &bytes, piece);
            assert_eq!((parts.len(), too_long), (1, 0), "{name}");
            assert_eq!(taken(plan.label(), &parts), whole, "{name}");
        }
    }
}

#[test]
fn many_rows_become_parts_that_need_no_more_bytes() {
    let open = b"\"Open,A\nOne,B\n".as_slice();
    for (name, records) in [
        ("mac-roman-cr-only.csv", &b"Caf\x8e,No\x91l\r"[..]),
        ("quote-never-closed.csv", open),
        ("goodreads-review-over-lines.csv", b"1,\"Six\nBells\",Dora Pym\n\n"),
    ] {
        let bytes = many(name, records, 1_700);
        let plan = plan_of(&bytes, &Wishes::default()).unwrap();
        let whole: Vec<Row> = rows(plan.clone(), &bytes).collect();
        let (parts, _) = parts(&plan, &bytes, 4_096);
        assert!(parts.len() > 3, "{name}");
        assert_eq!(taken(plan.label(), &parts), whole, "{name}");
    }
}

#[test]
fn an_encoding_that_only_a_later_part_shows_is_that_of_the_file() {
    let mut bytes = b"title,author\n".to_vec();
    (0..600).for_each(|row| bytes.extend(format!("Book {row},A\n").bytes()));
    bytes.extend(b"D\xe9j\xe0 vu,A\n");
    let plan = plan_of(&bytes, &Wishes::default()).unwrap();
    assert_eq!(plan.label(), Some("windows-1252"));
    let (parts, _) = parts(&plan, &bytes, 1_000);
    let last = taken(plan.label(), &parts).pop().unwrap();
    assert_eq!((crate::book(&last).title.as_str(), last.warnings.len()), ("Déjà vu", 0));
}

#[test]
fn utf_16_becomes_utf_8_before_it_is_cut() {
    let text: String = (0..1_200).map(|row| format!("Été {row},A\r\n")).collect();
    let bytes: Vec<u8> = format!("\u{feff}title,author\r\n{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let plan = plan_of(&bytes, &Wishes::default()).unwrap();
    assert_eq!((plan.encoding(), plan.label()), ("UTF-16LE", Some("UTF-8")));
    let (parts, _) = parts(&plan, &bytes, 999);
    assert_eq!(parts.iter().map(|part| part.rows).collect::<Vec<_>>(), [500, 500, 200]);
    assert_eq!(crate::book(&taken(plan.label(), &parts)[1_199]).title, "Été 1199");
}

#[test]
fn a_record_that_is_too_long_for_a_part_is_left_out_and_the_others_stay() {
    let long = format!("Long,\"{}\"\n", "x".repeat(2 * LONGEST));
    for before in ["", "One,A\n"] {
        let bytes = format!("title,author\n{before}{long}Two,B\n{long}Three,C\n").into_bytes();
        let plan = plan_of(&bytes, &Wishes::default()).unwrap();
        let (parts, too_long) = parts(&plan, &bytes, 1 << 16);
        assert_eq!(too_long, 2);
        let titles: Vec<_> = taken(plan.label(), &parts).iter().map(|row| crate::book(row).title.clone()).collect();
        assert_eq!(titles, if before.is_empty() { vec!["Two", "Three"] } else { vec!["One", "Two", "Three"] });
    }
}

#[test]
fn a_part_ends_before_it_is_too_long() {
    let record = format!("{{\"title\":\"One\",\"author\":\"{}\"}}\n", "x".repeat(300_000));
    let bytes = record.repeat(10).into_bytes();
    let plan = plan_of(&bytes, &Wishes::default()).unwrap();
    let (parts, _) = parts(&plan, &bytes, 5_000);
    assert_eq!(parts.iter().map(|part| part.rows).collect::<Vec<_>>(), [3, 3, 3, 1]);
    assert_eq!(taken(plan.label(), &parts).len(), 10);
}

#[test]
fn a_record_without_end_needs_no_more_memory_than_the_longest() {
    let plan = plan_of(b"title,author\nOne,A\n", &Wishes::default()).unwrap();
    let mut splitter = Splitter::new(plan);
    splitter.push(b"title,author\nOne,A\n\"");
    let piece = vec![0_u8; 1 << 16];
    for _ in 0..64 {
        splitter.push(&piece);
        assert_eq!(splitter.next_part().map(|part| part.rows), None);
    }
    assert_eq!(splitter.too_long(), 1);
    splitter.end();
    assert_eq!(splitter.next_part().map(|part| (part.rows, part.is_last)), Some((1, true)));
    assert_eq!(splitter.next_part(), None);
}

#[test]
fn the_code_of_a_record_that_was_left_out_says_so() {
    let bytes = format!("title,author\n{},A\nTwo,B\n", "x".repeat(LONGEST + 1)).into_bytes();
    let plan = plan_of(&bytes, &Wishes::default()).unwrap();
    let mut records = formats::Records::new(plan);
    records.push(&bytes);
    records.end();
    let found: Vec<_> = std::iter::from_fn(|| records.next_record()).collect();
    assert_eq!(found[0].row.read.as_ref().unwrap_err().code, Code::RecordTooLong);
    assert_eq!((found[0].bytes.as_slice(), found[0].own()), (&b"title,author\n"[..], &b""[..]));
    assert_eq!(found[1].own(), b"Two,B\n");
}

proptest! {
    #[test]
    fn the_parts_are_the_same_however_the_bytes_come(seed in 0..SEEDS.len(), piece in 1_usize..5_000, times in 0_usize..900) {
        let bytes = many(SEEDS[seed], b"One,A\n", times);
        let plan = plan_of(&bytes, &Wishes::default()).unwrap();
        prop_assert_eq!(parts(&plan, &bytes, piece), parts(&plan, &bytes, bytes.len()));
    }
}

//! Bytes come in pieces, and files in parts: the rows are those of the whole.

use std::collections::BTreeMap;

use formats::{Code, LONGEST, Place, Plan, Reader, Row, Wishes, rows};
use proptest::prelude::*;

use crate::{book, file, plan_of, told};

/// The files that can be read, one of each format and some with the worst traps.
pub(crate) const SEEDS: [&str; 22] = [
    "bookwyrm.csv",
    "calibre.csv",
    "cells-shifted.csv",
    "excel-numbers.csv",
    "excel-semicolon-sep-1252.csv",
    "goodreads-isbn-formula.csv",
    "goodreads-review-over-lines.csv",
    "isbn-list.txt",
    "jsonl-one-trap-a-line.jsonl",
    "latin1-line-in-utf8-file.csv",
    "librarything-quotes-are-data.tsv",
    "mac-roman-cr-only.csv",
    "marc-245-kinds.mrc",
    "marc-bad-record-between-good.mrc",
    "marc-directory-counts-letters.mrc",
    "marc8-marks-and-escapes.mrc",
    "marcxml-bad-among-good.xml",
    "marcxml-one-line-traps.xml",
    "marcxml-sru-wrapper.xml",
    "members.csv",
    "quote-never-closed.csv",
    "utf16le-bom.csv",
];

fn in_pieces(plan: Plan, bytes: &[u8], cuts: &[usize]) -> Vec<Row> {
    let mut reader = Reader::new(plan);
    let mut found = Vec::new();
    let mut from = 0;
    for cut in cuts.iter().copied().chain([bytes.len()]) {
        let cut = cut.clamp(from, bytes.len());
        reader.push(&bytes[from..cut]);
        from = cut;
        found.extend(std::iter::from_fn(|| reader.next_row()));
    }
    reader.end();
    found.extend(std::iter::from_fn(|| reader.next_row()));
    found
}

#[test]
fn every_cut_gives_the_rows_of_the_whole() {
    for name in SEEDS {
        let bytes = file(name);
        let plan = plan_of(&bytes, &Wishes::default()).unwrap();
        let whole: Vec<_> = rows(plan.clone(), &bytes).collect();
        for cut in (0..bytes.len()).filter(|cut| bytes.len() < 600 || cut % 7 == 0 || bytes[*cut] < b' ') {
            assert_eq!(in_pieces(plan.clone(), &bytes, &[cut]), whole, "{name} cut at {cut}");
        }
        let each: Vec<_> = (0..bytes.len()).collect();
        assert_eq!(in_pieces(plan.clone(), &bytes, &each), whole, "{name} byte by byte");
    }
}

proptest! {
    #[test]
    fn any_cuts_give_the_rows_of_the_whole(seed in 0..SEEDS.len(), mut cuts in proptest::collection::vec(0_usize..4_000, 0..20)) {
        let bytes = file(SEEDS[seed]);
        let plan = plan_of(&bytes, &Wishes::default()).unwrap();
        let whole: Vec<_> = rows(plan.clone(), &bytes).collect();
        cuts.sort_unstable();
        prop_assert_eq!(in_pieces(plan, &bytes, &cuts), whole);
    }
}

#[test]
fn a_reader_goes_on_from_any_place_between_two_rows() {
    for name in SEEDS.into_iter().filter(|name| !name.starts_with("utf16")) {
        let bytes = file(name);
        let plan = plan_of(&bytes, &Wishes::default()).unwrap();
        let whole: Vec<_> = rows(plan.clone(), &bytes).collect();
        for stop in 1..whole.len() {
            let mut reader = Reader::new(plan.clone());
            reader.push(&bytes);
            reader.end();
            (0..stop).for_each(|_| assert!(reader.next_row().is_some()));
            let place = reader.place();
            let mut again = Reader::from(plan.clone(), place);
            again.push(&bytes[usize::try_from(place.offset).unwrap()..]);
            again.end();
            let rest: Vec<_> = std::iter::from_fn(|| again.next_row()).collect();
            assert_eq!(rest, whole[stop..], "{name} from row {stop}");
        }
    }
}

/// The website cuts files, too: tests/website/files.py holds its script to the same places.
#[test]
fn a_file_is_cut_into_parts_at_the_places_that_the_website_finds() {
    let places: BTreeMap<String, Vec<usize>> = serde_json::from_str(include_str!("../parts.json")).unwrap();
    for (name, ends) in places {
        let bytes = file(&name);
        let plan = plan_of(&bytes, &Wishes::default()).unwrap();
        let whole: Vec<_> = rows(plan.clone(), &bytes).collect();
        // A CR may be half of a line end, so the part says that nothing follows.
        let is_last = |end: usize| end == bytes.len() || bytes[end - 1] == b'\r';
        let start = Place { offset: 0, line: 1, rows: 0 };
        let (mut place, mut from, mut found) = (start, 0, Vec::new());
        for &end in &ends {
            let (rows, next) = plan
                .part(place, &bytes[from..end], is_last(end))
                .unwrap_or_else(|problem| panic!("{name} at {end}: {problem:?}"));
            found.extend(rows);
            (place, from) = (next, end);
        }
        assert_eq!(found, whole, "{name}");
        assert_eq!(from, bytes.len(), "{name}");

        let mut reader = Reader::new(plan.clone());
        reader.push(&bytes);
        reader.end();
        for _ in 1..whole.len() {
            assert!(reader.next_row().is_some());
            let end = usize::try_from(reader.place().offset).unwrap();
            let is_end = plan.part(start, &bytes[..end], is_last(end)).is_ok();
            assert_eq!(ends.contains(&end), is_end, "{name} at {end}");
        }
    }
}

#[test]
fn im75_a_part_that_ends_within_a_record_is_refused() {
    let start = Place { offset: 0, line: 1, rows: 0 };
    for (name, ends) in [
        ("excel-semicolon-sep-1252.csv", vec![40, 65, 66]),
        ("goodreads-review-over-lines.csv", vec![500]),
        ("marc-245-kinds.mrc", vec![30, 90]),
        ("marcxml-prefix.xml", vec![200, 300]),
        ("jsonl-one-trap-a-line.jsonl", vec![20]),
    ] {
        let bytes = file(name);
        let plan = plan_of(&bytes, &Wishes::default()).unwrap();
        for end in ends {
            let problem = plan.part(start, &bytes[..end], false).unwrap_err();
            assert_eq!(problem.code, Code::PartCutsRecord, "{name} at {end}");
        }
        assert!(plan.part(start, &bytes, true).is_ok(), "{name}");
    }
}

#[test]
fn a_record_that_is_too_long_fails_alone_and_is_not_kept() {
    let long = "x".repeat(3 * LONGEST);
    let marc = file("marc-years.mrc");
    let end = marc.iter().position(|byte| *byte == 0x1d).unwrap();
    let (first, others) = marc.split_at(end + 1);
    let record = |title: &str| {
        format!("<record><leader/><datafield tag=\"245\"><subfield code=\"a\">{title}</subfield></datafield></record>")
    };
    for (bytes, titles) in [
        (format!("title\nOne\n{long}\nTwo\n").into_bytes(), ["One", "Two"]),
        (format!("title\nOne\n\"{long}\"\nTwo\n").into_bytes(), ["One", "Two"]),
        (
            format!("{{\"title\":\"One\"}}\n{{\"title\":\"{long}\"}}\n{{\"title\":\"Two\"}}").into_bytes(),
            ["One", "Two"],
        ),
        ([first, long.as_bytes(), b"\x1d", &others[..200]].concat(), ["Uu", "Nines"]),
        (format!("<c>{}{}{}</c>", record("One"), record(&long), record("Two")).into_bytes(), ["One", "Two"]),
    ] {
        let plan = plan_of(&bytes, &Wishes::default()).unwrap();
        let rows: Vec<_> = rows(plan, &bytes).take(3).collect();
        assert_eq!(
            (book(&rows[0]).title.as_str(), book(&rows[2]).title.as_str()),
            (titles[0], titles[1]),
            "{:?}",
            told(&rows)
        );
        let code = rows[1].read.as_ref().unwrap_err().code;
        assert!(code == Code::RecordTooLong || code == Code::QuoteOpen, "{code:?}");
        assert_eq!(rows[2].row, 3);
    }
}

#[test]
fn quotation_marks_that_are_never_closed_take_no_more_time_than_lines() {
    let bytes = format!("title,author\n{}", "\"Open,Ann Ott\nPlain,Bo Low\n".repeat(100_000)).into_bytes();
    let plan = plan_of(&bytes, &Wishes::default()).unwrap();
    let found = rows(plan, &bytes).count();
    assert!(found > 100_000, "{found}");
}

#[test]
fn deep_nesting_and_lying_numbers_are_problems_of_a_record() {
    let deep = format!("{{\"title\":{}1{}}}\n{{\"title\":\"Two\"}}\n", "[".repeat(100_000), "]".repeat(100_000));
    let wide = format!(
        "{{{}\"a\":1}}\n{{\"title\":\"Two\"}}\n",
        (0..50_000).map(|n| format!("\"k{n}\":1,")).collect::<String>()
    );
    let xml = format!(
        "<c><record><leader/>{}</record><record><leader/><datafield tag=\"245\"><subfield code=\"a\">Two</subfield></datafield></record></c>",
        "<a>".repeat(50_000)
    );
    let field = "2452147483648\x1e10\x1faOne\x1e\x1d";
    let marc = format!(
        "99999nam a2299999 a 4500245999999999924500009999{field}00060nam a2200037 a 4500245000800000\x1e10\x1faTwo\x1e\x1d"
    );
    for text in [deep, wide, xml, marc] {
        let plan = plan_of(text.as_bytes(), &Wishes::default()).unwrap();
        let rows: Vec<_> = rows(plan, text.as_bytes()).collect();
        assert_eq!((rows.len(), book(&rows[1]).title.as_str()), (2, "Two"), "{:?}", told(&rows));
    }
}

#[test]
fn a_megabyte_of_anything_takes_no_longer_than_a_megabyte() {
    let record = |field: &str| format!("<c><record><leader/>{field}</record></c>");
    let data = |tag: &str, code: &str, text: &str| {
        format!("<datafield tag=\"{tag}\" ind1=\"1\"><subfield code=\"{code}\">{text}</subfield></datafield>")
    };
    let many = |text: &str| text.repeat(900_000 / text.len());
    // A directory whose entries are all of the same long field.
    let entries = "245999900000".repeat(50_000);
    let overlapping = format!("99999nam a2299999 a 4500{entries}\x1e10\x1fa{}\x1e\x1d", "x".repeat(9_994));
    for text in [
        format!("Book Id,Title,Author,Exclusive Shelf,Additional Authors\n1,{},Ann Ott,read,\n", many("&")),
        format!("Book Id,Title,Author,Exclusive Shelf,Additional Authors\n1,One,Ann Ott,read,\"{}\"\n", many(", Jr.")),
        format!(
            "title,barcodes,isbn,language\nOne,\"{}\",\"{}\",\n",
            (0..60_000).map(|n| format!("{n:06};")).collect::<String>(),
            many("9;")
        ),
        format!("title,pages,language\nOne,{},\"{}\"\n", "1".repeat(400_000), "ab,".repeat(150_000)),
        format!("title,author\nOne,{}\n", many("a;")),
        format!("title\nOne{}\n", many(",")),
        format!("{{\"title\":\"One\",\"subjects\":[{}\"x\"]}}\n", many("\"a\",")),
        record(&data("245", "a", &many("e\u{301}\u{323}"))),
        record(&format!(
            "{}<datafield tag=\"100\" ind1=\"1\">{}</datafield>",
            data("245", "a", "One"),
            many("<subfield code=\"c\">x</subfield>")
        )),
        record(&many("<datafield tag=\"650\"><subfield code=\"a\">x</subfield></datafield>")),
        overlapping,
    ] {
        let plan = plan_of(text.as_bytes(), &Wishes::default()).unwrap();
        assert_eq!(rows(plan, text.as_bytes()).count(), 1, "{}", &text[..60]);
    }
}

#[test]
fn a_line_end_that_is_cut_in_two_is_one() {
    let one = "<record><datafield tag=\"245\"><subfield code=\"a\">One</subfield></datafield></record>";
    let bytes = format!(
        "<?xml version=\"1.0\"?>\r\n<collection>\r\n{one}\r\n\r\n{one}\r\n<!-- -->\r\n<record><leader>0</leader>\r\n"
    )
    .into_bytes();
    let plan = plan_of(&bytes, &Wishes::default()).unwrap();
    let whole = in_pieces(plan.clone(), &bytes, &[]);
    assert_eq!(whole.iter().filter_map(|row| row.line).collect::<Vec<_>>(), [3, 5, 7]);
    for cut in 1..bytes.len() {
        assert_eq!(in_pieces(plan.clone(), &bytes, &[cut]), whole, "cut at {cut}");
    }
    let each: Vec<usize> = (1..bytes.len()).collect();
    assert_eq!(in_pieces(plan, &bytes, &each), whole);
}

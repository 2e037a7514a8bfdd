//! Tables that people make, and JSON Lines.

use formats::{Code, Plan, Row, Wishes, rows};

use crate::{book, file, plan_of, read, refused, told, warned};

fn read_with(name: &str, wishes: &Wishes) -> (Plan, Vec<Row>) {
    let bytes = file(name);
    let plan = plan_of(&bytes, wishes).unwrap();
    (plan.clone(), rows(plan, &bytes).collect())
}

#[test]
fn im16_excels_line_sep_is_no_header_and_its_encoding_is_guessed() {
    let (plan, rows) = read_with("excel-semicolon-sep-1252.csv", &Wishes::default());
    assert_eq!(told(&rows), ["Méthode – «Art» / José Ñandú / 9780000010261", "Semi; colon / Ann, Bo / 9780000010278"]);
    assert_eq!(book(&rows[0]).publication_year, Some(1999));
    assert_eq!(plan.encoding(), "windows-1252");
    assert!(plan.reasons.iter().any(|reason| reason.contains("windows-1252 is a guess")), "{:?}", plan.reasons);
}

#[test]
fn im17_a_number_that_a_spreadsheet_changed_is_never_another_book() {
    let rows = read("excel-numbers.csv", "csv");
    assert_eq!(
        told(&rows),
        [
            "Patterns One / Ann Lee / - !isbn-mangled",
            "Patterns Two / Bob Lee / - !isbn-mangled",
            "Rounded / Cy Lee / - !isbn-mangled",
            "German Rounded / Di Lee / - !isbn-mangled",
            "Zero Lost / Ed Lee / 9780306406157 !isbn-zero-added",
            "Float / Fi Lee / 9780000010292",
            "Spaces / Gi Lee / 9780000010308",
            "Text Quote / Hi Lee / 9780000010315",
            "Two / Ji Lee / 9780000010322 !isbn-two",
            "Nine Nines / Ki Lee / - !isbn-check-digit",
        ]
    );
    assert_eq!(warned(&rows[8], Code::IsbnTwo).value.as_deref(), Some("9780000010339"));
}

#[test]
fn im18_a_return_alone_ends_a_line_and_means_a_mac() {
    let expected = ["Café Noël / André Sulc / -", "Second Row / Zoë Ångström / -"];
    let (plan, rows) = read_with("mac-roman-cr-only.csv", &Wishes::default());
    assert_eq!((told(&rows), plan.encoding()), (expected.map(String::from).to_vec(), "macintosh"));
    assert!(plan.reasons.iter().any(|reason| reason.contains("macintosh is a guess")));
    let named = Wishes { encoding: Some("macintosh".into()), ..Wishes::default() };
    let (plan, rows) = read_with("mac-roman-cr-only.csv", &named);
    assert_eq!(told(&rows), expected);
    assert!(!plan.reasons.iter().any(|reason| reason.contains("guess")));
}

#[test]
fn im19_utf_16_is_read() {
    let (plan, rows) = read_with("utf16le-bom.csv", &Wishes::default());
    assert_eq!(told(&rows), ["Łódź w śniegu / Żaneta Ćwik / 9780000010346", "源の本 / 山田花子 / 9780000010353"]);
    assert_eq!(plan.encoding(), "UTF-16LE");
    // Its second part has no byte order mark: what is cut is UTF-8 already.
    let text = String::from_utf16(
        &file("utf16le-bom.csv")[2..].chunks(2).map(|two| u16::from_le_bytes([two[0], two[1]])).collect::<Vec<_>>(),
    )
    .unwrap();
    let cut = text.find("源").unwrap();
    let plan = plan_of(text.as_bytes(), &Wishes::default()).unwrap();
    let (first, place) =
        plan.part(formats::Place { offset: 0, line: 1, rows: 0 }, &text.as_bytes()[..cut], false).unwrap();
    let (second, _) = plan.part(place, &text.as_bytes()[cut..], true).unwrap();
    assert_eq!((first.len(), told(&second)), (1, vec!["源の本 / 山田花子 / 9780000010353".to_owned()]));
    assert_eq!((second[0].row, second[0].line), (2, Some(3)));
}

#[test]
fn im20_columns_in_another_language_are_named_by_the_client() {
    let columns = [("title", "Titel"), ("author", "Verfasser"), ("isbn", "ISBN-Nummer"), ("publicationYear", "Jahr")];
    let columns = columns.map(|(field, column)| (field.to_owned(), column.to_owned())).into();
    let (plan, rows) = read_with("header-case-and-language.csv", &Wishes { columns, ..Wishes::default() });
    assert_eq!(told(&rows), ["Eins / Uwe Au / 9780000010360"]);
    assert_eq!(book(&rows[0]).publication_year, Some(1990));
    assert_eq!(plan.unread, ["Notiz"]);
}

#[test]
fn im21_a_row_with_shifted_cells_fails() {
    assert_eq!(
        told(&read("cells-shifted.csv", "csv")),
        [
            "Right / Ann Ott / 9780000010377",
            "too-many-cells  line 3",
            "Trailing / Ann Ott / 9780000010391",
            "Short / Ann Ott / -",
            "Alone / Unknown / - !author-unknown",
        ]
    );
}

#[test]
fn im22_a_quotation_mark_that_is_never_closed_costs_one_line() {
    assert_eq!(
        told(&read("quote-never-closed.csv", "csv")),
        [
            "Fine Before / Ann Ott / 9780000010407",
            "quote-open  line 3",
            "Fine After / Ann Ott / 9780000010421",
            "Last / Ann Ott / 9780000010438",
        ]
    );
}

#[test]
fn im23_columns_without_a_title_are_named() {
    let (code, detail) = refused("unknown-header.csv");
    assert_eq!(code, Code::ColumnsUnknown);
    assert!(detail.contains("Kniha, Spisovatel") && detail.contains("title, author, isbn"), "{detail}");
    let columns = [("title".to_owned(), "kniha".to_owned()), ("author".to_owned(), "Spisovatel".to_owned())].into();
    let (_, rows) = read_with("unknown-header.csv", &Wishes { columns, ..Wishes::default() });
    assert_eq!(told(&rows), ["První / Eva Nová / -", "Druhá / Eva Nová / -"]);
}

#[test]
fn im24_a_list_of_isbns_is_known() {
    let rows = read("isbn-list.txt", "isbn");
    assert_eq!(
        told(&rows),
        [
            "title-missing /title line 1",
            "title-missing /title line 2",
            "title-missing /title line 4",
            "isbn-bad /isbn line 5"
        ]
    );
    assert_eq!(rows[2].read.as_ref().unwrap_err().value.as_deref(), Some("9780000010469"));
}

#[test]
fn im25_each_row_keeps_the_isbn_that_it_says() {
    let rows = read("one-isbn-six-titles.csv", "csv");
    assert!(rows.len() == 5 && rows.iter().all(|row| book(row).isbn.as_deref() == Some("9780000010476")));
}

#[test]
fn im26_copies_are_read_or_one() {
    let rows = read("copies.csv", "csv");
    let copies: Vec<_> = rows.iter().map(|row| (book(row).copies, row.warnings.len())).collect();
    assert_eq!(copies, [(Some(2), 0), (Some(1), 0), (None, 0), (None, 1), (None, 1)]);
    warned(&rows[4], Code::CopiesUnsure);
}

#[test]
fn im27_invisible_and_control_characters() {
    assert_eq!(
        told(&read("invisible-and-control.csv", "csv")),
        [
            "Inner Mark / Ann Ott / -",
            "title-missing /title line 3",
            "NulInside / Ann Ott / - !control-removed",
            "Bell and Tab here / Ann Ott / - !control-removed",
            "Soft\u{ad}Hyphen / Ann Ott / -",
            "Café / Ann Ott / -",
        ]
    );
}

#[test]
fn im28_what_is_too_long_is_cut_at_a_word_or_after_a_name() {
    let rows = read("too-long.csv", "csv");
    let title = &book(&rows[0]).title;
    assert!(title.chars().count() <= 500 && title.ends_with("word061"), "{title}");
    warned(&rows[0], Code::TitleCut);
    let author = &book(&rows[1]).author;
    assert!(author.len() <= 200 && author.ends_with("; Contributor Number 07"), "{author}");
    warned(&rows[1], Code::AuthorCut);
    assert_eq!(book(&rows[2]).title, "x".repeat(500));
}

#[test]
fn im29_formulas_are_data() {
    let rows = read("formulas-in-titles.csv", "csv");
    let titles: Vec<_> = rows.iter().map(|row| book(row).title.as_str()).collect();
    assert_eq!(titles, ["=1+1", "-30-: The End", "@Sea", "+1", "'Tis", "'=kept"]);
    assert_eq!(book(&rows[1]).publication_year, Some(-380));
}

#[test]
fn im30_the_column_says_how_its_dates_are_meant() {
    let rows = read("dates-one-column.csv", "csv");
    let dates: Vec<_> = rows.iter().map(|row| book(row).release_date.as_deref()).collect();
    assert_eq!(dates, [Some("2020-02-01"), Some("2020-02-13"), Some("2020-02-14"), Some("2020-02-14"), None]);
    warned(&rows[4], Code::DateUnsure);
}

#[test]
fn im31_one_line_in_another_encoding_does_not_change_the_file() {
    assert_eq!(
        told(&read("latin1-line-in-utf8-file.csv", "csv")),
        ["Été / Zoë / -", "Déjà vu / René / - !bad-bytes", "Ñandú / José / -"]
    );
}

#[test]
fn im32_spellings_are_composed() {
    let rows = read("same-file-two-spellings.csv", "csv");
    assert_eq!(book(&rows[0]).title, book(&rows[2]).title);
}

#[test]
fn im33_one_trap_a_line_of_json() {
    let rows = read("jsonl-one-trap-a-line.jsonl", "jsonl");
    assert_eq!(
        told(&rows),
        [
            "First / Ann Ott / -",
            "unknown-field  line 3",
            "not-an-object  line 4",
            "bad-json  line 5",
            "bad-json  line 6",
            "bad-json  line 7",
            "wrong-type /title line 8",
            "Last, no newline / Ann Ott / -",
        ]
    );
    assert_eq!(rows[1].read.as_ref().unwrap_err().detail, "the field colour is not known");
}

#[test]
fn barcodes_shelf_marks_and_subjects_come_along() {
    let bytes =
        "Titel;Verfasser;Signatur;Strichcode;Schlagwörter;Exemplare\nEins;Uwe Au;SF BUT;2041 0077, 20410078;Zeit; 2\n";
    let bytes = bytes.replace("Zeit;", "\"Zeit; Reise\";");
    let plan = plan_of(bytes.as_bytes(), &Wishes::default()).unwrap();
    let rows: Vec<_> = rows(plan, bytes.as_bytes()).collect();
    let book = book(&rows[0]);
    assert_eq!(book.barcodes, ["20410077", "20410078"]);
    assert_eq!((book.shelf_mark.as_deref(), book.copies), (Some("SF BUT"), Some(2)));
    assert_eq!(book.subjects, ["Zeit", "Reise"]);
}

#[test]
fn other_files_are_refused_with_what_they_are() {
    for (bytes, words) in [
        (&b"\x1f\x8b\x08\0"[..], "gzip"),
        (b"PK\x03\x04....", "Excel"),
        (b"SQLite format 3\0", "Calibre"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"[{\"title\": \"a\"}]", "one object a line"),
        (b"{\n  \"title\": 1\n}", "one object a line"),
    ] {
        let problem = plan_of(bytes, &Wishes::default()).unwrap_err();
        assert!(problem.code == Code::WrongFormat && problem.detail.contains(words), "{problem:?}");
    }
    for empty in [&b""[..], b"\n\r\n ", b"\xef\xbb\xbf"] {
        assert_eq!(plan_of(empty, &Wishes::default()).unwrap_err().code, Code::NoRecords);
    }
    for (name, format) in [("goodreads-bom.csv", "calibre"), ("marc-years.mrc", "csv"), ("copies.csv", "marcxml")] {
        let wishes = Wishes { format: Some(format.parse().unwrap()), ..Wishes::default() };
        assert_eq!(plan_of(&file(name), &wishes).unwrap_err().code, Code::WrongFormat, "{name} as {format}");
    }
}

//! The table of the records that could not be taken.

use formats::write::failed;
use formats::{Plan, Records, Row, Wishes, rows};

use crate::{file, plan_of};

/// Writes the rows that cannot be read.
fn written(plan: &Plan, bytes: &[u8]) -> String {
    let mut records = Records::new(plan.clone());
    records.push(bytes);
    records.end();
    let mut page = String::new();
    let mut is_first = true;
    while let Some(record) = records.next_record() {
        if std::mem::take(&mut is_first) {
            page = failed::first(plan, &record);
        }
        if let Err(problem) = &record.row.read {
            failed::record(&mut page, plan, &record, &problem.detail);
        }
    }
    page
}

fn again(table: &str) -> Vec<Row> {
    let plan = plan_of(table.as_bytes(), &Wishes::default()).unwrap();
    rows(plan, table.as_bytes()).collect()
}

#[test]
fn a_row_that_failed_keeps_its_cells_and_can_be_mended() {
    let bytes = file("goodreads-review-over-lines.csv");
    let table = written(&plan_of(&bytes, &Wishes::default()).unwrap(), &bytes);
    let lines: Vec<&str> = table.split("\r\n").collect();
    assert!(lines[0].starts_with("\u{feff}problem,Book Id,Title,"), "{table}");
    assert!(lines[1].starts_with("\"there is no title\","), "{table}");
    let plan = plan_of(table.as_bytes(), &Wishes::default()).unwrap();
    assert_eq!(plan.format.word(), "goodreads");
    assert_eq!(again(&table).len(), 1);
}

#[test]
fn other_encodings_delimiters_and_lines_for_excel_become_one_table() {
    let mut bytes = "sep=;\r\nTitel;Autor\r\n".as_bytes().to_vec();
    bytes.extend(b";M\xfcller\r\nEins;A;zu;viel\r\n");
    let wishes = Wishes { columns: [("title".to_owned(), "Titel".to_owned())].into(), ..Wishes::default() };
    let table = written(&plan_of(&bytes, &wishes).unwrap(), &bytes);
    let lines: Vec<&str> = table.split("\r\n").collect();
    assert_eq!(lines[..2], ["\u{feff}problem;Titel;Autor", "\"there is no title\";;Müller"], "{table}");
    assert!(lines[2].ends_with("\";Eins;A;zu;viel"), "{table}");
}

#[test]
fn an_open_quotation_mark_swallows_no_row_below() {
    let bytes = b"title,author\n\"Open,A\nOne,\"B\" x\n,C\n";
    let table = written(&plan_of(bytes, &Wishes::default()).unwrap(), bytes);
    let lines: Vec<&str> = table.split("\r\n").collect();
    assert_eq!(lines[1..], ["\"a quotation mark is not closed\",\"\"\"Open,A\"", "\"there is no title\",,C", ""]);
}

#[test]
fn records_that_are_no_rows_of_cells_stand_in_one() {
    let bytes = b"{\"author\":\"A, \\\"B\\\"\"}\n{\"title\":\"One\",\"author\":\"C\"}\n";
    let table = written(&plan_of(bytes, &Wishes::default()).unwrap(), bytes);
    assert_eq!(
        table,
        "\u{feff}problem,record\r\n\"there is no title\",\"{\"\"author\"\":\"\"A, \\\"\"B\\\"\"\"\"}\"\r\n"
    );
}

#[test]
fn the_librarys_own_table_is_known_behind_the_column_of_problems() {
    let table = format!("\u{feff}problem,{}\r\nno,,'=1+1,A,,,,,,,,,,\r\n", formats::write::csv::HEADER.join(","));
    assert_eq!(crate::book(&again(&table)[0]).title, "=1+1");
}

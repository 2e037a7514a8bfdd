//! Each file of `files/` holds what a library met in the exports of other systems, one trap a row.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "these are tests")]

mod cuts;
mod failed;
mod fuzz;
mod marc;
mod marcxml;
mod members;
mod parts;
mod programs;
mod pymarc;
mod round_trips;
mod spreadsheets;

use std::path::PathBuf;

use formats::draft::{Book, Draft};
use formats::{Code, Plan, Problem, Row, Wishes, rows};

/// The bytes of a file.
fn file(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/files").join(name);
    std::fs::read(&path).unwrap_or_else(|problem| panic!("{}: {problem}", path.display()))
}

fn plan_of(bytes: &[u8], wishes: &Wishes) -> Result<Plan, Problem> {
    Plan::guess(&bytes[..bytes.len().min(formats::HEAD)], bytes.len() <= formats::HEAD, wishes)
}

/// Reads a file as it is guessed to be. The format must be the one named.
fn read(name: &str, format: &str) -> Vec<Row> {
    let bytes = file(name);
    let plan = plan_of(&bytes, &Wishes::default()).unwrap();
    assert_eq!(plan.format.word(), format, "{name}");
    rows(plan, &bytes).collect()
}

/// Says why a file is refused.
fn refused(name: &str) -> (Code, String) {
    let problem = plan_of(&file(name), &Wishes::default()).unwrap_err();
    (problem.code, problem.detail)
}

fn book(row: &Row) -> &Book {
    row.read.as_ref().ok().and_then(Draft::book).unwrap_or_else(|| panic!("{row:?}"))
}

/// Writes rows down: title, author, ISBN, and the codes of what was odd; or the code of the failure and where it is.
fn told(rows: &[Row]) -> Vec<String> {
    let warnings =
        |row: &Row| row.warnings.iter().map(|warning| format!(" !{}", warning.code.word())).collect::<String>();
    rows.iter()
        .map(|row| match &row.read {
            Ok(Draft::Book(book)) => {
                let isbn = book.isbn.as_deref().map_or("-", |isbn| isbn);
                format!("{} / {} / {isbn}{}", book.title, book.author, warnings(row))
            }
            Ok(Draft::Member(member)) => {
                let [email, card, group] =
                    [&member.email, &member.card, &member.group].map(|text| text.as_deref().unwrap_or("-"));
                format!("{} {} / {email} / {card} / {group}{}", member.first_name, member.last_name, warnings(row))
            }
            Err(problem) => {
                let line = row.line.map_or(String::new(), |line| format!(" line {line}"));
                format!("{} {}{line}", problem.code.word(), problem.pointer)
            }
        })
        .collect()
}

fn warned(row: &Row, code: Code) -> &Problem {
    row.warnings.iter().find(|warning| warning.code == code).unwrap_or_else(|| panic!("no {code:?}: {row:?}"))
}

//! `cargo run -p local -- inspect FILE`: says what a file of books or members is, what a library could take of it, and what is
//! wrong with the rest. It needs no library, and changes nothing.

mod report;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use formats::draft::{Book, Draft, Member};
use formats::{Code, Format, Problem, Reader, Row, Wishes};
use shared::tables::library::book::NewBook;
use shared::values::{Barcode, Card, Email, Group, Name};

use crate::source::{self, Source};

/// What is inspected.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// The file: an export of Goodreads, StoryGraph, LibraryThing, Calibre or BookWyrm, a table (CSV, TSV), JSON Lines, MARC 21
    /// or MARCXML. It may be compressed (.gz).
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// The format, if the guess is wrong: goodreads, storygraph, librarything, calibre, bookwyrm, csv, isbn, members, jsonl,
    /// marc, marcxml.
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<Format>,

    /// The encoding, if the guess is wrong: utf-8, windows-1252, macintosh, shift_jis.
    #[arg(long, value_name = "LABEL")]
    pub encoding: Option<String>,

    /// Which column of a table is which field: title=Titel. Can be repeated.
    #[arg(long = "column", value_name = "FIELD=COLUMN", value_parser = source::column)]
    pub columns: Vec<(String, String)>,

    /// How many rows are shown as they were read.
    #[arg(long, value_name = "ROWS", default_value_t = 5, conflicts_with = "json")]
    pub show: usize,

    /// How many problems are listed. All are counted.
    #[arg(long, value_name = "PROBLEMS", default_value_t = 20, conflicts_with = "json")]
    pub problems: usize,

    /// Print each row as a line of JSON, and nothing else.
    #[arg(long)]
    pub json: bool,
}

/// How the bar looks.
const BAR: &str = "  {bar:40} {bytes} of {total_bytes}, {bytes_per_sec}";

/// What became of the rows.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Counts {
    /// All rows.
    pub rows: u64,
    /// Those of which nothing can be taken.
    pub failed: u64,
    /// The rows that have each problem: of those that fail, and of the others.
    pub problems: BTreeMap<(bool, &'static str), u64>,
    /// The rows that have each field.
    pub fields: BTreeMap<&'static str, u64>,
}

/// Inspects a file, and writes what it found.
///
/// # Errors
/// A line that says why nothing of the file can be read, or that writing failed.
pub fn inspect(options: &Options, out: &mut impl Write) -> Result<Counts, String> {
    let name = options.file.display();
    let unreadable = |problem: io::Error| format!("{name} cannot be read: {problem}");
    let mut source = Source::open(&options.file, Some(BAR)).map_err(unreadable)?;
    let mut piece = source.piece().map_err(unreadable)?;
    let wishes = Wishes {
        format: options.format,
        columns: options.columns.iter().cloned().collect(),
        encoding: options.encoding.clone(),
    };
    let plan = source::plan(&options.file, &piece, &wishes)?;
    let mut report = report::Report::new(options, &plan, out);
    report.begin().map_err(unwritable)?;
    let mut reader = Reader::new(plan);
    let mut counts = Counts::default();
    while !piece.is_empty() {
        reader.push(&piece);
        take(&mut reader, &mut counts, &mut report)?;
        piece = source.piece().map_err(unreadable)?;
    }
    reader.end();
    take(&mut reader, &mut counts, &mut report)?;
    source.bar.finish_and_clear();
    report.end(&counts).map_err(unwritable)?;
    Ok(counts)
}

fn unwritable(problem: io::Error) -> String {
    format!("what was found cannot be written: {problem}")
}

/// Takes the rows that a reader has.
fn take(reader: &mut Reader, counts: &mut Counts, report: &mut report::Report<'_, impl Write>) -> Result<(), String> {
    while let Some(mut row) = reader.next_row() {
        if let Err(problem) = row.read.as_ref().map_err(Clone::clone).and_then(accepted) {
            row.read = Err(problem);
        }
        counts.add(&row);
        report.row(&row).map_err(unwritable)?;
    }
    Ok(())
}

impl Counts {
    fn add(&mut self, row: &Row) {
        self.rows += 1;
        let failed = row.read.as_ref().err();
        self.failed += u64::from(failed.is_some());
        let warnings = row.warnings.iter().filter(|_| failed.is_none()).map(|problem| (false, problem.code.word()));
        // A row that has a problem twice is one row.
        let codes: BTreeSet<_> =
            failed.map(|problem| (true, problem.code.word())).into_iter().chain(warnings).collect();
        codes.into_iter().for_each(|code| *self.problems.entry(code).or_default() += 1);
        let fields = row.read.as_ref().map(report::fields).unwrap_or_default();
        fields.into_iter().for_each(|(field, _)| *self.fields.entry(field).or_default() += 1);
    }
}

/// Parses a draft as a library parses what a client sends.
fn accepted(draft: &Draft) -> Result<(), Problem> {
    let refused = |detail: String| Problem::new(Code::WrongType, detail);
    match draft {
        Draft::Book(book) => {
            new_book(book).map_err(|problem| refused(problem.to_string()))?;
            book.barcodes.iter().try_for_each(|code| code.parse::<Barcode>().map(drop)).map_err(refused)
        }
        Draft::Member(member) => new_member(member).map_err(refused),
    }
}

fn new_book(book: &Book) -> serde_json::Result<NewBook> {
    let mut book = serde_json::to_value(book)?;
    if let Some(fields) = book.as_object_mut() {
        // A library has the first as the mark of an import, and the second beside the book.
        fields.retain(|field, _| field != "source" && field != "barcodes");
    }
    serde_json::from_value(book)
}

fn new_member(member: &Member) -> Result<(), String> {
    for name in [&member.first_name, &member.last_name].into_iter().filter(|name| !name.is_empty()) {
        name.parse::<Name>()?;
    }
    let email = member.email.as_deref().map(str::parse::<Email>);
    email.transpose().map_err(|wrong| format!("the email address {wrong}"))?;
    let card = member.card.as_deref().map(str::parse::<Card>);
    card.transpose().map_err(|wrong| format!("the card {wrong}"))?;
    let group = member.group.as_deref().map(str::parse::<Group>);
    group.transpose().map_err(|wrong| format!("the group {wrong}"))?;
    Ok(())
}

//! What `inspect` prints.

use std::io::{self, Write};

use formats::draft::Draft;
use formats::{Plan, Problem, Row};
use serde_json::{Value, json};

use super::{Counts, Options};
use crate::client::plain;

/// Prints rows as they come: the first as they were read, and the first problems.
pub(super) struct Report<'a, W> {
    options: &'a Options,
    /// What the file is, and why.
    about: Vec<String>,
    shown: usize,
    /// The problems that are listed below the rows.
    listed: Vec<String>,
    left_out: u64,
    out: &'a mut W,
}

impl<'a, W: Write> Report<'a, W> {
    pub(super) fn new(options: &'a Options, plan: &Plan, out: &'a mut W) -> Self {
        let name = options.file.display();
        let mut about = vec![format!("{name} is {}, in {}.", plan.format, plan.encoding())];
        about.extend(plan.reasons.iter().cloned());
        if !plan.unread.is_empty() {
            about.push(format!("Columns that are not read: {}.", plan.unread.join(", ")));
        }
        Report { options, about, shown: 0, listed: Vec::new(), left_out: 0, out }
    }

    pub(super) fn begin(&mut self) -> io::Result<()> {
        if self.options.json {
            return Ok(());
        }
        self.about.iter().try_for_each(|line| writeln!(self.out, "{}", plain(line)))?;
        writeln!(self.out)
    }

    pub(super) fn row(&mut self, row: &Row) -> io::Result<()> {
        if self.options.json {
            return writeln!(self.out, "{}", as_json(row));
        }
        if let Ok(draft) = &row.read
            && self.shown < self.options.show
        {
            self.shown += 1;
            let fields: Vec<String> =
                fields(draft).into_iter().map(|(field, value)| format!("{field}: {value}")).collect();
            writeln!(self.out, "  row {}  {}", row.row, plain(&fields.join(" | ")))?;
        }
        let problems = row.read.as_ref().err().map(|problem| (true, problem)).into_iter();
        for (fails, problem) in problems.chain(row.warnings.iter().map(|problem| (false, problem))) {
            if self.listed.len() < self.options.problems {
                self.listed.push(told(row, fails, problem));
            } else {
                self.left_out += 1;
            }
        }
        Ok(())
    }

    pub(super) fn end(&mut self, counts: &Counts) -> io::Result<()> {
        if self.options.json {
            return self.out.flush();
        }
        let taken = counts.rows - counts.failed;
        if self.shown > 0 {
            writeln!(self.out)?;
        }
        writeln!(self.out, "{} rows: {taken} can be taken, {} cannot.", counts.rows, counts.failed)?;
        if !counts.fields.is_empty() {
            let fields: Vec<String> = counts.fields.iter().map(|(field, rows)| format!("{field} {rows}")).collect();
            writeln!(self.out, "Rows that have each field: {}.", fields.join(", "))?;
        }
        if !counts.problems.is_empty() {
            writeln!(self.out, "\nProblems, and how many rows have them:")?;
            for ((fails, code), rows) in counts.problems.iter().rev() {
                let what = if *fails { "cannot be taken" } else { "can be taken" };
                writeln!(self.out, "  {rows:>8}  {code:<20} {what}")?;
            }
            writeln!(self.out)?;
        }
        self.listed.iter().try_for_each(|line| writeln!(self.out, "  {}", plain(line)))?;
        if self.left_out > 0 {
            writeln!(
                self.out,
                "  … and {} more: --problems {} lists them.",
                self.left_out,
                self.left_out + self.options.problems as u64
            )?;
        }
        self.out.flush()
    }
}

/// Writes a problem down, with the place that leads to it in an editor.
fn told(row: &Row, fails: bool, problem: &Problem) -> String {
    let place = match row.line {
        Some(line) => format!("row {}, line {line}", row.row),
        None => format!("row {}, byte {}", row.row, row.offset),
    };
    let fails = if fails { "cannot be taken: " } else { "" };
    let field = problem.pointer.trim_start_matches('/');
    let field = if field.is_empty() { String::new() } else { format!(" ({field})") };
    let value = problem.value.as_deref().map(|value| format!(": {value}")).unwrap_or_default();
    format!("{place}: {fails}{}{field}: {}{value}", problem.code.word(), problem.detail)
}

/// Returns the fields of a draft that have a value.
pub(super) fn fields(draft: &Draft) -> Vec<(&'static str, String)> {
    let number = |number: Option<u32>| number.map(|number| number.to_string());
    let list = |list: &[String]| (!list.is_empty()).then(|| list.join("; "));
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let fields = match draft {
        Draft::Book(book) => vec![
            ("title", text(&book.title)),
            ("author", text(&book.author)),
            ("isbn", book.isbn.clone()),
            ("publicationYear", book.publication_year.map(|year| year.to_string())),
            ("country", book.country.clone()),
            ("language", book.language.clone()),
            ("pages", number(book.pages)),
            ("releaseDate", book.release_date.clone()),
            ("shelfMark", book.shelf_mark.clone()),
            ("subjects", list(&book.subjects)),
            ("copies", number(book.copies)),
            ("barcodes", list(&book.barcodes)),
        ],
        Draft::Member(member) => vec![
            ("firstName", text(&member.first_name)),
            ("lastName", text(&member.last_name)),
            ("email", member.email.clone()),
            ("card", member.card.clone()),
            ("group", member.group.clone()),
        ],
    };
    fields.into_iter().filter_map(|(field, value)| Some((field, value?))).collect()
}

fn as_json(row: &Row) -> Value {
    let mut object = match &row.read {
        Ok(Draft::Book(book)) => json!({ "row": row.row, "book": book }),
        Ok(Draft::Member(member)) => json!({ "row": row.row, "member": member }),
        Err(problem) => json!({ "row": row.row, "problem": problem }),
    };
    match row.line {
        Some(line) => object["line"] = line.into(),
        None => object["offset"] = row.offset.into(),
    }
    if !row.warnings.is_empty() {
        object["warnings"] = json!(row.warnings);
    }
    object
}

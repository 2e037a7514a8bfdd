//! The table of the rows that could not be taken: `FILE.problems.csv`. The library says which they are, and the file is read again
//! for what stands in them. So the table is whole, also where an import went on after a break.

use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use formats::write::failed;
use formats::{Plan, Record, Records};

use super::library::{Library, Note, Told};
use super::write;
use crate::client::plain;
use crate::source::Source;

/// What the table is made of.
pub(super) struct Table<'a> {
    pub(super) file: &'a Path,
    pub(super) plan: &'a Plan,
    /// How many rows the library could not take.
    pub(super) failed: u64,
    /// How many rows were too long to be sent.
    pub(super) too_long: u64,
}

/// How many rows are listed.
const LISTED: u64 = 20;

impl Table<'_> {
    /// Writes the table beside the file, and lists the first rows and all codes.
    pub(super) async fn write(&self, library: &mut Library, id: &str, out: &mut impl Write) -> Result<(), String> {
        let (path, file) = self.create()?;
        let name = plain(&path.display().to_string());
        let unwritable = |problem: io::Error| format!("{name} cannot be written: {problem}");
        let unreadable = |problem: io::Error| format!("{} cannot be read: {problem}", self.file.display());
        let mut table = BufWriter::new(file);
        let mut source = Source::open(self.file, None).map_err(unreadable)?;
        let mut records = Records::new(self.plan.clone());
        let mut failed = Failed { library, id, page: VecDeque::new(), next: Some(None) };
        let (mut row, mut written, mut codes) = (0, 0, BTreeMap::<String, u64>::new());
        let mut is_first = true;
        'file: loop {
            let piece = source.piece().map_err(unreadable)?;
            if piece.is_empty() {
                records.end()
            } else {
                records.push(&piece)
            }
            while let Some(record) = records.next_record() {
                let mut page = if is_first { failed::first(self.plan, &record) } else { String::new() };
                is_first = false;
                // The library has not counted those that were not sent.
                row += u64::from(!record.is_too_long());
                let note = match (&record.row.read, record.is_too_long()) {
                    (Err(problem), true) => Some((problem.code.word().to_owned(), problem.detail.clone())),
                    _ => failed.take(row).await?.map(|note| (note.code.clone(), told(&note))),
                };
                if let Some((code, problem)) = note {
                    failed::record(&mut page, self.plan, &record, &format!("{}: {code}: {problem}", place(&record)));
                    if written < LISTED {
                        write(out, &plain(&format!("  {}: {code}: {problem}", place(&record))))?;
                    }
                    written += 1;
                    *codes.entry(code).or_default() += 1;
                }
                table.write_all(page.as_bytes()).map_err(unwritable)?;
                if written == self.failed + self.too_long {
                    break 'file;
                }
            }
            if records.is_ended() {
                break;
            }
            tokio::task::yield_now().await;
        }
        table.flush().map_err(unwritable)?;
        if written > LISTED {
            write(out, &format!("  … and {} more. Rows of each problem:", written - LISTED))?;
            for (code, rows) in codes {
                write(out, &format!("  {rows:>8}  {code}"))?;
            }
        }
        write(out, &format!("{name} has {written} of these rows. Mend them there, and import that file."))
    }

    /// Creates the table. An earlier one, in which somebody may have mended rows, stays: this one has a number then.
    fn create(&self) -> Result<(PathBuf, File), String> {
        for number in 1_u32.. {
            let mut name = self.file.file_name().unwrap_or_default().to_owned();
            name.push(if number == 1 { ".problems.csv".to_owned() } else { format!(".problems-{number}.csv") });
            let path = self.file.with_file_name(name);
            match File::create_new(&path) {
                Ok(file) => return Ok((path, file)),
                Err(problem) if problem.kind() == io::ErrorKind::AlreadyExists => {}
                Err(problem) => {
                    return Err(format!("{} cannot be written: {problem}", plain(&path.display().to_string())));
                }
            }
        }
        Err("there are too many tables of rows that could not be taken".to_owned())
    }
}

/// The rows that the library could not take, in their order.
struct Failed<'a> {
    library: &'a mut Library,
    id: &'a str,
    page: VecDeque<Told>,
    /// The position of the next page. The first has none.
    next: Option<Option<String>>,
}

impl Failed<'_> {
    /// Returns why the library could not take a row, if it could not. Rows are asked for in their order.
    async fn take(&mut self, row: u64) -> Result<Option<Note>, String> {
        while self.page.front().is_none_or(|told| told.row < row) {
            if self.page.pop_front().is_some() {
                continue;
            }
            let Some(cursor) = self.next.take() else { return Ok(None) };
            let page = self.library.problems(self.id, cursor.as_deref()).await?;
            self.next = page.next_cursor.map(Some);
            self.page = page.items.into_iter().filter(|told| told.outcome == "failed").collect();
        }
        let told = self.page.pop_front_if(|told| told.row == row);
        Ok(told.and_then(|told| told.problems.into_iter().next()))
    }
}

fn told(note: &Note) -> String {
    let field = note.pointer.trim_start_matches('/');
    let field = if field.is_empty() { String::new() } else { format!("{field}: ") };
    let value = note.value.as_deref().map(|value| format!(": {value}")).unwrap_or_default();
    format!("{field}{}{value}", note.detail)
}

/// Says where a record begins.
fn place(record: &Record) -> String {
    match record.row.line {
        Some(line) => format!("row {}, line {line}", record.row.row),
        None => format!("row {}, byte {}", record.row.row, record.row.offset),
    }
}

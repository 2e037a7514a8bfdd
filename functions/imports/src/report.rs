//! What became of the rows of a part.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use formats::Problem;
use formats::write::csv;
use serde::{Deserialize, Serialize};
use shared::edge::error::{Error, Result};
use utoipa::ToSchema;

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Fate {
    /// It became a book, a favorite, or a reader.
    Added,
    /// The library has it, and its book was changed.
    Updated,
    /// The library has it.
    Skipped,
    /// It could not be taken.
    Failed,
}

impl Fate {
    fn word(self) -> &'static str {
        match self {
            Fate::Added => "added",
            Fate::Updated => "updated",
            Fate::Skipped => "skipped",
            Fate::Failed => "failed",
        }
    }
}

/// A problem of a row.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct Note {
    /// Which problem it is, for programs.
    #[schema(example = "isbn-check-digit")]
    pub(crate) code: String,
    /// The field.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(required = false, example = "/isbn")]
    pub(crate) pointer: String,
    /// What is wrong, or what was done, for people.
    #[schema(example = "the check digit should be 0")]
    pub(crate) detail: String,
    /// The value as it came, shortened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) value: Option<String>,
}

impl Note {
    /// Makes a note of a field, or of a whole row.
    pub(crate) fn new(code: &str, pointer: &str, detail: String) -> Note {
        Note { code: code.to_owned(), pointer: pointer.to_owned(), detail, value: None }
    }

    /// Makes a note of a problem that the reader of files has found.
    pub(crate) fn of(problem: &Problem) -> Note {
        Note { value: problem.value.clone(), ..Note::new(problem.code.word(), problem.pointer, problem.detail.clone()) }
    }
}

/// A row that needs a word.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct ReportedRow {
    /// Its number in the file, from 1. A header is no row.
    #[schema(example = 17)]
    pub(crate) row: u64,
    /// The line on which it begins. MARC 21 has no lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 212)]
    pub(crate) line: Option<u64>,
    /// What became of it.
    pub(crate) outcome: Fate,
    /// Why it was skipped or failed, which is the first, and what was odd about it.
    pub(crate) problems: Vec<Note>,
}

/// The columns of [`ReportedRow::lines`].
pub(crate) const COLUMNS: [&str; 7] = ["row", "line", "outcome", "code", "field", "problem", "value"];

impl ReportedRow {
    /// Adds the row to a table: a line for each of its problems.
    pub(crate) fn lines(&self, table: &mut String) {
        let number = self.row.to_string();
        let line = self.line.map(|line| line.to_string()).unwrap_or_default();
        for Note { code, pointer, detail, value } in &self.problems {
            let field = csv::guarded(pointer.trim_start_matches('/'));
            let (detail, value) = (csv::guarded(detail), csv::guarded(value.as_deref().unwrap_or_default()));
            csv::line(table, &[&number, &line, self.outcome.word(), code, &field, &detail, &value]);
        }
    }
}

/// What became of a part.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub(crate) struct PartReport {
    /// How many rows it had.
    pub(crate) rows: u64,
    /// How many of them became books, favorites, or readers.
    pub(crate) added: u64,
    /// How many of them changed a book that was there already.
    #[serde(default)]
    pub(crate) updated: u64,
    /// How many of them were there already.
    pub(crate) skipped: u64,
    /// How many of them could not be taken.
    pub(crate) failed: u64,
    /// The rows that need a word: at most 100 of them. `GET /imports/{importId}/problems` has all.
    pub(crate) problems: Vec<ReportedRow>,
}

/// The most rows of an answer.
pub(crate) const MOST_ROWS: usize = 100;

/// The most bytes of a report: an item has 400 KB.
const MOST_BYTES: usize = 350_000;

impl PartReport {
    /// Adds a row that could not be taken, and why. `notes` is what was odd about it as well.
    pub(crate) fn fails(&mut self, row: u64, line: Option<u64>, why: Note, mut notes: Vec<Note>) {
        notes.retain(|note| note.code != why.code);
        notes.insert(0, why);
        self.failed += 1;
        self.problems.push(ReportedRow { row, line, outcome: Fate::Failed, problems: notes });
    }

    /// Packs the report. Rows that do not fit are left out from the end.
    ///
    /// # Errors
    /// None that is known.
    pub(crate) fn pack(&self) -> Result<Vec<u8>> {
        let packed = self.zipped()?;
        if packed.len() <= MOST_BYTES {
            return Ok(packed);
        }
        let mut less = self.clone();
        less.problems.truncate(MOST_ROWS);
        less.zipped()
    }

    fn zipped(&self) -> Result<Vec<u8>> {
        let json = serde_json::to_vec(self).map_err(|error| Error::Internal(error.into()))?;
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        let zipped = encoder.write_all(&json).and_then(|()| encoder.finish());
        zipped.map_err(|error| Error::Internal(error.into()))
    }

    /// Reads a report that was packed.
    ///
    /// # Errors
    /// If the bytes are no report.
    pub(crate) fn unpack(packed: &[u8]) -> Result<PartReport> {
        let mut json = Vec::new();
        ZlibDecoder::new(packed).read_to_end(&mut json).map_err(|error| Error::Internal(error.into()))?;
        serde_json::from_slice(&json).map_err(|error| Error::Internal(error.into()))
    }

    /// Returns the report as the answer to its part.
    pub(crate) fn answer(mut self) -> PartReport {
        self.problems.truncate(MOST_ROWS);
        self
    }
}

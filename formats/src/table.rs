//! Files of cells: their header, and the cells of a record by the names of its columns.

use std::collections::HashMap;

use csv_core::{ReadRecordResult, ReaderBuilder};
use serde::{Deserialize, Serialize};

use crate::problem::{Code, Problem};

/// The most columns.
pub(crate) const MOST_COLUMNS: usize = 200;
/// The most cells of a record that are taken apart: if it has as many, it has too many.
const MOST_CELLS: usize = 1_000;

/// How a file of cells is read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Table {
    pub(crate) delimiter: u8,
    pub(crate) quotes: bool,
    /// The columns as the file names them.
    pub(crate) header: Vec<String>,
    /// The columns by their names in lower case, and by the names of the fields that they are for.
    pub(crate) columns: HashMap<String, usize>,
    /// Whether `13/2/2020` is how the file writes dates. `None`: the file does not say.
    pub(crate) day_first: Option<bool>,
    /// Whether the library wrote this file, and put a `'` before what spreadsheets would compute.
    pub(crate) is_own: bool,
}

impl Table {
    pub(crate) fn new(delimiter: u8, quotes: bool, header: Vec<String>) -> Self {
        let mut columns = HashMap::new();
        for (place, name) in header.iter().enumerate() {
            columns.entry(key(name)).or_insert(place);
        }
        Table { delimiter, quotes, header, columns, day_first: None, is_own: false }
    }

    /// Takes a record apart.
    ///
    /// # Errors
    /// If it has cells beyond the columns: then some of its cells are in wrong columns.
    pub(crate) fn cells(&self, record: &str) -> Result<Cells<'_>, Problem> {
        let mut cells = split(record, self.delimiter, self.quotes);
        let columns = self.header.len();
        if cells.len() == MOST_CELLS || cells.iter().skip(columns).any(|cell| !cell.trim().is_empty()) {
            let detail =
                format!("has {} cells, but there are {columns} columns: a cell with a comma needs quotes", cells.len());
            return Err(Problem::new(Code::TooManyCells, detail));
        }
        if self.is_own {
            cells.iter_mut().for_each(|cell| *cell = crate::write::csv::without_guard(cell).to_owned());
        }
        Ok(Cells { table: self, cells })
    }
}

/// The cells of a record.
#[derive(Debug)]
pub(crate) struct Cells<'a> {
    pub(crate) table: &'a Table,
    cells: Vec<String>,
}

impl Cells<'_> {
    /// Returns the cell of a column, without blanks at its ends. Empty if the row has no such cell.
    pub(crate) fn get(&self, column: &str) -> &str {
        let place = self.table.columns.get(column);
        place.and_then(|place| self.cells.get(*place)).map_or("", |cell| cell.trim())
    }

    /// Returns whether the cell of a column has several lines.
    pub(crate) fn has_lines(&self, column: &str) -> bool {
        let place = self.table.columns.get(column);
        place.and_then(|place| self.cells.get(*place)).is_some_and(|cell| cell.contains('\n'))
    }

    /// Returns the first cell of these columns that is not empty.
    pub(crate) fn any(&self, columns: &[&str]) -> &str {
        columns.iter().map(|column| self.get(column)).find(|cell| !cell.is_empty()).unwrap_or("")
    }
}

/// Returns the name of a column for comparison.
pub(crate) fn key(name: &str) -> String {
    name.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}').to_lowercase()
}

/// Splits a record into its cells.
pub(crate) fn split(record: &str, delimiter: u8, quotes: bool) -> Vec<String> {
    let record = record.trim_end_matches(['\r', '\n']);
    if !quotes {
        return record.splitn(MOST_CELLS, char::from(delimiter)).map(str::to_owned).collect();
    }
    let mut reader = ReaderBuilder::new().delimiter(delimiter).build();
    // A record is never longer without its quotes, and never has more cells than bytes.
    let mut output = vec![0; record.len() + 1];
    let mut ends = vec![0; MOST_CELLS.min(record.len() + 2)];
    let mut input = record.as_bytes();
    let (mut written, mut cells) = (0, 0);
    loop {
        let (result, read, out, ended) = reader.read_record(
            input,
            output.get_mut(written..).unwrap_or_default(),
            ends.get_mut(cells..).unwrap_or_default(),
        );
        input = input.get(read..).unwrap_or_default();
        written += out;
        cells += ended;
        match result {
            // All was read, and the next call says so.
            ReadRecordResult::InputEmpty => {}
            ReadRecordResult::OutputFull
            | ReadRecordResult::OutputEndsFull
            | ReadRecordResult::Record
            | ReadRecordResult::End => break,
        }
    }
    let mut start = 0;
    let cell = |end: &usize| {
        let cell = output.get(start..*end).unwrap_or_default();
        start = *end;
        String::from_utf8_lossy(cell).into_owned()
    };
    ends.get(..cells).unwrap_or_default().iter().map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_record_is_split_at_its_delimiters() {
        for (record, cells) in [
            ("a,b\r\n", vec!["a", "b"]),
            ("\"a,\n\"\"b\"\"\",=\"\"\"1\"\"\"", vec!["a,\n\"b\"", "=\"\"\"1\"\"\""]),
            (",,", vec!["", "", ""]),
            ("a\"b,\"c\"d", vec!["a\"b", "cd"]),
            ("a\0b", vec!["a\0b"]),
        ] {
            assert_eq!(split(record, b',', true), cells, "{record:?}");
        }
        assert_eq!(split("\"a\tb", b'\t', false), ["\"a", "b"]);
    }
}

//! The records of a file that could not be taken, as a table in UTF-8: each as it came, behind what is wrong with it. Whoever mends
//! them imports that table.

use std::borrow::Cow;

use crate::encoding;
use crate::plan::Plan;
use crate::problem::Code;
use crate::records::Record;
use crate::text::Notes;

/// The column that says what is wrong.
pub const COLUMN: &str = "problem";
/// The most letters of a record that is no row of cells: more are too many for a cell of a spreadsheet.
const LONGEST_CELL: usize = 32_000;

/// Returns what begins the table: the header of the file, if it is a table. `first` is the first record of the file.
pub fn first(plan: &Plan, first: &Record) -> String {
    let Some(table) = &plan.table else { return format!("\u{feff}{COLUMN},record\r\n") };
    let header = text(plan, first.bytes.get(..first.start).unwrap_or_default());
    let header = header.trim_start_matches('\u{feff}');
    // A line only for Excel, which would count as the first row below another header.
    let has_separator = header.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("sep="));
    let header = if has_separator { header.split_once(['\r', '\n']).map_or("", |(_, rest)| rest) } else { header };
    match header.trim_matches(['\r', '\n']) {
        // A list without a header.
        "" => "\u{feff}".to_owned(),
        header => format!("\u{feff}{COLUMN}{}{header}\r\n", char::from(table.delimiter)),
    }
}

/// Adds a record, with what is wrong with it.
pub fn record(page: &mut String, plan: &Plan, record: &Record, problem: &str) {
    let problem = problem.replace(['\r', '\n', '\t'], " ");
    let own = text(plan, record.own());
    let own = own.trim_end_matches(['\r', '\n']);
    match &plan.table {
        Some(table) => {
            let delimiter = char::from(table.delimiter);
            let is_open = record.row.read.as_ref().is_err_and(|problem| problem.code == Code::QuoteOpen);
            page.push_str(&if table.quotes { quoted(&problem) } else { problem });
            page.push(delimiter);
            // As it came, it would swallow the rows below.
            page.push_str(&if is_open { Cow::Owned(quoted(own)) } else { Cow::Borrowed(own) });
        }
        None => {
            page.push_str(&quoted(&problem));
            page.push(',');
            page.push_str(&quoted(&own.chars().take(LONGEST_CELL).collect::<String>()));
        }
    }
    page.push_str("\r\n");
}

fn text<'a>(plan: &Plan, bytes: &'a [u8]) -> Cow<'a, str> {
    encoding::decode(&mut Notes::default(), bytes, plan.encoding)
}

fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

//! The header of a table: whose table it is, and which column is for which field.

use encoding_rs::UTF_8;

use crate::format::Format;
use crate::frame::{Cut, Framing, line_end};
use crate::plan::{Plan, Wishes};
use crate::problem::{Code, Problem};
use crate::table::{MOST_COLUMNS, Table, key, split};
use crate::write::csv::HEADER;
use crate::write::failed;
use crate::{encoding, isbn, members, named};

impl Plan {
    /// Reads the header of a table, and finds whose it is.
    pub(crate) fn by_columns(&mut self, body: &[u8], ended: bool, wishes: &Wishes) -> Result<(), Problem> {
        let (separator, body) = separator(body);
        self.begins += separator.map_or(0, |(_, length)| length);
        let blank = blank_lines(body);
        self.begins += blank;
        let body = body.get(blank..).unwrap_or_default();
        let first = line_end(body, ended).and_then(|end| body.get(..end)).unwrap_or(body);
        let delimiter = separator.map_or_else(|| commonest(first), |(delimiter, _)| delimiter);
        let framing = Framing::Cells { delimiter, quotes: true };
        let length = match framing.cut(body, ended) {
            Cut::Record { end, .. } => end,
            _ if ended => body.len(),
            _ => return Err(Problem::new(Code::WrongFormat, "the first line is too long for a header")),
        };
        let encoding = self.named.or_else(|| encoding::guess(body)).unwrap_or(UTF_8);
        let record = encoding.decode_without_bom_handling(body.get(..length).unwrap_or_default()).0;
        let header: Vec<String> = split(&record, delimiter, true).iter().map(|name| name.trim().to_owned()).collect();
        if header.len() > MOST_COLUMNS {
            return Err(Problem::new(
                Code::WrongFormat,
                format!("has {} columns; {MOST_COLUMNS} are read", header.len()),
            ));
        }
        let table = Table::new(delimiter, true, header);
        let is_list = table.header.len() == 1 && table.header.first().is_some_and(|only| !isbn::is_other(only));
        self.begins += if is_list { 0 } else { length };
        self.format = self.whose(&table, is_list, wishes)?;
        self.table = Some(self.mapped(table, is_list, wishes)?);
        if let Some(table) = &self.table {
            self.framing = Framing::Cells { delimiter, quotes: table.quotes };
        }
        Ok(())
    }

    /// Finds whose table this is.
    fn whose(&mut self, table: &Table, is_list: bool, wishes: &Wishes) -> Result<Format, Problem> {
        let has = |column: &&str| table.columns.contains_key(*column);
        let signature = |format: Format| format.signatures().iter().find(|columns| columns.iter().all(&has));
        let known = Format::ALL.into_iter().find_map(|format| Some((format, signature(format)?)));
        match (wishes.format, known) {
            (Some(wish), _) if wish == Format::Csv || wish == Format::Members || wish == Format::Isbns => Ok(wish),
            (Some(wish), known) if signature(wish).is_none() => {
                let is =
                    known.map_or_else(|| "its columns are others".to_owned(), |(format, _)| format!("it is {format}"));
                let columns = table.header.join(", ");
                Err(Problem::new(Code::WrongFormat, format!("this should be {wish}, but {is}: {columns}")))
            }
            (Some(wish), _) => Ok(wish),
            (None, Some((format, columns))) if wishes.columns.is_empty() => {
                self.reasons.push(format!("Its columns are those of {}: {}.", format.word(), columns.join(", ")));
                Ok(format)
            }
            (None, _) if is_list || table.header.len() == 1 && has(&"isbn") => {
                self.reasons.push("It has one column, and that has ISBNs.".into());
                Ok(Format::Isbns)
            }
            (None, _) => {
                let title =
                    named::FIELDS.iter().find(|(field, _)| *field == "title").map_or(&[][..], |(_, names)| names);
                let first =
                    ["firstname", "first name", "vorname", "prénom", "last name", "lastname", "surname", "nachname"];
                let is_of_people = first.iter().any(has) && !title.iter().any(has) && wishes.columns.is_empty();
                Ok(if is_of_people {
                    self.reasons.push("Its columns name people.".into());
                    Format::Members
                } else {
                    Format::Csv
                })
            }
        }
    }

    /// Finds the columns of the fields, and says which are not read.
    fn mapped(&mut self, mut table: Table, is_list: bool, wishes: &Wishes) -> Result<Table, Problem> {
        let fields = match self.format {
            Format::LibraryThing => {
                table.quotes = false;
                &[][..]
            }
            Format::Isbns => {
                if is_list {
                    table = Table::new(table.delimiter, true, vec![named::LIST.to_owned()]);
                }
                return Ok(table);
            }
            Format::Csv => named::FIELDS,
            Format::Members => members::FIELDS,
            _ => &[][..],
        };
        let mut read: Vec<usize> =
            self.format.columns().iter().filter_map(|column| table.columns.get(*column).copied()).collect();
        for (field, names) in fields {
            let wish = wishes.columns.get(*field).map(|column| key(column));
            let place = match &wish {
                Some(column) => Some(*table.columns.get(column).ok_or_else(|| {
                    let detail = format!("there is no column {column}; the columns are {}", table.header.join(", "));
                    Problem::new(Code::ColumnsUnknown, detail)
                })?),
                None => names.iter().find_map(|name| table.columns.get(*name).copied()),
            };
            if let Some(place) = place {
                read.push(place);
            }
            match place {
                Some(place) => table.columns.insert((*field).to_owned(), place),
                None => table.columns.remove(*field),
            };
        }
        let title_is_missing = self.format == Format::Csv && !table.columns.contains_key("title");
        if let Some((unknown, _)) =
            wishes.columns.iter().find(|(field, _)| !fields.iter().any(|(known, _)| known == field))
        {
            let known: Vec<&str> = fields.iter().map(|(field, _)| *field).collect();
            return Err(Problem::new(
                Code::ColumnsUnknown,
                format!("there is no field {unknown}; the fields are {}", known.join(", ")),
            ));
        }
        if title_is_missing {
            let known: Vec<&str> = named::FIELDS.iter().map(|(field, _)| *field).collect();
            let detail = format!(
                "no column is the title: the columns are {}. Say which column is which field: {}",
                table.header.join(", "),
                known.join(", ")
            );
            return Err(Problem::new(Code::ColumnsUnknown, detail));
        }
        if self.format == Format::Csv {
            self.reasons.push("Its columns name the fields of a book.".into());
            let header = table.header.split_first().filter(|(first, _)| *first == failed::COLUMN);
            table.is_own = header.map_or(table.header.as_slice(), |(_, rest)| rest) == HEADER;
        }
        self.unread = table
            .header
            .iter()
            .enumerate()
            .filter(|(place, name)| !read.contains(place) && !name.is_empty())
            .map(|(_, name)| name.clone())
            .collect();
        Ok(table)
    }
}

/// Reads Excel's first line `sep=;`: the delimiter, and the bytes of the line.
fn separator(body: &[u8]) -> (Option<(u8, usize)>, &[u8]) {
    let line = line_end(body, true).and_then(|end| Some((body.get(..end)?, end)));
    let found = line.and_then(|(line, end)| match line.trim_ascii_end().trim_ascii_start() {
        [s @ .., delimiter] if s.eq_ignore_ascii_case(b"sep=") && !delimiter.is_ascii_alphanumeric() => {
            Some((*delimiter, end))
        }
        _ if line.get(..5).is_some_and(|line| line.eq_ignore_ascii_case(b"sep=\t")) => Some((b'\t', end)),
        _ => None,
    });
    (found, body.get(found.map_or(0, |(_, end)| end)..).unwrap_or_default())
}

fn blank_lines(body: &[u8]) -> usize {
    body.iter().take_while(|byte| matches!(byte, b'\r' | b'\n' | b' ')).count()
}

/// Returns the commonest of the delimiters outside quotes.
fn commonest(line: &[u8]) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0), (b'|', 0)];
    let mut is_quoted = false;
    for byte in line {
        is_quoted ^= *byte == b'"';
        counts.iter_mut().filter(|(delimiter, _)| delimiter == byte && !is_quoted).for_each(|(_, count)| *count += 1);
    }
    // Of equals the first: a comma.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| *delimiter)
}

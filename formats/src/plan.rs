//! What a file is, and how it is read: guessed from its beginning, and from what the client says.

use std::borrow::Cow;
use std::collections::BTreeMap;

use encoding_rs::{Encoding, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE};

use crate::format::Format;
use crate::frame::{Cut, Framing, line_end};
use crate::problem::{Code, Problem};
use crate::table::Table;
use crate::text::Notes;
use crate::{dates, encoding, marcxml};

/// How many bytes of a file a guess needs.
pub const HEAD: usize = 1 << 16;

/// What the client says about a file.
#[derive(Debug, Default, Clone)]
pub struct Wishes {
    /// The format, if it is not to be guessed.
    pub format: Option<Format>,
    /// Columns by the fields that they are for: `title` → `Titel`.
    pub columns: BTreeMap<String, String>,
    /// The encoding, by a label that browsers know.
    pub encoding: Option<String>,
}

/// How a file is read.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What the file is.
    pub format: Format,
    /// Why it was taken for that, a sentence each.
    pub reasons: Vec<String>,
    /// Its columns that are not read.
    pub unread: Vec<String>,
    pub(crate) framing: Framing,
    pub(crate) encoding: &'static Encoding,
    /// The encoding that the client named, or that an XML declares.
    pub(crate) named: Option<&'static Encoding>,
    /// UTF-16 becomes UTF-8 before it is cut.
    pub(crate) wide: Option<&'static Encoding>,
    pub(crate) table: Option<Table>,
    /// The bytes before the first record: a byte order mark, `sep=`, the header.
    pub(crate) begins: usize,
}

impl Plan {
    /// Returns the name of the encoding. MARC 21 has one for each record.
    pub fn encoding(&self) -> &'static str {
        match (self.format, self.named, self.wide) {
            (_, _, Some(wide)) => wide.name(),
            (Format::Marc, None, _) => "UTF-8 or MARC-8, by record",
            _ => self.encoding.name(),
        }
    }

    /// Guesses what a file is. `ended`: these bytes are the whole file.
    ///
    /// # Errors
    /// If it is nothing that can be read, or not what the client says. Then nothing of it can be taken.
    pub fn guess(head: &[u8], ended: bool, wishes: &Wishes) -> Result<Plan, Problem> {
        other_file(head)?;
        let named = wishes.encoding.as_deref().map(encoding_of).transpose()?;
        let wide = wide(head).filter(|_| named.is_none_or(|named| [UTF_16LE, UTF_16BE].contains(&named)));
        let wide = wide.or(named.filter(|named| [UTF_16LE, UTF_16BE].contains(named)));
        let text: Cow<'_, [u8]> = match wide {
            Some(wide) => Cow::Owned(wide.decode(head).0.into_owned().into_bytes()),
            None => Cow::Borrowed(head),
        };
        let mark = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let body = text.get(mark..).unwrap_or_default();
        let start = body.trim_ascii_start();
        if start.iter().all(|byte| matches!(byte, 0 | 0x1a)) {
            return Err(Problem::new(Code::NoRecords, "the file is empty"));
        }
        let named = named.filter(|_| wide.is_none());
        let mut plan = Plan {
            format: Format::Csv,
            reasons: Vec::new(),
            unread: Vec::new(),
            framing: Framing::Lines,
            encoding: named.unwrap_or(UTF_8),
            named,
            wide,
            table: None,
            begins: mark,
        };
        let found = plan.by_content(start, ended)?;
        let as_wished = wishes.format.is_none_or(|wish| found.map_or(wish.is_table(), |found| found == wish));
        if let (false, Some(wish)) = (as_wished, wishes.format) {
            let is = found.map_or_else(|| "text, perhaps a table".to_owned(), |found| found.to_string());
            return Err(Problem::new(Code::WrongFormat, format!("this should be {wish}, and is {is}")));
        }
        match found {
            Some(format) => {
                plan.format = format;
                plan.framing = format.framing().unwrap_or(Framing::Lines);
            }
            None => plan.by_columns(body, ended, wishes)?,
        }
        plan.settle_encoding(&text, ended, mark > 0);
        if plan.table.is_some() {
            plan.look_at_dates(&text, ended);
        }
        Ok(plan)
    }

    /// Finds the formats that are known by their first bytes. `None`: a table.
    fn by_content(&mut self, start: &[u8], ended: bool) -> Result<Option<Format>, Problem> {
        let wrong = |detail: &str| Err(Problem::new(Code::WrongFormat, detail));
        let begins =
            |text: &str| start.get(..text.len()).is_some_and(|start| start.eq_ignore_ascii_case(text.as_bytes()));
        match start.first() {
            Some(b'<') if begins("<!doctype html") || begins("<html") => wrong("this is a web page, not an export"),
            Some(b'<') if marcxml::has_doctype(start) => Err(Problem::new(
                Code::XmlDoctype,
                "a file with a document type is not read: its entities could be anything",
            )),
            Some(b'<') if ended && marcxml::next_record(start, 0).is_none() => {
                Err(Problem::new(Code::NoRecords, "the file has no element record"))
            }
            Some(b'<') => {
                self.reasons.push("It is XML.".into());
                Ok(Some(Format::MarcXml))
            }
            Some(b'=') if begins("=LDR") || begins("=001") => {
                wrong("this is text, not ISO 2709 (MarcEdit's .mrk): save as .mrc")
            }
            Some(b'{') if line_end(start, true).is_some_and(|end| end <= 3) => {
                wrong("this is JSON over several lines: one object a line is read")
            }
            Some(b'{') => {
                self.reasons.push("It begins with an object of JSON.".into());
                Ok(Some(Format::JsonLines))
            }
            Some(b'[') if begins("[{") || line_end(start, true).is_some_and(|end| end <= 3) => {
                wrong("this is a list of JSON: one object a line is read")
            }
            Some(digit) if digit.is_ascii_digit() && is_leader(start) => {
                self.reasons.push("It begins with the leader of a record of ISO 2709.".into());
                Ok(Some(Format::Marc))
            }
            _ => Ok(None),
        }
    }

    /// The encoding is that of the whole file.
    fn settle_encoding(&mut self, text: &[u8], ended: bool, has_mark: bool) {
        if self.format == Format::MarcXml && self.named.is_none() && self.wide.is_none() {
            self.named = declared(text);
        }
        if let Some(named) = self.named {
            self.encoding = named;
        } else if self.wide.is_none() && !has_mark && self.format.is_table() {
            // The last letter may be cut.
            let cut = if ended { 0 } else { text.iter().rev().take(3).take_while(|byte| **byte >= 0x80).count() };
            let whole = text.get(..text.len() - cut).unwrap_or(text);
            self.encoding = encoding::guess(whole).unwrap_or(UTF_8);
            if self.encoding != UTF_8 {
                let why = if self.encoding == MACINTOSH { " and its lines end in CR alone" } else { "" };
                let name = self.encoding.name();
                self.reasons.push(format!("It is not UTF-8{why}: {name} is a guess."));
            }
        }
    }

    /// In a column of dates, one that has only one reading says how the others are meant.
    fn look_at_dates(&mut self, text: &[u8], ended: bool) {
        let mut orders: Vec<String> = Vec::new();
        if let Some(table) = self.table.as_ref().filter(|table| table.columns.contains_key("releaseDate")) {
            let mut rest = text.get(self.begins..).unwrap_or_default();
            loop {
                let end = match self.framing.cut(rest, ended) {
                    Cut::More => break,
                    Cut::Nothing(end) | Cut::Bad { end, .. } => end,
                    Cut::Record { start, end } => {
                        let record = rest.get(start..end).unwrap_or_default();
                        let record = encoding::decode(&mut Notes::default(), record, self.encoding);
                        orders.extend(table.cells(&record).map(|cells| cells.get("releaseDate").to_owned()));
                        end
                    }
                };
                rest = rest.get(end..).unwrap_or_default();
            }
        }
        if let Some(table) = &mut self.table {
            table.day_first = dates::day_first(orders.iter().map(String::as_str));
        }
    }
}

/// Refuses files of other programs by their first bytes.
fn other_file(head: &[u8]) -> Result<(), Problem> {
    let known: [(&[u8], &str); 6] = [
        (b"\x1f\x8b", "this is compressed (gzip): unpack it first"),
        (b"PK\x03\x04", "this is a ZIP, perhaps a workbook of Excel: unpack it, or save as CSV"),
        (b"\xd0\xcf\x11\xe0", "this is a workbook of Excel: save as CSV"),
        (b"SQLite format 3", "this is a database, perhaps Calibre's: create a catalog as CSV"),
        (b"%PDF", "this is a PDF"),
        (b"{\\rtf", "this is a document (RTF): save as text"),
    ];
    let found = known.iter().find(|(magic, _)| head.starts_with(magic));
    found.map_or(Ok(()), |(_, detail)| Err(Problem::new(Code::WrongFormat, *detail)))
}

fn encoding_of(label: &str) -> Result<&'static Encoding, Problem> {
    let wrong = || Problem::new(Code::WrongFormat, format!("the encoding {label} is not known"));
    Encoding::for_label_no_replacement(label.as_bytes()).ok_or_else(wrong)
}

/// Returns whether a file is UTF-16: by its byte order mark, or by the zeros beside its ASCII.
fn wide(head: &[u8]) -> Option<&'static Encoding> {
    match head {
        [0xff, 0xfe, ..] => Some(UTF_16LE),
        [0xfe, 0xff, ..] => Some(UTF_16BE),
        [a, 0, b, 0, c, 0, ..] if ![a, b, c].contains(&&0) => Some(UTF_16LE),
        [0, a, 0, b, 0, c, ..] if ![a, b, c].contains(&&0) => Some(UTF_16BE),
        _ => None,
    }
}

/// Returns whether bytes begin as a record of ISO 2709 does: with a length, and soon a delimiter or an address.
fn is_leader(start: &[u8]) -> bool {
    let digits = |range| start.get(range).is_some_and(|digits: &[u8]| digits.iter().all(u8::is_ascii_digit));
    digits(0..5) && (start.iter().any(|byte| matches!(byte, 0x1d | 0x1e)) || (digits(10..17) && digits(20..22)))
}

/// Returns the encoding that an XML declares.
fn declared(text: &[u8]) -> Option<&'static Encoding> {
    let start = text.get(..text.len().min(200))?;
    let declaration = String::from_utf8_lossy(start);
    let declaration =
        declaration.trim_start_matches('\u{feff}').trim_start().strip_prefix("<?xml")?.split("?>").next()?.to_owned();
    let label = declaration.split("encoding").nth(1)?.trim_start().strip_prefix('=')?.trim_start();
    let quote = label.chars().next()?;
    let label = label.split(quote).nth(1)?;
    Encoding::for_label_no_replacement(label.as_bytes()).filter(|encoding| ![UTF_16LE, UTF_16BE].contains(encoding))
}

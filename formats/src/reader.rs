//! Makes rows of bytes that come in pieces.

use encoding_rs::Decoder;

use crate::draft::{Book, Draft};
use crate::format::Format;
use crate::frame::{Cut, Framing, LONGEST, line_breaks};
use crate::plan::Plan;
use crate::problem::{Code, Problem};
use crate::text::Notes;
use crate::{
    bibliographic, bookwyrm, calibre, encoding, goodreads, jsonl, librarything, marc, marcxml, members, named,
    storygraph,
};

/// How many bytes [`rows`] gives to its reader at once.
const PIECE: usize = 1 << 16;

/// What became of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its number, from 1. A header is no row.
    pub row: u64,
    /// The line on which it begins, from 1, the header's included. MARC 21 has no lines.
    pub line: Option<u64>,
    /// Where it begins, in bytes. A file of UTF-16 is counted as UTF-8.
    pub offset: u64,
    /// What was read, or why nothing was.
    pub read: Result<Draft, Problem>,
    /// What was odd about it.
    pub warnings: Vec<Problem>,
    /// The book, where `read` is [`Code::TitleMissing`] alone and there is an ISBN: its title is empty, and can be looked up.
    pub untitled: Option<Box<Book>>,
}

/// A place between two records, from which a reader can go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The bytes before it.
    pub offset: u64,
    /// The line, from 1.
    pub line: u64,
    /// The rows before it.
    pub rows: u64,
}

/// Reads a file.
pub struct Reader {
    plan: Plan,
    decoder: Option<Decoder>,
    buffer: Vec<u8>,
    /// How much of the buffer is done.
    done: usize,
    ended: bool,
    /// The bytes before the first record that are still to come.
    before: usize,
    /// Whether the rest of a record that was too long is to be passed over.
    is_skipping: bool,
    /// The last byte that is done: CR LF may be cut in two.
    last: u8,
    place: Place,
}

impl Reader {
    /// Reads from the beginning.
    pub fn new(plan: Plan) -> Self {
        let before = plan.begins;
        Reader { before, ..Reader::from(plan, Place { offset: 0, line: 1, rows: 0 }) }
    }

    /// Goes on at a place: the next bytes are those after it.
    pub fn from(plan: Plan, place: Place) -> Self {
        let decoder = plan.wide.map(|wide| wide.new_decoder());
        Reader {
            plan,
            decoder,
            buffer: Vec::new(),
            done: 0,
            ended: false,
            before: 0,
            is_skipping: false,
            last: 0,
            place,
        }
    }

    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.done);
        self.done = 0;
        match &mut self.decoder {
            None => self.buffer.extend_from_slice(bytes),
            Some(decoder) => decode_into(decoder, bytes, false, &mut self.buffer),
        }
    }

    /// Says that no more bytes will come.
    pub fn end(&mut self) {
        if let Some(decoder) = &mut self.decoder.take() {
            decode_into(decoder, b"", true, &mut self.buffer);
        }
        self.ended = true;
    }

    /// Returns where the next record begins.
    pub fn place(&self) -> Place {
        self.place
    }

    /// Returns the next row. `None`: more bytes are needed, or there are no more.
    pub fn next_row(&mut self) -> Option<Row> {
        if self.rest().len() < self.before && !self.ended {
            return None;
        }
        let before = std::mem::take(&mut self.before).min(self.rest().len());
        self.pass(before);
        loop {
            let framing = self.plan.framing;
            if self.is_skipping {
                self.skip(framing)?;
            }
            match framing.cut(self.rest(), self.ended) {
                Cut::More if self.rest().len() > LONGEST => {
                    let row = self.failed(0, too_long());
                    self.is_skipping = true;
                    // Else an XML's record would be found again.
                    self.pass(1);
                    return Some(row);
                }
                Cut::More => return None,
                Cut::Nothing(length) => self.pass(length),
                Cut::Bad { start, end, problem } => {
                    let row = self.failed(start, problem);
                    self.pass(end - start);
                    return Some(row);
                }
                Cut::Record { start, end } if end - start > LONGEST => {
                    let row = self.failed(start, too_long());
                    self.pass(end - start);
                    return Some(row);
                }
                Cut::Record { start, end } => {
                    self.pass(start);
                    let mut notes = Notes::default();
                    let record = self.rest().get(..end - start).unwrap_or_default();
                    let read = self.plan.read(&mut notes, record);
                    let row = self.noted(read, notes);
                    self.pass(end - start);
                    return Some(row);
                }
            }
        }
    }

    fn rest(&self) -> &[u8] {
        self.buffer.get(self.done..).unwrap_or_default()
    }

    /// Passes over the rest of a record that is too long.
    fn skip(&mut self, framing: Framing) -> Option<()> {
        let Some(end) = framing.after_too_long(self.rest()) else {
            // A tag may be cut here.
            let kept = if self.ended { 0 } else { 64 };
            self.pass(self.rest().len().saturating_sub(kept));
            return None;
        };
        self.pass(end);
        self.is_skipping = false;
        Some(())
    }

    fn pass(&mut self, bytes: usize) {
        let passed = self.rest().get(..bytes).unwrap_or_default();
        let (breaks, last) = (line_breaks(self.last, passed), passed.last().copied());
        self.place.line += breaks;
        self.last = last.unwrap_or(self.last);
        self.place.offset += u64::try_from(bytes).unwrap_or_default();
        self.done += bytes;
    }

    fn failed(&mut self, start: usize, problem: Problem) -> Row {
        self.pass(start);
        self.row(Err(problem))
    }

    /// Makes a row of what was read. A row without a title fails. Its book is kept if it has an ISBN, because the title can be looked up.
    fn noted(&mut self, read: Result<Draft, Problem>, notes: Notes) -> Row {
        let (no_title, warnings) = notes.into_problems();
        let (read, untitled) = match (read, no_title) {
            (Ok(Draft::Book(book)), Some(problem)) => (Err(problem), Some(book).filter(|book| book.isbn.is_some())),
            (read, _) => (read, None),
        };
        Row { warnings, untitled, ..self.row(read) }
    }

    fn row(&mut self, read: Result<Draft, Problem>) -> Row {
        self.place.rows += 1;
        let line = (self.plan.format != Format::Marc).then_some(self.place.line);
        Row { row: self.place.rows, line, offset: self.place.offset, read, warnings: Vec::new(), untitled: None }
    }
}

fn too_long() -> Problem {
    Problem::new(Code::RecordTooLong, format!("is longer than {LONGEST} bytes"))
}

/// Adds bytes of another encoding to a buffer, as UTF-8.
pub(crate) fn decode_into(decoder: &mut Decoder, bytes: &[u8], last: bool, buffer: &mut Vec<u8>) {
    let Some(longest) = decoder.max_utf8_buffer_length(bytes.len()) else { return };
    let start = buffer.len();
    buffer.resize(start + longest, 0);
    let (_, _, written, _) = decoder.decode_to_utf8(bytes, buffer.get_mut(start..).unwrap_or_default(), last);
    buffer.truncate(start + written);
}

impl Plan {
    /// Reads a record.
    fn read(&self, notes: &mut Notes, record: &[u8]) -> Result<Draft, Problem> {
        if self.format == Format::Marc {
            let record = marc::read(notes, record, self.named)?;
            return bibliographic::book(notes, &record).map(Box::new).map(Draft::Book);
        }
        let text = encoding::decode(notes, record, self.encoding);
        let Some(table) = &self.table else {
            let book = match self.format {
                Format::MarcXml => bibliographic::book(notes, &marcxml::read(&text)?),
                _ => jsonl::book(notes, &text),
            };
            return book.map(Box::new).map(Draft::Book);
        };
        let cells = table.cells(&text)?;
        let book = match self.format {
            Format::Goodreads => goodreads::book(notes, &cells),
            Format::StoryGraph => storygraph::book(notes, &cells),
            Format::LibraryThing => librarything::book(notes, &cells),
            Format::Calibre => calibre::book(notes, &cells),
            Format::BookWyrm => bookwyrm::book(notes, &cells),
            Format::Isbns => named::listed(notes, &cells),
            Format::Members => return members::member(notes, &cells).map(Draft::Member),
            Format::Csv | Format::JsonLines | Format::Marc | Format::MarcXml => named::book(notes, &cells),
        };
        book.map(Box::new).map(Draft::Book)
    }

    /// Reads the records of a part, which begins at a place. `last`: the file ends with it.
    ///
    /// # Errors
    /// If it is too long, or ends within a record: then nothing of it is read.
    pub fn part(&self, place: Place, bytes: &[u8], last: bool) -> Result<(Vec<Row>, Place), Problem> {
        if bytes.len() > LONGEST {
            return Err(Problem::new(Code::RecordTooLong, format!("a part has at most {LONGEST} bytes")));
        }
        let mut reader = if place.offset == 0 { Reader::new(self.clone()) } else { Reader::from(self.clone(), place) };
        reader.push(bytes);
        if last {
            reader.end();
        }
        let rows = std::iter::from_fn(|| reader.next_row()).collect();
        if reader.rest().is_empty() {
            Ok((rows, reader.place()))
        } else {
            Err(Problem::new(Code::PartCutsRecord, "the part ends within a record"))
        }
    }
}

/// Reads the rows of bytes that are all there.
pub fn rows(plan: Plan, bytes: &[u8]) -> impl Iterator<Item = Row> {
    let mut reader = Reader::new(plan);
    let mut pieces = bytes.chunks(PIECE);
    std::iter::from_fn(move || {
        loop {
            if let Some(row) = reader.next_row() {
                return Some(row);
            }
            match pieces.next() {
                Some(piece) => reader.push(piece),
                None if reader.ended => return None,
                None => reader.end(),
            }
        }
    })
}

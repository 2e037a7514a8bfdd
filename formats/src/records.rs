//! The records of a file with their bytes, for whoever sends them on.

use encoding_rs::Decoder;

use crate::plan::Plan;
use crate::problem::Code;
use crate::reader::{Reader, Row, decode_into};

/// A record as it stands in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// What was read of it.
    pub row: Row,
    /// The bytes after the record before, and the record itself. UTF-16 has become UTF-8. A record that is too long is left out.
    pub bytes: Vec<u8>,
    /// Where in these bytes the record begins.
    pub start: usize,
}

impl Record {
    /// Returns whether the record is too long to be kept.
    pub fn is_too_long(&self) -> bool {
        self.row.read.as_ref().is_err_and(|problem| problem.code == Code::RecordTooLong)
    }

    /// Returns the record without what stands before it.
    pub fn own(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }
}

/// Takes the bytes of a file as they come, and returns its records. It holds one record and the bytes of one call.
pub struct Records {
    reader: Reader,
    decoder: Option<Decoder>,
    /// The bytes that the reader has, and those that it is done with since the last record.
    kept: Vec<u8>,
    /// How many of them were returned.
    returned: usize,
    /// The place in the file of the first byte that was not returned.
    offset: u64,
    /// Whether the record before was too long, so that its bytes are dropped as they come.
    is_dropping: bool,
    ended: bool,
}

impl Records {
    /// Reads from the beginning.
    pub fn new(plan: Plan) -> Self {
        let decoder = plan.wide.map(|wide| wide.new_decoder());
        // What it reads is UTF-8 by then.
        let reader = Reader::new(Plan { wide: None, ..plan });
        Records { reader, decoder, kept: Vec::new(), returned: 0, offset: 0, is_dropping: false, ended: false }
    }

    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.kept.drain(..self.returned);
        self.returned = 0;
        self.add(bytes, false);
    }

    /// Says that no more bytes will come.
    pub fn end(&mut self) {
        self.add(b"", true);
        self.reader.end();
        self.ended = true;
    }

    /// Returns whether all bytes have come.
    pub fn is_ended(&self) -> bool {
        self.ended
    }

    fn add(&mut self, bytes: &[u8], last: bool) {
        let before = self.kept.len();
        match &mut self.decoder {
            None => self.kept.extend_from_slice(bytes),
            Some(decoder) => decode_into(decoder, bytes, last, &mut self.kept),
        }
        self.reader.push(self.kept.get(before..).unwrap_or_default());
    }

    /// Returns the next record. `None`: more bytes are needed, or there are no more.
    pub fn next_record(&mut self) -> Option<Record> {
        let row = self.reader.next_row();
        if std::mem::take(&mut self.is_dropping) {
            let end = row.as_ref().map_or(self.reader.place().offset, |row| row.offset);
            self.take(end);
            self.is_dropping = row.is_none();
        }
        let row = row?;
        let mut record = Record { bytes: Vec::new(), start: self.length(row.offset), row };
        self.is_dropping = record.is_too_long();
        let end = if self.is_dropping { record.row.offset } else { self.reader.place().offset };
        record.bytes = self.take(end).to_vec();
        Some(record)
    }

    /// Returns the bytes after the last record.
    pub fn rest(&self) -> &[u8] {
        self.kept.get(self.returned..).unwrap_or_default()
    }

    fn length(&self, end: u64) -> usize {
        usize::try_from(end.saturating_sub(self.offset)).unwrap_or(usize::MAX)
    }

    /// Takes the bytes up to a place of the file.
    fn take(&mut self, end: u64) -> &[u8] {
        let from = self.returned;
        self.returned = from.saturating_add(self.length(end)).min(self.kept.len());
        self.offset = end;
        self.kept.get(from..self.returned).unwrap_or_default()
    }
}

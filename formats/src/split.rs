//! Cuts a file into the parts in which an import takes it.

use crate::format::Format;
use crate::frame::LONGEST;
use crate::plan::Plan;
use crate::reader::Place;
use crate::records::{Record, Records};

/// The most rows of a part.
pub const MOST_ROWS: u64 = 500;

/// A part of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its bytes: at most [`LONGEST`], from a record's beginning to a record's end. UTF-16 has become UTF-8.
    pub bytes: Vec<u8>,
    /// How many rows it has.
    pub rows: u64,
    /// Whether its last row has no end of its own. It is to be sent as the last part of a file is: so whoever reads it waits for
    /// no more bytes. Such are the end of the file, a quotation mark that is never closed, and a CR, after which LF may come.
    pub is_last: bool,
}

/// Cuts a file into parts. The same bytes always make the same parts, however they come.
pub struct Splitter {
    plan: Plan,
    records: Records,
    part: Part,
    /// The record that the part had no room for.
    ahead: Option<Record>,
    /// The bytes of the parts before.
    offset: u64,
    too_long: u64,
    is_done: bool,
}

impl Splitter {
    /// Begins a file. It is read as the plan says.
    pub fn new(plan: Plan) -> Self {
        let records = Records::new(plan.clone());
        let plan = Plan { wide: None, ..plan };
        Splitter { plan, records, part: Part::empty(), ahead: None, offset: 0, too_long: 0, is_done: false }
    }

    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.records.push(bytes);
    }

    /// Says that no more bytes will come.
    pub fn end(&mut self) {
        self.records.end();
    }

    /// Returns how many records were left out so far, because no part is as long as they are.
    pub fn too_long(&self) -> u64 {
        self.too_long
    }

    /// Returns the next part. `None`: more bytes are needed, or there are no more.
    pub fn next_part(&mut self) -> Option<Part> {
        while let Some(mut record) = self.ahead.take().or_else(|| self.records.next_record()) {
            if record.bytes.len() > LONGEST && self.offset > 0 {
                // Only blanks and comments between records are as long.
                record.bytes.drain(..record.start);
                record.start = 0;
            }
            let length = self.part.bytes.len() + record.bytes.len();
            if self.part.rows == MOST_ROWS || (length > LONGEST && !self.part.bytes.is_empty()) {
                self.ahead = Some(record);
                return Some(self.cut(false));
            }
            self.part.bytes.append(&mut record.bytes);
            if record.is_too_long() {
                self.too_long += 1;
            } else {
                self.part.rows += 1;
            }
        }
        if !self.records.is_ended() || std::mem::replace(&mut self.is_done, true) {
            return None;
        }
        if self.offset == 0 && self.part.rows == 0 {
            // A header alone.
            let rest = self.records.rest();
            self.part.bytes.extend(rest.get(..LONGEST.min(rest.len())).unwrap_or_default());
        }
        (self.offset == 0 || self.part.rows > 0).then(|| self.cut(true))
    }

    fn cut(&mut self, is_end: bool) -> Part {
        let mut part = std::mem::replace(&mut self.part, Part::empty());
        let place = Place { offset: self.offset, line: 1, rows: 0 };
        // Whoever takes the part asks the same.
        part.is_last = is_end || self.plan.part(place, &part.bytes, false).is_err();
        self.offset += u64::try_from(part.bytes.len()).unwrap_or_default();
        part
    }
}

impl Part {
    fn empty() -> Self {
        Part { bytes: Vec::new(), rows: 0, is_last: false }
    }
}

impl Plan {
    /// Returns the label of the encoding of the parts, which an import of them is begun with: so it is the same as that of the
    /// file, even if the first part shows none. `None`: each record of MARC 21 has its own.
    pub fn label(&self) -> Option<&'static str> {
        (self.format != Format::Marc || self.named.is_some()).then(|| self.encoding.name())
    }
}

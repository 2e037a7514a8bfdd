//! The archive, and the lists in it.

use std::io::{Cursor, Write};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use shared::edge::error::{Error, Result};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// A ZIP archive in memory. Its files are stored as they are: what fits without being compressed is known while it is collected.
pub(crate) struct Archive {
    zip: ZipWriter<Cursor<Vec<u8>>>,
    options: SimpleFileOptions,
}

impl Archive {
    /// Begins an archive whose files are of that time.
    pub(crate) fn of(now: Timestamp) -> Self {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        let options = options.last_modified_time(time(now).unwrap_or_default());
        Archive { zip: ZipWriter::new(Cursor::new(Vec::new())), options }
    }

    /// Adds a file. Its name is one of ours: nothing that a reader has chosen becomes part of a path.
    ///
    /// # Errors
    /// None that is known.
    pub(crate) fn add(&mut self, name: &'static str, bytes: &[u8]) -> Result<()> {
        self.zip.start_file(name, self.options).map_err(|error| Error::Internal(error.into()))?;
        self.zip.write_all(bytes).map_err(|error| Error::Internal(error.into()))
    }

    /// Returns the bytes of the archive.
    ///
    /// # Errors
    /// None that is known.
    pub(crate) fn finish(self) -> Result<Vec<u8>> {
        Ok(self.zip.finish().map_err(|error| Error::Internal(error.into()))?.into_inner())
    }
}

/// Returns a time as archives have it: without a zone, which is taken for UTC here.
fn time(now: Timestamp) -> Option<DateTime> {
    let now = now.to_zoned(TimeZone::UTC);
    let [month, day, hour, minute, second] =
        [now.month(), now.day(), now.hour(), now.minute(), now.second()].map(i8::unsigned_abs);
    DateTime::from_date_and_time(now.year().unsigned_abs(), month, day, hour, minute, second).ok()
}

/// A list as JSON, an item a line.
pub(crate) struct List {
    /// The name of its file.
    pub(crate) name: &'static str,
    /// The operation that has the rest, for people.
    pub(crate) rest: &'static str,
    /// The lines.
    pub(crate) text: Vec<u8>,
    /// Whether something is left out.
    pub(crate) is_cut: bool,
    most: usize,
}

impl List {
    /// Begins a list of at most that many bytes.
    pub(crate) fn new(name: &'static str, rest: &'static str, most: usize) -> Self {
        List { name, rest, text: Vec::new(), is_cut: false, most }
    }

    /// Adds a line, if it fits.
    ///
    /// # Errors
    /// None that is known.
    pub(crate) fn add(&mut self, item: &impl Serialize) -> Result<()> {
        let mut line = serde_json::to_vec(item).map_err(|error| Error::Internal(error.into()))?;
        line.push(b'\n');
        if self.is_cut || self.text.len() + line.len() > self.most {
            self.is_cut = true;
        } else {
            self.text.append(&mut line);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{List, time};

    #[test]
    fn a_list_ends_before_the_first_line_that_does_not_fit() {
        let mut list = List::new("list.jsonl", "", 10);
        for item in ["abc", "a long one", "d"] {
            list.add(&item).expect("JSON");
        }
        assert_eq!((list.text.as_slice(), list.is_cut), (&b"\"abc\"\n"[..], true));
    }

    #[test]
    fn a_time_that_archives_cannot_have_is_none() {
        let time = |text: &str| time(text.parse().expect("a time"));
        assert!(time("2026-11-28T08:00:59Z").is_some_and(|time| (time.year(), time.hour()) == (2026, 8)));
        assert!(time("1979-12-31T00:00:00Z").is_none());
    }
}

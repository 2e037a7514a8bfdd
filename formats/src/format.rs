//! The formats that are read.

use std::fmt;
use std::str::FromStr;

use crate::frame::Framing;
use crate::{bookwyrm, calibre, goodreads, librarything, storygraph};

/// A format that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The export of Goodreads.
    Goodreads,
    /// The export of StoryGraph.
    StoryGraph,
    /// The tab-delimited export of LibraryThing.
    LibraryThing,
    /// A catalogue of Calibre as CSV.
    Calibre,
    /// The export of BookWyrm.
    BookWyrm,
    /// A table whose columns name the fields of a book.
    Csv,
    /// A list of ISBNs, one a line.
    Isbns,
    /// A table of members.
    Members,
    /// JSON Lines, a book a line.
    JsonLines,
    /// MARC 21 (ISO 2709).
    Marc,
    /// MARC 21 as XML.
    MarcXml,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 11] = [
        Format::Goodreads,
        Format::StoryGraph,
        Format::LibraryThing,
        Format::Calibre,
        Format::BookWyrm,
        Format::Csv,
        Format::Isbns,
        Format::Members,
        Format::JsonLines,
        Format::Marc,
        Format::MarcXml,
    ];

    /// Returns the word for programs.
    pub fn word(self) -> &'static str {
        self.names().0
    }

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Format::Goodreads => ("goodreads", "an export of Goodreads"),
            Format::StoryGraph => ("storygraph", "an export of StoryGraph"),
            Format::LibraryThing => ("librarything", "an export of LibraryThing"),
            Format::Calibre => ("calibre", "a catalogue of Calibre"),
            Format::BookWyrm => ("bookwyrm", "an export of BookWyrm"),
            Format::Csv => ("csv", "a table of books"),
            Format::Isbns => ("isbn", "a list of ISBNs"),
            Format::Members => ("members", "a table of members"),
            Format::JsonLines => ("jsonl", "JSON Lines"),
            Format::Marc => ("marc", "MARC 21"),
            Format::MarcXml => ("marcxml", "MARCXML"),
        }
    }

    /// Returns whether its records are lines of cells.
    pub(crate) fn is_table(self) -> bool {
        self.framing().is_none()
    }

    /// Returns how its records end; `None` of a table, whose delimiter is to be found.
    pub(crate) fn framing(self) -> Option<Framing> {
        match self {
            Format::JsonLines => Some(Framing::Lines),
            Format::Marc => Some(Framing::Marc),
            Format::MarcXml => Some(Framing::Xml),
            _ => None,
        }
    }

    /// Returns the columns by which a program's table is known: all of one of the lists.
    pub(crate) fn signatures(self) -> &'static [&'static [&'static str]] {
        match self {
            Format::Goodreads => &[&["book id", "title", "exclusive shelf"], &["book id", "title", "author l-f"]],
            Format::StoryGraph => &[&["title", "isbn/uid"], &["title", "read status", "star rating"]],
            Format::LibraryThing => &[&["book id", "title", "primary author"]],
            Format::Calibre => &[&["title", "authors", "title_sort"], &["title", "authors", "identifiers", "uuid"]],
            Format::BookWyrm => &[&["title", "author_text", "remote_id"]],
            _ => &[],
        }
    }

    /// Returns the columns of a program's table that are read.
    pub(crate) fn columns(self) -> &'static [&'static str] {
        match self {
            Format::Goodreads => goodreads::COLUMNS,
            Format::StoryGraph => storygraph::COLUMNS,
            Format::LibraryThing => librarything::COLUMNS,
            Format::Calibre => calibre::COLUMNS,
            Format::BookWyrm => bookwyrm::COLUMNS,
            _ => &[],
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.names().1)
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let words = || Format::ALL.map(Format::word).join(", ");
        Format::ALL
            .into_iter()
            .find(|format| format.word() == word)
            .ok_or_else(|| format!("should be one of {}", words()))
    }
}

//! The files in which books and members come and go: bytes in, rows out. Nothing here knows AWS, a network or a disk.
//!
//! [`Plan::guess`] looks at the beginning of a file and says what it is, and why. [`Reader`] takes the bytes as they come, cut
//! anywhere, and makes a [`Row`] of each record; it holds one record at a time, and a bad record fails alone. [`Splitter`] cuts
//! a file into the parts of an import. [`mod@write`] is the way out.
//!
//! Rows have plain [`draft`]s: texts that are cleaned and cut to the library's limits, not the types of `shared::values`.
//! `shared` brings AWS's SDK with it, which a reader of files does not need, and the importing function parses the drafts with
//! these types as it parses every request. So what the library accepts is decided in one place.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod bibliographic;
mod bookwyrm;
mod calibre;
mod columns;
mod dates;
pub mod draft;
mod encoding;
mod fields;
mod format;
mod frame;
mod goodreads;
mod isbn;
mod jsonl;
mod kept;
mod languages;
mod librarything;
mod marc;
mod marc8;
mod marcxml;
mod members;
mod named;
mod names;
mod plan;
pub mod problem;
mod reader;
mod records;
mod split;
mod storygraph;
mod table;
mod text;
pub mod write;

pub use format::Format;
pub use frame::LONGEST;
pub use names::UNKNOWN as UNKNOWN_AUTHOR;
pub use plan::{HEAD, Plan, Wishes};
pub use problem::{Code, Problem};
pub use reader::{Place, Reader, Row, rows};
pub use records::{Record, Records};
pub use split::{MOST_ROWS, Part, Splitter};

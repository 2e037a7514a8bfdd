//! The desk: a librarian or an assistant lends to whoever stands there, takes back, and looks after readers.

mod barcodes;
mod cards;
mod finding;
mod lists;
mod readers;
mod renewals;

//! The desk: a librarian or an assistant lends to whoever stands there, takes back, and looks after readers.

mod barcodes;
mod readers;
mod renewals;

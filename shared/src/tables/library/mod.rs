//! The Library table: books, favorites, idempotency records.
//!
//! Each file has its access patterns on top. [`book`] is what a book is, [`books`] reads, adds and deletes single ones,
//! [`change`] changes them, [`archive`] moves them between the two stores, [`catalogue`] lists them, [`favorites`]
//! keeps a reader's own, [`idempotency`] remembers answers.

pub mod archive;
pub mod book;
pub mod books;
pub mod catalogue;
pub mod change;
pub mod favorites;
pub mod idempotency;
pub mod lending;

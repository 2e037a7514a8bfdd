//! Carrel's stories. Each runs in a library of its own, or, with `BASE_URL`, in the deployed one.
#![allow(missing_docs, reason = "a story's name says what it tells")]

mod book_changes;
mod book_input;
mod books;
mod catalogue;
mod intentions;
mod isbns;
mod pages;
mod access;
mod budget;
mod events;
mod contract;
mod edge;
mod favorites;
mod sign_in;
mod tokens;
mod unusual_books;

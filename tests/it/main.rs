//! Carrel's stories. Each runs in a library of its own, or, with `BASE_URL`, in the deployed one.
#![allow(missing_docs, reason = "a story's name says what it tells")]

mod access;
mod archive;
mod book_changes;
mod book_input;
mod books;
mod browsers;
mod budget;
mod catalogue;
mod contract;
mod edge;
mod events;
mod faults;
mod favorites;
mod guessing;
mod intentions;
mod isbns;
mod keys;
mod logs;
mod mailbox;
mod pages;
mod passwords;
mod pictures;
mod policies;
mod sessions;
mod sign_in;
mod tokens;
mod unusual_books;
mod users;

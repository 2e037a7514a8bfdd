//! The library under fire: while its database, its stream and its mail service fail, or while the whole process is killed.
//!
//! Persons use it in every way. What was acknowledged must be there in the end, once; what was refused must not be; nobody gets
//! in who may not.
//!
//! - [`faults`]: `cargo run -p bench -- faults`
//! - [`kills`]: `cargo run -p bench -- kills`; [`runner`]: the process that is killed
//! - [`caller`]: a person; [`books`] and [`lending`]: what the person does, and what the library may answer; [`strangers`]: what it
//!   must refuse
//! - [`imports`]: persons who bring files; [`monitors`]: those who watch
//! - [`account`]: signing in and out, passwords
//! - [`cell`]: what a thing may be after a request without an answer
//! - [`ledger`]: what all persons put down; [`pulse`]: whether the machine is too busy for an answer in time
//! - [`rest`], [`library`]: what must be true once everything has come to rest

mod account;
mod books;
mod caller;
mod cell;
pub(crate) mod faults;
mod imports;
pub(crate) mod kills;
mod ledger;
mod lending;
mod library;
mod monitors;
mod pulse;
mod rest;
mod runner;
mod strangers;

/// What alone is done, if not everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Only {
    /// Files come in, and are taken out again.
    Imports,
}

/// Returns how many of so many persons do everything, and how many pairs of others bring files.
fn shares(persons: usize, only: Option<Only>) -> (usize, usize) {
    match only {
        None => (persons, (persons / 6).max(1)),
        Some(Only::Imports) => (0, (persons / 2).max(1)),
    }
}

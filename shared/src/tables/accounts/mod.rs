//! The Accounts table: users and how they prove who they are. Only auth and users may read it.
//!
//! Each file has its access patterns on top: [`user`] profiles, [`logins`] the names that users sign in with and their
//! password hashes, [`names`] who gets which name, [`passwords`] new passwords, [`resets`] lost passwords, [`pictures`]
//! pictures, [`removal`] the end of an account.

pub mod logins;
pub mod names;
pub mod passwords;
pub mod pictures;
mod removal;
pub mod resets;
pub mod user;

use super::journal::Journal;
use super::sessions::Sessions;
use super::table::Table;

pub use user::User;

/// The Accounts table, and the tables that its transactions span.
#[derive(Clone)]
pub struct Accounts {
    table: Table,
    sessions: Sessions,
    journal: Journal,
}

/// The account was changed since it was read, or is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed;

/// There is no such account any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone;

impl Accounts {
    pub(crate) fn new(table: Table, sessions: Sessions, journal: Journal) -> Self {
        Accounts { table, sessions, journal }
    }
}

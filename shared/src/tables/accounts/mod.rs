//! The Accounts table: users, their logins and pictures. Only auth, users and dispatch may read it.
//!
//! Each file has its access patterns at the top. `user`: profiles. `logins`: names to sign in with, and their
//! password hashes. `looks`: what names look like. `names`: registration, and changes of usernames. `passwords`: new
//! passwords. `resets`: lost passwords. `limits`: how often an address may do something. `pictures`: pictures.
//! `removal`: deletion of accounts.

pub mod limits;
pub mod logins;
mod looks;
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

/// The account has changed since it was read, or does not exist any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed;

impl Accounts {
    pub(crate) fn new(table: Table, sessions: Sessions, journal: Journal) -> Self {
        Accounts { table, sessions, journal }
    }
}

//! The Accounts table: users, their logins and pictures. Only auth, users and dispatch may read it.
//!
//! Each file has its access patterns at the top. `user`: profiles. `logins`: names to sign in with, and their
//! password hashes. `cards`: readers' cards. `added`: readers whom the desk adds. `imported`: those who come from a file. `words`: finding users by their names. `looks`: what names look like. `names`: registration, and changes of usernames. `passwords`: new
//! passwords. `resets`: lost passwords. `addresses`: proofs and changes of email addresses. `mended`: those that the desk mends. `standing`: what librarians
//! change of a user. `limits`: how often something may happen. `fetches`: users who fetch their data as a file. `pictures`: pictures. `removal`: deletion of accounts.
//! `refold`: what earlier versions stored.

pub mod added;
pub mod addresses;
pub mod cards;
pub mod fetches;
pub mod imported;
pub mod limits;
pub mod logins;
mod looks;
pub mod mended;
pub mod names;
pub mod passwords;
pub mod pictures;
mod refold;
pub mod removal;
pub mod resets;
pub mod standing;
pub mod user;
pub mod words;

use std::time::Duration;

use super::journal::Journal;
use super::library::Library;
use super::library::codes::Codes;
use super::retry::Retry;
use super::sessions::Sessions;
use super::table::Table;

pub use refold::ACCOUNTS_VERSION;
pub use user::User;

/// The Accounts table, and the tables that its transactions span.
#[derive(Clone)]
pub struct Accounts {
    table: Table,
    sessions: Sessions,
    journal: Journal,
    library: Library,
    codes: Codes,
}

/// How long a write that collides with others is retried. A function has ten seconds for a request.
const PATIENCE: Duration = Duration::from_secs(6);

impl Accounts {
    pub(crate) fn new(table: Table, sessions: Sessions, journal: Journal, library: Library, codes: Codes) -> Self {
        Accounts { table, sessions, journal, library, codes }
    }

    /// Returns the retries of a write that collides with others.
    fn retry(&self) -> Retry {
        Retry::new(&self.table.random, PATIENCE)
    }
}

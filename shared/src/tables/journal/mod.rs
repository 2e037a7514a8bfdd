//! The Journal table: a row for every sign-in and every write of every function, put by the very transaction that it
//! tells of. What happens after a request follows from these rows: letters, live events, the activity log.
//!
//! Functions may only put rows. `dispatch` follows the table's stream and works them off; `live` reads the indexes, which
//! hold everything but the letters. Each file has its access patterns on top: [`entry`] the rows, [`letter`] what goes
//! out by mail, [`events`] the numbered list that monitors follow, [`activity`] who did what, [`delivery`] which letters
//! have been sent.

pub mod activity;
pub mod delivery;
pub mod entry;
pub mod events;
pub mod letter;

pub use entry::{Deed, Entry, Occasion, Row};
pub use letter::{Letter, Subject};

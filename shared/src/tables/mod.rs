//! The DynamoDB tables: a module for each table, and in it a file for each entity, with its access patterns at the top.
//!
//! The tables use no HTTP type, and `edge`, `crypto`, `values` and the functions use no DynamoDB type
//! (`tests/it/house.rs` checks both). A table is a type whose methods are its operations. `table` reads. `write`
//! writes single items, and transactions whose parts have names.

pub mod accounts;
pub mod connections;
mod fault;
pub mod journal;
mod key;
pub mod library;
pub mod picture;
mod retry;
pub mod search;
pub mod sessions;
mod table;
mod write;

pub use accounts::Accounts;
pub use connections::Connections;
pub use fault::{Failure, Fault, Result};
pub use journal::Journal;
pub use library::Library;
pub use retry::Retry;
pub use search::Search;
pub use sessions::Sessions;
pub(crate) use table::Table;
pub use table::{Consistency, Page};

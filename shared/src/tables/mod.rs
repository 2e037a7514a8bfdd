//! The DynamoDB tables: a module for each, and in it a file for each entity, with its keys and access patterns on top.
//!
//! This is the only code that names DynamoDB, and it names no HTTP type (`tests/it/house.rs` holds both). A table is a
//! type whose methods are its operations. [`table`] reads, [`write`] writes, alone or in transactions whose parts have
//! names.

pub mod accounts;
pub mod connections;
mod fault;
pub mod journal;
mod key;
pub mod library;
mod retry;
pub mod sessions;
mod table;
mod write;

pub use accounts::Accounts;
pub use connections::Connections;
pub use fault::{Failure, Fault, Result};
pub use journal::Journal;
pub use library::Library;
pub use retry::Retry;
pub use sessions::Sessions;
pub(crate) use table::Table;
pub use table::{Consistency, Page};

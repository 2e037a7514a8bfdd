//! The DynamoDB tables: a module for each, and in it a file for each entity, with its keys and access patterns on top.
//!
//! This is the only code that names DynamoDB, and it names no HTTP type (`tests/it/house.rs` holds both).

pub mod accounts;
pub mod connections;
pub mod journal;
pub mod library;
pub mod sessions;
pub mod table;

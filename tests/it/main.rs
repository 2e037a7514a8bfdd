//! Carrel's stories. Each runs in a library of its own, or, with `BASE_URL`, in the deployed one.
#![allow(missing_docs, reason = "a story's name says what it tells")]

mod books;
mod access;
mod budget;
mod events;
mod contract;
mod edge;
mod favorites;
mod sign_in;
mod tokens;

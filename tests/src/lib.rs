//! The small client that the stories are told with: a library of one's own, its readers, and their answers.

mod answer;
mod library;
pub mod meter;
mod person;

pub use answer::Answer;
pub use library::{Library, PASSWORD, SIGNING_SECRET, Setup, unique, unique_email};
pub use person::{Person, Request};

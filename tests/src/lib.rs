//! The small client that the stories are told with: a library of one's own, its readers, and their answers.

mod answer;
pub mod database;
mod library;
mod mailbox;
mod person;
mod post;
mod socket;

pub use answer::Answer;
pub use library::{Library, PASSWORD, SIGNING_SECRET, Setup, secrets, unique, unique_email};
pub use mailbox::Mail;
pub use person::{Person, Request};
pub use post::Post;
pub use socket::Socket;

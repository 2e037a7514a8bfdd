//! The client that the tests use: a library, its readers, their answers, and a proxy before its database.

mod answer;
mod catalogue;
mod crashes;
pub mod database;
mod http;
mod library;
mod mailbox;
mod person;
mod post;
mod setup;
mod share;
mod socket;
mod socket_api;
mod stock;
mod stream;

pub use answer::{Answer, time};
pub use catalogue::{Asked, Catalogue};
pub use crashes::Crashes;
pub use http::client;
pub use library::{Library, PASSWORD, unique, unique_email};
pub use mailbox::Mail;
pub use person::{Person, Request};
pub use post::Post;
pub use setup::{SIGNING_SECRET, Setup, secrets};
pub use socket::Socket;
pub use socket_api::SocketApi;
pub use stock::{BookRow, Stock};
pub use stream::{Faults as StreamFaults, Stream};

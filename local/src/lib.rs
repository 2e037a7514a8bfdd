//! Carrel on a laptop: the whole library in one process, which needs nothing but Rust.
//!
//! | module | what it is |
//! |---|---|
//! | [`template`] | what `template.yaml` says: the one list of routes, tables and usage plans |
//! | [`functions`], `deployment` | the one list of functions, and what they are started with |
//! | `runner`, `options` | one start and one stop of everything |
//! | `surroundings`, [`database`], `records`, `folder`, `secrets` | the ports, the embedded DynamoDB, the data folder |
//! | `wire`, `gateway`, `routes`, `event`, `answer`, [`plans`] | API Gateway, with its usage plans |
//! | `host` | the names by which clients may call this machine |
//! | `function` | Lambda |
//! | `streams`, `schedules` | its event source mappings and EventBridge |
//! | `live` | API Gateway's WebSocket API |
//! | `ses`, `mailbox`, `secrets_manager`, `dev` | the other services that functions call, and the paths they are served at |
//! | [`cloud`] | these services alone, for functions that run outside this program |
//! | [`openapi`], [`watch`] | what is generated from the code and the template |
//! | `catalogue`, `first_readers`, `api` | what a new library begins with, added through its own API |
//! | [`inspect`] | what a file of books or members is, and what a library could take of it |
//! | [`import`], [`export`] | sends a file of books to a library; writes one of its books |
//! | `source` | a file that is read as it is unpacked |
//! | [`copy_table`] | what restores items from a backup |
//! | [`monitor`] | shows live events on a terminal |
//! | [`client`] | the API as `monitor`, `import` and `export` call it |
//! | [`signals`], `log` | how the program is asked to stop, and what it logs |
//!
//! ```text
//! client → gateway → event → function (the same router as on Lambda) → SDK → database
//! database → streams → event → function → SES → mailbox
//! ```

mod answer;
mod api;
mod catalogue;
pub mod client;
pub mod cloud;
pub mod copy_table;
pub mod database;
mod deployment;
mod dev;
mod error;
mod event;
pub mod export;
mod first_readers;
mod folder;
mod function;
pub mod functions;
mod gateway;
mod host;
pub mod import;
pub mod inspect;
mod live;
mod log;
mod mailbox;
pub mod monitor;
pub mod openapi;
mod options;
pub mod plans;
mod records;
mod refold;
mod reindex;
mod routes;
mod runner;
mod schedules;
mod secrets;
mod secrets_manager;
mod ses;
pub mod signals;
mod site;
mod source;
mod streams;
mod surroundings;
pub mod template;
pub mod watch;
mod wire;

pub use database::{Data, Database};
pub use deployment::{Deployment, PAGES_OF_THIS_MACHINE, default_settings};
pub use error::{Error, Result};
pub use first_readers::READERS_PASSWORD;
pub use function::{Functions, Handler};
pub use functions::Carrel;
pub use options::Options;
pub use refold::{refold_at, refold_cloud};
pub use reindex::{reindex_at, reindex_cloud};
pub use runner::Local;
pub use secrets::{rotate_keys, secrets};

#[cfg(test)]
mod http {
    /// Returns the HTTP client of the tests. In a build of the whole workspace it speaks TLS, and needs a provider.
    pub(crate) fn client() -> reqwest::Client {
        let _ = rustls::crypto::ring::default_provider().install_default();
        reqwest::Client::new()
    }
}

//! All that is stored about a reader, as a file for the reader (GDPR, articles 15 and 20).
//!
//! `fetch` is the operation, `about` has what is one item of a table, `lists` what is many, `archive` puts them into a file, and
//! `readme` tells in plain words what all of it is.

mod about;
mod archive;
mod fetch;
mod lists;
mod readme;

use axum::extract::FromRef;
use jiff::SignedDuration;
use shared::edge::routes::Routes;
use shared::routes;
use shared::runtime::app::App;
use shared::tables::{Accounts, Journal, Library};

/// What this function needs beyond every function's [`App`].
#[derive(Clone)]
pub struct Data {
    app: App,
    accounts: Accounts,
    library: Library,
    journal: Journal,
    log_retention: SignedDuration,
}

impl Data {
    /// Returns the state on the tables of `app`. The logs of the functions are kept for `log_retention`, which readers are told.
    pub fn new(app: App, log_retention: SignedDuration) -> Self {
        Data { accounts: app.accounts(), library: app.library(), journal: app.journal(), app, log_retention }
    }
}

impl FromRef<Data> for App {
    fn from_ref(state: &Data) -> App {
        state.app.clone()
    }
}

/// Returns all routes of this function. The contract test compares them with template.yaml.
pub fn routes() -> Routes<Data> {
    Routes::default().routes(routes!(fetch::fetch))
}

/// The routes whose answers are streamed, in the template too: API Gateway must pass the bytes of a file on unchanged.
pub const STREAMED: &[(&str, &str)] = &[("GET", "/users/me/data")];

/// Returns the function's router.
pub fn app(data: Data) -> axum::Router {
    let settings = data.app.settings.clone();
    shared::edge::router(routes(), data, settings, shared::edge::BODY_LIMIT)
}

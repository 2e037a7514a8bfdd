//! Books and readers come in from files, and books go out as files. `formats` reads and writes them.

mod begin;
mod draft;
mod enrich;
mod export;
mod finish;
mod get;
mod list;
mod members;
mod part;
mod problems;
mod report;
mod undo;

use axum::extract::FromRef;
use shared::edge::routes::Routes;
use shared::routes;
use shared::runtime::app::App;
use shared::tables::library::metadata::Records;
use shared::tables::{Accounts, Library};

/// What this function needs beyond every function's [`App`].
#[derive(Clone)]
pub struct Imports {
    app: App,
    library: Library,
    /// For readers who come in from a file, and for nobody else.
    accounts: Accounts,
    /// What catalogues said about ISBNs.
    records: Records,
}

impl FromRef<Imports> for App {
    fn from_ref(state: &Imports) -> App {
        state.app.clone()
    }
}

/// Returns all routes of this function. The contract test compares them with template.yaml.
pub fn routes() -> Routes<Imports> {
    Routes::default()
        .routes(routes!(list::list).with_query())
        .routes(routes!(begin::begin))
        .routes(routes!(get::get))
        .routes(routes!(undo::undo))
        .routes(routes!(part::part).with_query().body_limit(part::MOST_BYTES))
        .routes(routes!(problems::problems).with_query())
        .routes(routes!(finish::finish))
        .routes(routes!(export::export).with_query())
}

/// Returns the function's router.
pub fn app(app: App) -> axum::Router {
    let settings = app.settings.clone();
    let state = Imports { library: app.library(), accounts: app.accounts(), records: app.records(), app };
    shared::edge::router(routes(), state, settings, shared::edge::BODY_LIMIT)
}

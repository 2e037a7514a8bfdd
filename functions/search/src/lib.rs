//! Finds books by words: of their titles, authors and subjects.

mod correct;
mod find;
mod lists;
mod plan;
mod search;
mod suggest;

use axum::extract::FromRef;
use shared::edge::routes::Routes;
use shared::routes;
use shared::runtime::app::App;
use shared::tables::{Library, Search};

/// What this function needs beyond every function's [`App`].
#[derive(Clone)]
pub struct State {
    app: App,
    library: Library,
    search: Search,
}

impl FromRef<State> for App {
    fn from_ref(state: &State) -> App {
        state.app.clone()
    }
}

/// Returns all routes of this function. The contract test compares them with template.yaml.
pub fn routes() -> Routes<State> {
    Routes::default()
        .routes(routes!(search::search).with_query())
        .routes(routes!(search::search_archive).with_query())
        .routes(routes!(suggest::suggest).with_query())
}

/// Returns the function's router.
pub fn app(app: App) -> axum::Router {
    let settings = app.settings.clone();
    let state = State { library: app.library(), search: app.search(), app };
    shared::edge::router(routes(), state, settings, shared::edge::BODY_LIMIT)
}

//! Favorites: books that a reader bookmarks.

mod add;
mod favorite;
mod get;
mod list;
mod remove;

use axum::extract::FromRef;
use shared::edge::routes::Routes;
use shared::routes;
use shared::runtime::app::App;
use shared::tables::Library;

/// What this function needs beyond every function's [`App`].
#[derive(Clone)]
pub struct Favorites {
    app: App,
    library: Library,
}

impl Favorites {
    /// Returns the state on the tables of `app`.
    fn new(app: App) -> Self {
        Favorites { library: app.library(), app }
    }
}

impl FromRef<Favorites> for App {
    fn from_ref(state: &Favorites) -> App {
        state.app.clone()
    }
}

/// Returns all routes of this function. The contract test compares them with template.yaml.
pub fn routes() -> Routes<Favorites> {
    Routes::default().routes(routes!(list::list).with_query()).routes(routes!(get::get, add::add, remove::remove))
}

/// Returns the function's router.
pub fn app(app: App) -> axum::Router {
    let settings = app.settings.clone();
    shared::edge::router(routes(), Favorites::new(app), settings, shared::edge::BODY_LIMIT)
}

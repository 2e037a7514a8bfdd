//! Favorites: the books a reader wants to keep at hand.

mod add;
mod list;
mod remove;

use shared::edge::routes::Routes;
use shared::routes;
use shared::runtime::app::App;

/// All routes of this function. The contract test compares them with template.yaml.
pub fn routes() -> Routes<App> {
    Routes::default().routes(routes!(list::list).with_query()).routes(routes!(add::add, remove::remove))
}

/// The function, ready to answer.
pub fn app(app: App) -> axum::Router {
    shared::edge::router(routes(), app.clone(), app.settings, shared::edge::BODY_LIMIT)
}

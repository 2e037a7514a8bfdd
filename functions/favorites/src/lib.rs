//! Favorites: the books a reader wants to keep at hand.

mod add;
mod list;
mod remove;

use shared::edge::routes::Routes;
use shared::routes;
use shared::runtime::app::App;

/// Every route of this function. The template is tested against it.
pub fn routes<R: Routes<App>>() -> R {
    R::default().routes(routes!(list::list).with_query()).routes(routes!(add::add, remove::remove))
}

/// The function, ready to answer.
pub fn app(app: App) -> axum::Router {
    shared::edge::router(routes(), app.clone(), app.settings, shared::edge::BODY_LIMIT)
}

//! Favorites: the books a reader wants to keep at hand.

mod add;
mod list;
mod remove;

use shared::app::App;
use shared::routes;
use shared::routes::Routes;

/// Every route of this function. The template is tested against it.
pub fn routes<R: Routes<App>>() -> R {
    R::default().routes(routes!(list::list).with_query()).routes(routes!(add::add, remove::remove))
}

/// The function, ready to answer.
pub fn app(app: App) -> axum::Router {
    shared::http::router(routes(), app.clone(), app.settings, shared::http::BODY_LIMIT)
}

//! Favorites: the books a reader wants to keep at hand.

mod add;
mod list;
mod remove;

use shared::app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Every route of this function. The template is tested against it.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list::list)).routes(routes!(add::add, remove::remove))
}

/// The function, ready to answer.
pub fn app(app: App) -> axum::Router {
    shared::http::router(routes(), app.clone(), app.settings, shared::http::BODY_LIMIT)
}

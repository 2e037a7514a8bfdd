//! Pictures of users and covers of books.
//!
//! This is the only function that decodes images. Decoders are large and read what strangers send, so it can reach
//! nothing but pictures, covers, and the items of books.

mod cover;
mod decode;
mod default_picture;
mod delete_cover;
mod delete_picture;
mod get_cover;
mod get_picture;
mod image_jobs;
mod put_cover;
mod put_picture;
mod scans;
mod square;
mod upload;

use axum::extract::FromRef;
use shared::edge::routes::Routes;
use shared::routes;
use shared::runtime::app::App;
use shared::tables::{Accounts, Library};

/// What this function needs beyond every function's [`App`].
#[derive(Clone)]
pub struct Pictures {
    app: App,
    accounts: Accounts,
    library: Library,
}

impl Pictures {
    /// Returns the state on the tables of `app`.
    fn new(app: App) -> Self {
        Pictures { accounts: app.accounts(), library: app.library(), app }
    }
}

impl FromRef<Pictures> for App {
    fn from_ref(state: &Pictures) -> App {
        state.app.clone()
    }
}

/// Returns all routes of this function. The contract test compares them with template.yaml.
pub fn routes() -> Routes<Pictures> {
    Routes::default()
        .routes(routes!(put_picture::put_picture, delete_picture::delete_picture).body_limit(upload::LIMIT))
        .routes(routes!(get_picture::get_picture))
        .routes(routes!(put_cover::put_cover, delete_cover::delete_cover).body_limit(upload::LIMIT))
        .routes(routes!(get_cover::get_cover).with_query())
}

/// The routes whose answers are streamed, in the template too: API Gateway must pass the bytes of a picture on
/// unchanged.
pub const STREAMED: &[(&str, &str)] = &[("GET", "/users/{userId}/picture"), ("GET", "/books/{bookId}/cover")];

/// Returns the function's router.
pub fn app(app: App) -> axum::Router {
    let settings = app.settings.clone();
    shared::edge::router(routes(), Pictures::new(app), settings, shared::edge::BODY_LIMIT)
}

#[cfg(test)]
mod fuzz;

//! Books: the catalogue, and the old books of the archive.

mod add_barcode;
mod archive;
mod create;
mod delete;
mod delete_by_title;
mod get;
mod list;
mod list_barcodes;
mod new_barcode;
mod remove_barcode;
mod replace;
mod restore;
mod update;

use axum::Json;
use axum::extract::FromRef;
use axum::response::Response;
use serde::Serialize;
use shared::edge::routes::Routes;
use shared::edge::with_etag;
use shared::routes;
use shared::runtime::app::App;
use shared::tables::Library;
use shared::tables::library::book::Book;
use shared::values::Barcode;
use utoipa::ToSchema;

/// What this function needs beyond every function's [`App`].
#[derive(Clone)]
pub struct Books {
    app: App,
    library: Library,
}

impl Books {
    /// Returns the state on the tables of `app`.
    fn new(app: App) -> Self {
        Books { library: app.library(), app }
    }
}

impl FromRef<Books> for App {
    fn from_ref(state: &Books) -> App {
        state.app.clone()
    }
}

/// Returns all routes of this function. The contract test compares them with template.yaml.
pub fn routes() -> Routes<Books> {
    Routes::default()
        .routes(routes!(list::list, delete_by_title::delete_by_title).with_query())
        .routes(routes!(create::create))
        .routes(routes!(get::get, replace::replace, update::update, delete::delete))
        .routes(routes!(list_barcodes::list_barcodes, new_barcode::new_barcode))
        .routes(routes!(add_barcode::add_barcode, remove_barcode::remove_barcode))
        .routes(routes!(archive::archive))
        .routes(routes!(list::list_archived).with_query())
        .routes(routes!(get::get_archived))
        .routes(routes!(restore::restore))
}

/// Returns the function's router.
pub fn app(app: App) -> axum::Router {
    let settings = app.settings.clone();
    shared::edge::router(routes(), Books::new(app), settings, shared::edge::BODY_LIMIT)
}

/// Returns an answer with a book and its version. The next change can send the version in `If-Match`.
fn versioned(book: Book) -> Response {
    let version = book.version;
    with_etag(Json(book), version, None)
}

/// A barcode of a book.
#[derive(Serialize, ToSchema)]
pub(crate) struct Label {
    /// What is on the copy.
    barcode: Barcode,
}

//! Books: the catalogue, and the old books.

mod archive;
mod create;
mod delete;
mod delete_by_title;
mod get;
mod list;
mod replace;
mod restore;
mod update;

use axum::Json;
use axum::response::Response;
use shared::edge::caller::Caller;
use shared::edge::error::Error;
use shared::edge::extract::IfMatch;
use shared::edge::routes::Routes;
use shared::edge::with_etag;
use shared::routes;
use shared::runtime::app::App;
use shared::tables::journal::Occasion;
use shared::tables::library::book::Book;
use shared::tables::library::books::{Edit, Refused};

/// All routes of this function. The contract test compares them with template.yaml.
pub fn routes() -> Routes<App> {
    Routes::default()
        .routes(routes!(list::list, delete_by_title::delete_by_title).with_query())
        .routes(routes!(create::create))
        .routes(routes!(get::get, replace::replace, update::update, delete::delete))
        .routes(routes!(archive::archive))
        .routes(routes!(list::list_archived).with_query())
        .routes(routes!(get::get_archived))
        .routes(routes!(restore::restore))
}

/// The function, ready to answer.
pub fn app(app: App) -> axum::Router {
    shared::edge::router(routes(), app.clone(), app.settings, shared::edge::BODY_LIMIT)
}

/// A book with its version, which a next change can name.
fn versioned(book: Book) -> Response {
    let version = book.version;
    with_etag(Json(book), version, None)
}

fn edit<'a>(caller: &Caller, if_match: &'a IfMatch, occasion: &'a Occasion) -> Edit<'a> {
    let versions = match if_match {
        IfMatch::Any => None,
        IfMatch::Versions(versions) => Some(versions.as_slice()),
    };
    Edit { is_admin: caller.is_admin(), versions, occasion }
}

fn refusal(refused: Refused) -> Error {
    match refused {
        Refused::Absent => Error::NotFound("book"),
        Refused::NotYours => Error::Forbidden("Only its owner and the librarians may do this to a book."),
        Refused::Stale => Error::Stale,
        Refused::IsbnTaken => Error::Conflict("Another book has this ISBN."),
        Refused::InUse => Error::Conflict("Copies of this book are reserved or out."),
    }
}

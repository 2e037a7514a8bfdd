//! `DELETE /books/{bookId}/cover`. Idempotent.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::{Path, Precondition};
use shared::edge::refusals::{Forbidden, NotFound};
use shared::edge::with_etag;
use shared::tables::library::book::Book;
use shared::values::{Address, BookId};

use crate::Pictures;

/// Removes the cover of a book. Pages set one from its title.
///
/// # Errors
/// 401 without a live session; 403 if the book is another user's; 404 if it is not in the catalogue; 412 if it is not at
/// the version in `If-Match`.
#[utoipa::path(delete, path = "/books/{bookId}/cover", tag = "books", operation_id = "deleteCover",
    params(("bookId" = BookId, Path), Precondition),
    extensions(("x-access" = json!("owner")), ("x-refusals" = json!([Forbidden::NotYourBook, NotFound::Book]))),
    responses(
        (status = 200, description = "The book, without a cover.", body = Book, headers(("ETag" = String, description = "Its version.")))))]
pub(crate) async fn delete_cover(
    State(pictures): State<Pictures>,
    caller: Caller,
    Path(id): Path<BookId>,
    precondition: Precondition,
    from: Address,
) -> Result<Response> {
    let actor = caller.actor(&pictures.app, from);
    let book = pictures.library.set_cover(id, None, &caller.edit(precondition.versions(), &actor)).await?;
    let version = book.version;
    Ok(with_etag(Json(book), version, None))
}

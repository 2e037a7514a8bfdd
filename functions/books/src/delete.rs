//! `DELETE /books/{bookId}`.

use axum::extract::State;
use axum::http::StatusCode;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::{Path, Precondition};
use shared::edge::refusals::{Conflict, Forbidden, NotFound};
use shared::values::{Address, BookId};

use crate::Books;

/// Deletes a book from the catalogue.
///
/// # Errors
/// 401 without a live session; 403 if the book is another user's; 404 if it is not in the catalogue; 409 while copies
/// are reserved or checked out; 412 if the book is not at the version in `If-Match`.
#[utoipa::path(delete, path = "/books/{bookId}", tag = "books", operation_id = "deleteBook",
    params(("bookId" = BookId, Path), Precondition),
    extensions(("x-access" = json!("owner")),
        ("x-refusals" = json!([Forbidden::NotYourBook, NotFound::Book, Conflict::BookInUse]))),
    responses((status = 204, description = "Deleted.")))]
pub(crate) async fn delete(
    State(books): State<Books>,
    caller: Caller,
    Path(id): Path<BookId>,
    precondition: Precondition,
    from: Address,
) -> Result<StatusCode> {
    let actor = caller.actor(&books.app, from);
    books.library.delete_book(id, &caller.edit(precondition.versions(), &actor)).await?;
    Ok(StatusCode::NO_CONTENT)
}

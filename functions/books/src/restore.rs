//! `POST /archive/books/{bookId}/restore`.

use axum::extract::State;
use axum::response::Response;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::{Path, Precondition};
use shared::edge::refusals::{Forbidden, NotFound};
use shared::tables::library::book::Book;
use shared::values::{Address, BookId};

use crate::{Books, versioned};

/// Moves a book from the archive back to the catalogue.
///
/// # Errors
/// 401 without a live session; 403 if the book is another user's; 404 if it is not in the archive; 412 if it is not at
/// the version in `If-Match`.
#[utoipa::path(post, path = "/archive/books/{bookId}/restore", tag = "archive", operation_id = "restoreBook",
    params(("bookId" = BookId, Path), Precondition),
    extensions(("x-access" = json!("owner")),
        ("x-refusals" = json!([Forbidden::NotYourBook, NotFound::Book]))),
    responses(
        (status = 200, description = "The restored book.", body = Book, headers(("ETag" = String, description = "Its version.")))))]
pub(crate) async fn restore(
    State(books): State<Books>,
    caller: Caller,
    Path(id): Path<BookId>,
    precondition: Precondition,
    from: Address,
) -> Result<Response> {
    let actor = caller.actor(&books.app, from);
    let restored = books.library.restore_book(id, &caller.edit(precondition.versions(), &actor)).await?;
    Ok(versioned(restored))
}

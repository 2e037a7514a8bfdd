//! `POST /books/{bookId}/archive`.

use axum::extract::State;
use axum::response::Response;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::{Path, Precondition};
use shared::edge::refusals::{Conflict, Forbidden, NotFound};
use shared::tables::library::book::Book;
use shared::values::{Address, BookId};

use crate::{Books, versioned};

/// Moves a book from the catalogue to the archive. Until it is restored, it is listed there and cannot be changed.
///
/// # Errors
/// 401 without a live session; 403 if the book is another user's; 404 if it is not in the catalogue; 409 while copies
/// are reserved or checked out; 412 if the book is not at the version in `If-Match`.
#[utoipa::path(post, path = "/books/{bookId}/archive", tag = "archive", operation_id = "archiveBook",
    params(("bookId" = BookId, Path), Precondition),
    extensions(("x-access" = json!("owner")),
        ("x-refusals" = json!([Forbidden::NotYourBook, NotFound::Book, Conflict::BookInUse]))),
    responses(
        (status = 200, description = "The archived book.", body = Book, headers(("ETag" = String, description = "Its version.")))))]
pub(crate) async fn archive(
    State(books): State<Books>,
    caller: Caller,
    Path(id): Path<BookId>,
    precondition: Precondition,
    from: Address,
) -> Result<Response> {
    let actor = caller.actor(&books.app, from);
    let archived = books.library.archive_book(id, &caller.edit(precondition.versions(), &actor)).await?;
    Ok(versioned(archived))
}

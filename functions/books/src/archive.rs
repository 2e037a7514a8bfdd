//! `POST /books/{bookId}/archive`.

use axum::extract::State;
use axum::response::Response;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::{IfMatch, Path};
use shared::edge::refusals::{Conflict, Forbidden, NotFound};
use shared::tables::library::book::Book;
use shared::values::{Address, BookId};

use crate::{Books, edit, versioned};

/// Moves a book to the old books: it is listed there and not among the others, and cannot be changed until it is restored.
///
/// # Errors
/// 401 without a live session; 403 if it is another's; 404 if it is not there; 409 while copies of it are reserved or out; 412 if it is not at the version that
/// `If-Match` names.
#[utoipa::path(post, path = "/books/{bookId}/archive", tag = "archive", operation_id = "archiveBook",
    params(("bookId" = BookId, Path), IfMatch),
    extensions(("x-access" = json!("owner")),
        ("x-refusals" = json!([Forbidden::NotYourBook, NotFound::Book, Conflict::BookInUse]))),
    responses(
        (status = 200, description = "The book as it is now.", body = Book, headers(("ETag" = String, description = "Its version.")))))]
pub(crate) async fn archive(
    State(books): State<Books>,
    caller: Caller,
    Path(id): Path<BookId>,
    if_match: IfMatch,
    from: Address,
) -> Result<Response> {
    let actor = books.app.actor(caller.id, from);
    let archived = books.library.archive_book(id, &edit(&caller, &if_match, &actor)).await?;
    Ok(versioned(archived))
}

//! `POST /archive/books/{bookId}/restore`.

use axum::extract::State;
use axum::response::Response;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::{IfMatch, Path};
use shared::edge::refusals::{Forbidden, NotFound};
use shared::tables::library::book::Book;
use shared::values::{Address, BookId};

use crate::{Books, edit, versioned};

/// Moves an old book back among the others.
///
/// # Errors
/// 401 without a live session; 403 if it is another's; 404 if it is not there; 412 if it is not at the version that
/// `If-Match` names.
#[utoipa::path(post, path = "/archive/books/{bookId}/restore", tag = "archive", operation_id = "restoreBook",
    params(("bookId" = BookId, Path), IfMatch),
    extensions(("x-access" = json!("owner")),
        ("x-refusals" = json!([Forbidden::NotYourBook, NotFound::Book]))),
    responses(
        (status = 200, description = "The book as it is now.", body = Book, headers(("ETag" = String, description = "Its version.")))))]
pub(crate) async fn restore(
    State(books): State<Books>,
    caller: Caller,
    Path(id): Path<BookId>,
    if_match: IfMatch,
    from: Address,
) -> Result<Response> {
    let actor = books.app.actor(caller.id, from);
    let restored = books.library.restore_book(id, &edit(&caller, &if_match, &actor)).await?;
    Ok(versioned(restored))
}

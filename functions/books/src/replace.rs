//! `PUT /books/{bookId}`.

use axum::extract::State;
use axum::response::Response;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::{Body, Path, Precondition};
use shared::edge::refusals::{Conflict, Forbidden, NotFound};
use shared::tables::library::book::{Book, Details, NewBook};
use shared::values::{Address, BookId};

use crate::{Books, versioned};

/// Replaces the fields of a book. A field that is not sent is removed.
///
/// # Errors
/// 401 without a live session; 403 if the book is another user's; 404 if it is not in the catalogue; 409 if another
/// book has the ISBN, or if more copies are reserved or checked out than the new number of copies; 412 if the book is
/// not at the version in `If-Match`.
#[utoipa::path(put, path = "/books/{bookId}", tag = "books", operation_id = "replaceBook", request_body = NewBook,
    params(("bookId" = BookId, Path), Precondition),
    extensions(("x-access" = json!("owner")),
        ("x-refusals" = json!([Forbidden::NotYourBook, NotFound::Book, Conflict::IsbnTaken, Conflict::IsbnArchived, Conflict::BookInUse]))),
    responses(
        (status = 200, description = "The changed book.", body = Book, headers(("ETag" = String, description = "Its version.")))))]
pub(crate) async fn replace(
    State(books): State<Books>,
    caller: Caller,
    Path(id): Path<BookId>,
    precondition: Precondition,
    from: Address,
    Body(new): Body<NewBook>,
) -> Result<Response> {
    let actor = caller.actor(&books.app, from);
    let edit = caller.edit(precondition.versions(), &actor);
    let changed = books.library.change_book(id, |_| Details::from(new.clone()), &edit).await?;
    Ok(versioned(changed))
}

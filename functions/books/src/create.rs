//! `POST /books`.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::Response;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::{Body, IdempotencyKey};
use shared::edge::refusals::{Conflict, Forbidden};
use shared::edge::with_etag;
use shared::tables::library::book::{Book, NewBook};
use shared::tables::library::idempotency::Request;
use shared::values::{Address, BookId};

use crate::Books;

/// Adds a book to the catalogue. The caller becomes its owner.
///
/// With an `Idempotency-Key`, the same request sent again within 24 hours returns the same answer and adds nothing.
///
/// # Errors
/// 401 without a live session; 403 if only librarians may add books in this library; 409 if another book has the ISBN;
/// 422 if the `Idempotency-Key` was sent with another request.
#[utoipa::path(post, path = "/books", tag = "books", operation_id = "createBook", request_body = NewBook,
    params(IdempotencyKey),
    extensions(("x-access" = json!("writer")),
        ("x-refusals" = json!([Forbidden::LibrariansAddBooks, Conflict::IsbnTaken, Conflict::IsbnArchived]))),
    responses(
        (status = 201, description = "Added.", body = Book, headers(("ETag" = String, description = "Its version."), ("Location" = String, description = "The URL of the book.")))))]
pub(crate) async fn create(
    State(books): State<Books>,
    caller: Caller,
    key: Option<IdempotencyKey>,
    from: Address,
    Body(new): Body<NewBook>,
) -> Result<Response> {
    let app = &books.app;
    let admins_only = app.settings.admins_only_writes;
    if admins_only && !caller.is_admin() {
        return Err(Forbidden::LibrariansAddBooks.into());
    }
    let actor = if admins_only { caller.librarian(app, from)? } else { caller.actor(app, from) };
    let id = BookId::new(actor.at, app.random());
    let request = key.map(|key| Request::new(caller.id, &key.0, &new));
    let book = books.library.add_book(id, new, request.as_ref(), &actor).await?;
    let location = [(header::LOCATION, app.settings.url(&format!("/books/{}", book.id)))];
    let version = book.version;
    Ok(with_etag((StatusCode::CREATED, location, Json(book)), version, None))
}

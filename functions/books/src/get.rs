//! `GET /books/{bookId}` and `GET /archive/books/{bookId}`.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use shared::edge::caller::CatalogReader;
use shared::edge::error::Result;
use shared::edge::extract::{IfNoneMatch, Path};
use shared::edge::refusals::NotFound;
use shared::edge::with_etag;
use shared::tables::library::book::{Book, Store};
use shared::values::BookId;

use crate::Books;

/// Returns a book of the catalogue.
///
/// # Errors
/// 401 without a live session, if this library is for members only; 404 if the book is not in the catalogue.
#[utoipa::path(get, path = "/books/{bookId}", tag = "books", operation_id = "getBook",
    params(("bookId" = BookId, Path), IfNoneMatch),
    extensions(("x-access" = json!("reader")),
        ("x-refusals" = json!([NotFound::Book]))),
    responses(
        (status = 200, description = "The book.", body = Book, headers(("ETag" = String, description = "Its version."))),
        (status = 304, description = "Not changed since the `ETag` in `If-None-Match`.")))]
pub(crate) async fn get(
    State(books): State<Books>,
    _: CatalogReader,
    Path(id): Path<BookId>,
    known: IfNoneMatch,
) -> Result<Response> {
    show(&books, id, Store::Books, &known).await
}

/// Returns an old book of the archive.
///
/// # Errors
/// 401 without a live session, if this library is for members only; 404 if the book is not in the archive.
#[utoipa::path(get, path = "/archive/books/{bookId}", tag = "archive", operation_id = "getArchivedBook",
    params(("bookId" = BookId, Path), IfNoneMatch),
    extensions(("x-access" = json!("reader")),
        ("x-refusals" = json!([NotFound::Book]))),
    responses(
        (status = 200, description = "The book.", body = Book, headers(("ETag" = String, description = "Its version."))),
        (status = 304, description = "Not changed since the `ETag` in `If-None-Match`.")))]
pub(crate) async fn get_archived(
    State(books): State<Books>,
    _: CatalogReader,
    Path(id): Path<BookId>,
    known: IfNoneMatch,
) -> Result<Response> {
    show(&books, id, Store::Archive, &known).await
}

async fn show(books: &Books, id: BookId, store: Store, known: &IfNoneMatch) -> Result<Response> {
    let book = books.library.get_book(id, store).await?.ok_or(NotFound::Book)?;
    let version = book.version;
    Ok(with_etag(Json(book), version, Some(known)))
}

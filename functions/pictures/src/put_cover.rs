//! `PUT /books/{bookId}/cover`.

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
use crate::cover::cover_jpeg;
use crate::upload::{Image, Upload};

/// Sets the cover of a book. The image becomes a JPEG of at most 320 × 480 pixels, in its own proportions. Nothing else of
/// the file is stored.
///
/// An image has at least 32 and at most 8,000 pixels a side, at most 40 million pixels in all, and at most 5 MiB. API
/// Gateway accepts about 4.4 MiB.
///
/// # Errors
/// 400 if the image is damaged, incomplete or too small, or has too many pixels or scans; 401 without a live session; 403
/// if the book is another user's; 404 if it is not in the catalogue; 412 if it is not at the version in `If-Match`; 413 if
/// the image has more than 5 MiB; 415 if it is not a JPEG, PNG or WebP; 503 if too many images are waiting.
#[utoipa::path(put, path = "/books/{bookId}/cover", tag = "books", operation_id = "putCover",
    params(("bookId" = BookId, Path), Precondition),
    request_body(content((Image = "image/jpeg"), (Image = "image/png"), (Image = "image/webp")), description = "The image itself."),
    extensions(("x-access" = json!("owner")), ("x-refusals" = json!([Forbidden::NotYourBook, NotFound::Book]))),
    responses(
        (status = 200, description = "The book, with its cover.", body = Book, headers(("ETag" = String, description = "Its version.")))))]
pub(crate) async fn put_cover(
    State(pictures): State<Pictures>,
    caller: Caller,
    Path(id): Path<BookId>,
    precondition: Precondition,
    from: Address,
    upload: Upload,
) -> Result<Response> {
    let actor = caller.actor(&pictures.app, from);
    let edit = caller.edit(precondition.versions(), &actor);
    // Who may not set it buys no decoding.
    pictures.library.check_cover(id, &edit).await?;
    let cover = upload.drawn(cover_jpeg).await?;
    let book = pictures.library.set_cover(id, Some(&cover), &edit).await?;
    let version = book.version;
    Ok(with_etag(Json(book), version, None))
}

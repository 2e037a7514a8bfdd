//! `POST /books/{bookId}/barcodes`.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::{IdempotencyKey, Path};
use shared::edge::refusals::{Conflict, Forbidden, NotFound};
use shared::tables::library::books::Versions;
use shared::tables::library::idempotency::Request;
use shared::values::{Address, BookId};

use crate::{Books, Label};

/// Gives a book the next barcode of the library's own series, to print on a label: 13 digits (EAN-13) that begin with 29.
///
/// With an `Idempotency-Key`, the same request sent again within 24 hours returns the same barcode and adds none.
///
/// # Errors
/// 401 without a live session; 403 if the book is another user's; 404 if it is not in the catalogue; 409 if it has a
/// hundred barcodes; 422 if the `Idempotency-Key` was sent with another request.
#[utoipa::path(post, path = "/books/{bookId}/barcodes", tag = "books", operation_id = "createBarcode",
    params(("bookId" = BookId, Path), IdempotencyKey),
    extensions(("x-access" = json!("owner")),
        ("x-refusals" = json!([Forbidden::NotYourBook, NotFound::Book, Conflict::TooManyBarcodes]))),
    responses(
        (status = 201, description = "The new barcode.", body = Label, headers(("Location" = String, description = "The URL of the barcode.")))))]
pub(crate) async fn new_barcode(
    State(books): State<Books>,
    caller: Caller,
    Path(id): Path<BookId>,
    key: Option<IdempotencyKey>,
    from: Address,
) -> Result<impl IntoResponse> {
    let actor = caller.actor(&books.app, from);
    let request = key.map(|key| Request::new(caller.id, &key.0, &("barcode", id)));
    let edit = caller.edit(Versions::Any, &actor);
    let barcode = books.library.add_barcode(id, None, request.as_ref(), &edit).await?;
    let location = [(header::LOCATION, books.app.settings.url(&format!("/books/{id}/barcodes/{barcode}")))];
    Ok((StatusCode::CREATED, location, Json(Label { barcode })))
}

//! `DELETE /books/{bookId}/barcodes/{barcode}`.

use axum::extract::State;
use axum::http::StatusCode;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Path;
use shared::edge::refusals::{Forbidden, NotFound};
use shared::tables::library::books::Versions;
use shared::values::{Address, Barcode, BookId};

use crate::Books;

/// Takes a barcode away from a book. A loan that was made with it stays as it is.
///
/// # Errors
/// 400 if the barcode is an ISBN, or not 4 to 32 letters and digits; 401 without a live session; 403 if the book is another
/// user's; 404 if it is not in the catalogue, or does not have this barcode.
#[utoipa::path(delete, path = "/books/{bookId}/barcodes/{barcode}", tag = "books", operation_id = "deleteBarcode",
    params(("bookId" = BookId, Path), ("barcode" = Barcode, Path)),
    extensions(("x-access" = json!("owner")),
        ("x-refusals" = json!([Forbidden::NotYourBook, NotFound::Book, NotFound::Barcode]))),
    responses((status = 204, description = "Removed.")))]
pub(crate) async fn remove_barcode(
    State(books): State<Books>,
    caller: Caller,
    Path(id): Path<BookId>,
    Path(barcode): Path<Barcode, 1>,
    from: Address,
) -> Result<StatusCode> {
    let actor = caller.actor(&books.app, from);
    let edit = caller.edit(Versions::Any, &actor);
    books.library.remove_barcode(id, &barcode, &edit).await?;
    Ok(StatusCode::NO_CONTENT)
}

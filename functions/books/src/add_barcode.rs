//! `PUT /books/{bookId}/barcodes/{barcode}`.

use axum::extract::State;
use axum::http::StatusCode;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Path;
use shared::edge::refusals::{Conflict, Forbidden, NotFound};
use shared::tables::library::books::Versions;
use shared::values::{Address, Barcode, BookId};

use crate::Books;

/// Gives a book a barcode that is on one of its copies. Repeating it changes nothing.
///
/// # Errors
/// 400 if the barcode is an ISBN, or not 4 to 32 letters and digits; 401 without a live session; 403 if the book is another
/// user's; 404 if it is not in the catalogue; 409 if another book or a reader's card has the number, or if the book has a
/// hundred barcodes.
#[utoipa::path(put, path = "/books/{bookId}/barcodes/{barcode}", tag = "books", operation_id = "putBarcode",
    params(("bookId" = BookId, Path), ("barcode" = Barcode, Path)),
    extensions(("x-access" = json!("owner")),
        ("x-refusals" = json!([Forbidden::NotYourBook, NotFound::Book, Conflict::BarcodeTaken, Conflict::CardTaken, Conflict::TooManyBarcodes]))),
    responses((status = 204, description = "The book has the barcode.")))]
pub(crate) async fn add_barcode(
    State(books): State<Books>,
    caller: Caller,
    Path(id): Path<BookId>,
    Path(barcode): Path<Barcode, 1>,
    from: Address,
) -> Result<StatusCode> {
    let actor = caller.actor(&books.app, from);
    let edit = caller.edit(Versions::Any, &actor);
    books.library.add_barcode(id, Some(&barcode), None, &edit).await?;
    Ok(StatusCode::NO_CONTENT)
}

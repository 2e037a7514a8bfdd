//! `GET /books/{bookId}/barcodes`.

use axum::Json;
use axum::extract::State;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Path;
use shared::edge::page::Page;
use shared::edge::refusals::{Forbidden, NotFound};
use shared::tables::library::books::Versions;
use shared::values::{Address, BookId};

use crate::{Books, Label};

/// Lists the barcodes of a book's copies: at most a hundred, so it is one page.
///
/// # Errors
/// 401 without a live session; 403 if the book is another user's; 404 if it is not in the catalogue.
#[utoipa::path(get, path = "/books/{bookId}/barcodes", tag = "books", operation_id = "listBarcodes",
    params(("bookId" = BookId, Path)),
    extensions(("x-access" = json!("owner")),
        ("x-refusals" = json!([Forbidden::NotYourBook, NotFound::Book]))),
    responses((status = 200, description = "All of them.", body = Page<Label>)))]
pub(crate) async fn list_barcodes(
    State(books): State<Books>,
    caller: Caller,
    Path(id): Path<BookId>,
    from: Address,
) -> Result<Json<Page<Label>>> {
    let actor = caller.actor(&books.app, from);
    let barcodes = books.library.list_barcodes(id, &caller.edit(Versions::Any, &actor)).await?;
    Ok(Json(Page { items: barcodes.into_iter().map(|barcode| Label { barcode }).collect(), next_cursor: None }))
}

//! `DELETE /books/{bookId}`.

use axum::extract::State;
use axum::http::StatusCode;
use shared::edge::caller::Caller;
use shared::edge::error::{Result, problems};
use shared::edge::extract::{IfMatch, Path};
use shared::runtime::app::App;
use shared::tables::library::books;
use shared::values::{Address, BookId};

use crate::{edit, refusal};

/// Deletes a book.
///
/// # Errors
/// 401 without a live session; 403 if it is another's; 404 if there is none; 412 if it is not at the version that
/// `If-Match` names.
#[utoipa::path(delete, path = "/books/{bookId}", tag = "books", operation_id = "deleteBook",
    params(("bookId" = BookId, Path), IfMatch),
    security(("bearer" = []), ("cookie" = [])), extensions(("x-access" = json!("owner"))),
    responses((status = 204, description = "Gone."),
        problems::Invalid, problems::Unauthenticated, problems::Forbidden, problems::NotFound, problems::Conflict, problems::Stale))]
pub(crate) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<BookId>,
    if_match: IfMatch,
    from: Address,
) -> Result<StatusCode> {
    let occasion = app.occasion(caller.id, from);
    let deleted = books::delete(&app.library, id, &edit(&caller, &if_match, &occasion)).await?;
    deleted.map_err(refusal)?;
    Ok(StatusCode::NO_CONTENT)
}

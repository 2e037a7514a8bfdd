//! `DELETE /favorites/{bookId}`. Repeating it changes nothing.

use axum::extract::State;
use axum::http::StatusCode;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Path;
use shared::runtime::app::App;
use shared::tables::library::favorites;
use shared::values::{Address, BookId};

/// Lets go of a book that the caller keeps.
///
/// # Errors
/// 401 without a live session.
#[utoipa::path(delete, path = "/favorites/{bookId}", tag = "favorites", operation_id = "removeFavorite",
    params(("bookId" = BookId, Path)), extensions(("x-access" = json!("user"))),
    responses((status = 204, description = "Not kept any more.")))]
pub(crate) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<BookId>,
    from: Address,
) -> Result<StatusCode> {
    favorites::delete(&app.library, id, &app.occasion(caller.id, from)).await?;
    Ok(StatusCode::NO_CONTENT)
}

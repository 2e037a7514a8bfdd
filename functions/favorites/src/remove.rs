//! `DELETE /favorites/{bookId}`. Idempotent.

use axum::extract::State;
use axum::http::StatusCode;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Path;
use shared::values::{Address, BookId};

use crate::Favorites;

/// Removes a book from the caller's favorites.
///
/// # Errors
/// 401 without a live session.
#[utoipa::path(delete, path = "/favorites/{bookId}", tag = "favorites", operation_id = "removeFavorite",
    params(("bookId" = BookId, Path)), extensions(("x-access" = json!("user"))),
    responses((status = 204, description = "The book is not a favorite.")))]
pub(crate) async fn remove(
    State(favorites): State<Favorites>,
    caller: Caller,
    Path(id): Path<BookId>,
    from: Address,
) -> Result<StatusCode> {
    favorites.library.remove_favorite(id, &caller.actor(&favorites.app, from)).await?;
    Ok(StatusCode::NO_CONTENT)
}

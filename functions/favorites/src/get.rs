//! `GET /favorites/{bookId}`.

use axum::Json;
use axum::extract::State;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Path;
use shared::edge::refusals::NotFound;
use shared::values::BookId;

use crate::Favorites;
use crate::favorite::Favorite;

/// Returns a book that is one of the caller's favorites, in the catalogue or in the archive.
///
/// # Errors
/// 401 without a live session; 404 if the book is not a favorite, or was deleted.
#[utoipa::path(get, path = "/favorites/{bookId}", tag = "favorites", operation_id = "getFavorite",
    params(("bookId" = BookId, Path)),
    extensions(("x-access" = json!("user")), ("x-refusals" = json!([NotFound::Favorite]))),
    responses((status = 200, description = "The favorite.", body = Favorite)))]
pub(crate) async fn get(
    State(favorites): State<Favorites>,
    caller: Caller,
    Path(id): Path<BookId>,
) -> Result<Json<Favorite>> {
    let found = favorites.library.get_favorite(caller.id, id).await?;
    Ok(Json(Favorite::of(&favorites.app, found.ok_or(NotFound::Favorite)?)))
}

//! `POST /favorites/{bookId}`. Idempotent.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Path;
use shared::edge::refusals::NotFound;
use shared::tables::library::favorites::Added;
use shared::values::{Address, BookId};

use crate::Favorites;
use crate::favorite::Favorite;

/// Adds a book to the caller's favorites.
///
/// # Errors
/// 401 without a live session; 404 if the book is neither in the catalogue nor in the archive.
#[utoipa::path(post, path = "/favorites/{bookId}", tag = "favorites", operation_id = "addFavorite",
    params(("bookId" = BookId, Path)),
    extensions(("x-access" = json!("user")), ("x-refusals" = json!([NotFound::Book]))),
    responses(
        (status = 201, description = "Added.", body = Favorite, headers(("Location" = String, description = "The URL of the favorite."))),
        (status = 200, description = "The book was a favorite before.", body = Favorite)))]
pub(crate) async fn add(
    State(favorites): State<Favorites>,
    caller: Caller,
    Path(id): Path<BookId>,
    from: Address,
) -> Result<impl IntoResponse> {
    let app = &favorites.app;
    match favorites.library.add_favorite(id, &caller.actor(app, from)).await? {
        Some(Added::Now(book)) => {
            let location = [(header::LOCATION, app.settings.url(&format!("/favorites/{id}")))];
            Ok((StatusCode::CREATED, location, Json(Favorite::of(app, book))).into_response())
        }
        Some(Added::Before(book)) => Ok(Json(Favorite::of(app, book)).into_response()),
        None => Err(NotFound::Book.into()),
    }
}

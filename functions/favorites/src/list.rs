//! `GET /favorites`.

use axum::extract::State;
use axum::response::Response;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::page::{Listing, NoFilter, Page};
use shared::tables::library::favorites::Position;

use crate::Favorites;
use crate::favorite::Favorite;

/// Lists the books that the caller keeps, the last kept first.
///
/// A page has fewer than `limit` books where kept ones have been deleted since; `nextCursor` tells whether there is
/// more. An archived book is marked, and its `url` leads to the archive.
///
/// # Errors
/// 401 without a live session; 400 if `limit` or `cursor` is invalid.
#[utoipa::path(get, path = "/favorites", tag = "favorites", operation_id = "listFavorites",
    params(Listing<NoFilter, Position>), extensions(("x-access" = json!("user"))),
    responses((status = 200, description = "A page of books.", body = Page<Favorite>,
        headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list(
    State(favorites): State<Favorites>,
    caller: Caller,
    listing: Listing<NoFilter, Position>,
) -> Result<Response> {
    let listing = listing.of(caller.id);
    let found = favorites.library.list_favorites(caller.id, listing.limit, listing.after()?).await?;
    let items: Vec<_> = found.items.into_iter().map(|book| Favorite::of(&favorites.app, book)).collect();
    Ok(listing.page(items, found.next))
}

//! `GET /favorites`.

use axum::extract::State;
use axum::response::Response;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Query;
use shared::edge::page::{self, Page, PageParams};

use crate::Favorites;
use shared::tables::library::book::Book;

/// Lists the books that the caller keeps, the last kept first.
///
/// A page has fewer than `limit` books where kept ones have been deleted since; `nextCursor` tells whether there is
/// more.
///
/// # Errors
/// 401 without a live session; 400 for a limit or cursor that is none.
#[utoipa::path(get, path = "/favorites", tag = "favorites", operation_id = "listFavorites",
    params(PageParams), extensions(("x-access" = json!("user"))),
    responses((status = 200, description = "A page of books.", body = Page<Book>,
        headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list(
    State(favorites): State<Favorites>,
    caller: Caller,
    Query(params): Query<PageParams>,
) -> Result<Response> {
    let name = format!("favorites of {}", caller.id);
    let limit = params.limit();
    let after = params.after(&name)?;
    let found = favorites.library.list_favorites(caller.id, limit as usize, after).await?;
    let page = Page { items: found.items, next_cursor: found.next.map(|position| page::seal(&name, &position)) };
    Ok(page.into_response(&favorites.app.url(&format!("/favorites?limit={limit}"))))
}

//! `GET /users`.

use axum::extract::State;
use axum::response::Response;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Query;
use shared::edge::page::{self, Page, PageParams};
use shared::tables::Consistency::Eventual;

use crate::Users;
use crate::profile::Profile;

/// Lists all users, oldest first. For librarians.
///
/// # Errors
/// 401 without a live session; 403 if the caller is no librarian.
#[utoipa::path(get, path = "/users", tag = "users", operation_id = "listUsers", params(PageParams),
    extensions(("x-access" = json!("admin"))),
    responses((status = 200, description = "A page of users.", body = Page<Profile>, headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list(
    State(users): State<Users>,
    caller: Caller,
    Query(params): Query<PageParams>,
) -> Result<Response> {
    caller.require_admin()?;
    let limit = params.limit();
    let after = params.after("users")?;
    let found = users.accounts.list_users(limit as usize, after).await?;
    let ids: Vec<_> = found.items.iter().map(|user| user.id).collect();
    let mut standings = users.app.sessions.get_all(&ids, Eventual).await?;
    // A user who was deleted a moment ago has no standing any more, and is left out.
    let items = found.items.into_iter().filter_map(|user| {
        let standing = standings.remove(&user.id)?;
        Some(Profile::whole(&users.app, user, &standing))
    });
    let next_cursor = found.next.map(|position| page::seal("users", &position));
    let page = Page { items: items.collect(), next_cursor };
    Ok(page.into_response(&users.app.url(&format!("/users?limit={limit}"))))
}

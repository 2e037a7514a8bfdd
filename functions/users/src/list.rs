//! `GET /users`.

use axum::extract::State;
use axum::response::Response;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::page::{Listing, NoFilter, Page};
use shared::tables::Consistency::Eventual;
use shared::tables::accounts::user::Position;

use crate::Users;
use crate::profile::Profile;

/// Lists all users, oldest first. For librarians.
///
/// # Errors
/// 401 without a live session; 403 if the caller is no librarian.
#[utoipa::path(get, path = "/users", tag = "users", operation_id = "listUsers", params(Listing<NoFilter, Position>),
    extensions(("x-access" = json!("admin"))),
    responses((status = 200, description = "A page of users.", body = Page<Profile>, headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list(
    State(users): State<Users>,
    caller: Caller,
    listing: Listing<NoFilter, Position>,
) -> Result<Response> {
    caller.require_admin()?;
    let found = users.accounts.list_users(listing.limit, listing.after()?).await?;
    let ids: Vec<_> = found.items.iter().map(|user| user.id).collect();
    let mut standings = users.app.sessions.get_all(&ids, Eventual).await?;
    // A user who was deleted a moment ago has no standing any more, and is left out.
    let items = found.items.into_iter().filter_map(|user| {
        let standing = standings.remove(&user.id)?;
        Some(Profile::whole(&users.app, user, &standing))
    });
    Ok(listing.page(items.collect(), found.next))
}

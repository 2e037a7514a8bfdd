//! `GET /users`.

use axum::extract::State;
use axum::response::Response;
use shared::edge::caller::Caller;
use shared::edge::error::{Result, problems};
use shared::edge::extract::Query;
use shared::edge::page::{self, Page, PageParams};
use shared::runtime::app::App;
use shared::tables::accounts::user;
use shared::tables::sessions;

use crate::profile::Profile;

/// Lists all users, oldest first. For librarians.
///
/// # Errors
/// 401 without a live session; 403 if the caller is no librarian.
#[utoipa::path(get, path = "/users", tag = "users", operation_id = "listUsers", params(PageParams),
    security(("bearer" = []), ("cookie" = [])), extensions(("x-access" = json!("admin"))),
    responses((status = 200, description = "A page of users.", body = Page<Profile>, headers(("Link" = String, description = "The next page."))),
        problems::Invalid, problems::Unauthenticated, problems::Forbidden))]
pub(crate) async fn list(State(app): State<App>, caller: Caller, Query(params): Query<PageParams>) -> Result<Response> {
    caller.require_admin()?;
    let limit = params.limit();
    let after = params.after("users", |id| id.parse().ok())?;
    let (users, more) = user::list(&app.accounts, limit as usize, after).await?;
    let next_cursor = users.last().filter(|_| more).map(|last| page::seal("users", &last.id.to_string()));
    let ids: Vec<_> = users.iter().map(|user| user.id).collect();
    let mut standings = sessions::get_all(&app.sessions, &ids).await?;
    // Who was deleted a moment ago has no standing any more, and is left out.
    let items = users.into_iter().filter_map(|user| {
        let standing = standings.remove(&user.id)?;
        Some(Profile::whole(&app, user, &standing))
    });
    let page = Page { items: items.collect(), next_cursor };
    Ok(page.into_response(&app.url(&format!("/users?limit={limit}"))))
}

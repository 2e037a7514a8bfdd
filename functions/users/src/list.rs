//! `GET /users`.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result};
use shared::edge::page::Listing;
use shared::tables::Consistency::Eventual;
use shared::tables::accounts::user::Position;
use shared::values::Text;
use utoipa::{IntoParams, ToSchema};

use crate::Users;
use crate::profile::Profile;

#[derive(Deserialize, Serialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Only the user with this card, username or email, or whose names have words that begin with all of these.
    #[param(inline, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<Text<100>>,
}

/// A page of all users, or the users whom a search has found.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserList {
    /// The users, oldest first. Of a search at most twenty, in the order of their names.
    items: Vec<Profile>,
    /// Send it as `cursor` for the next page. Absent on the last one, and from a search.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next_cursor: Option<String>,
    /// Whether a search has found more. More letters find fewer. Only in the answer of a search.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    more: Option<bool>,
}

/// Lists all users, oldest first; or finds at most twenty by `query`. For the desk.
///
/// A search finds whole cards, usernames and emails, and the beginnings of names. With several words, the user's names must
/// have all of them, in any order; case and accents do not matter. Signs have no meaning. It takes neither `limit` nor
/// `cursor`, and says in `more` whether there are more users than it found.
///
/// # Errors
/// 400 if `query` goes with `limit` or `cursor`; 401 without a live session; 403 if the caller does not work at the desk.
#[utoipa::path(get, path = "/users", tag = "users", operation_id = "listUsers", params(Listing<Filter, Position>),
    extensions(("x-access" = json!("desk"))),
    responses((status = 200, description = "A page of users, or those who were found.", body = UserList, headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list(
    State(users): State<Users>,
    caller: Caller,
    listing: Listing<Filter, Position>,
) -> Result<Response> {
    caller.require_desk()?;
    let Some(query) = &listing.filter.query else { return all(&users, &listing).await };
    if let Some(name) = listing.named_of_page() {
        return Err(Error::invalid(format!("?{name}"), "goes without query"));
    }
    let today = users.today().await?;
    let found = users.accounts.find_users(query.as_str()).await?;
    let items = found.users.into_iter().map(|(user, standing)| Profile::whole(&users.app, user, &standing, today));
    Ok(Json(UserList { items: items.collect(), next_cursor: None, more: Some(found.more) }).into_response())
}

async fn all(users: &Users, listing: &Listing<Filter, Position>) -> Result<Response> {
    let today = users.today().await?;
    let found = users.accounts.list_users(listing.limit, listing.after()?).await?;
    let ids: Vec<_> = found.items.iter().map(|user| user.id).collect();
    let mut standings = users.app.sessions.get_all(&ids, Eventual).await?;
    // A user who was deleted a moment ago has no standing any more, and is left out.
    let items = found.items.into_iter().filter_map(|user| {
        let standing = standings.remove(&user.id)?;
        Some(Profile::whole(&users.app, user, &standing, today))
    });
    Ok(listing.page(items.collect(), found.next))
}

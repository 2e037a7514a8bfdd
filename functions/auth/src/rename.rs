//! `PUT /users/me/username`. It is in auth and not in users because the item of a name contains the password's hash.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Body;
use shared::edge::refusals::{Conflict, Unauthenticated};
use shared::tables::accounts::User;
use shared::values::Address;
use utoipa::ToSchema;

use crate::Auth;
use crate::new_username::NewUsername;

/// The new username.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewName {
    username: NewUsername,
}

/// Changes the caller's username, or sets the first one. The old username can be registered at once. A letter reports the
/// change.
///
/// # Errors
/// 400 if the username is invalid; 401 without a live session; 409 if another user has it or one that looks the same.
#[utoipa::path(put, path = "/users/me/username", tag = "users", operation_id = "changeUsername", request_body = NewName,
    extensions(("x-access" = json!("user")),
        ("x-refusals" = json!([Unauthenticated::AccountGone, Conflict::UsernameTaken]))),
    responses((status = 200, description = "The changed user.", body = User)))]
pub(crate) async fn rename(
    State(auth): State<Auth>,
    caller: Caller,
    from: Address,
    Body(NewName { username: NewUsername(username) }): Body<NewName>,
) -> Result<Json<User>> {
    Ok(Json(auth.accounts.rename(&username, &caller.actor(&auth.app, from)).await?))
}

//! `PUT /users/me/username`. Here and not with the profiles: the name carries the password's hash.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result, problems};
use shared::edge::extract::Body;
use shared::tables::accounts::User;
use shared::tables::accounts::user::{self, Named};
use shared::values::{Address, Username};
use utoipa::ToSchema;

use crate::Auth;

/// The new name.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewName {
    username: Username,
}

/// Changes the caller's username, or gives them their first. The old one is free at once.
///
/// # Errors
/// 401 without a live session; 400 if it is no username; 409 if somebody has it.
#[utoipa::path(put, path = "/users/me/username", tag = "users", operation_id = "changeUsername", request_body = NewName,
    security(("bearer" = []), ("cookie" = [])), extensions(("x-access" = json!("user"))),
    responses((status = 200, description = "The user as they are now.", body = User), problems::Invalid,
        problems::Unauthenticated, problems::Forbidden, problems::Conflict, problems::TooLarge, problems::UnsupportedMediaType))]
pub(crate) async fn rename(
    State(auth): State<Auth>,
    caller: Caller,
    from: Address,
    Body(NewName { username }): Body<NewName>,
) -> Result<Json<User>> {
    let accounts = &auth.app.accounts;
    let gone = || Error::Unauthenticated("This account is gone.");
    let user = user::get(accounts, caller.id).await?.ok_or_else(gone)?;
    match user::rename(accounts, &user, &username, &auth.app.occasion(caller.id, from)).await? {
        Named::Done => Ok(Json(User { username: Some(username), version: user.version + 1, ..user })),
        Named::UsernameTaken | Named::EmailTaken => Err(Error::Conflict("Somebody has this username.")),
        Named::Stale => Err(Error::Conflict("The account was changed in between. Try again.")),
    }
}

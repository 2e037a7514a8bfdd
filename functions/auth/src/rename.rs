//! `PUT /users/me/username`. Here and not with the profiles: the name carries the password's hash.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result, problems};
use shared::edge::extract::Body;
use shared::tables::Failure;
use shared::tables::accounts::names::NotRenamed;
use shared::tables::accounts::{Changed, User};
use shared::values::{Address, Username};
use utoipa::ToSchema;

use crate::{Auth, changed, gone};

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
    let user = auth.accounts.get_user(caller.id).await?.ok_or_else(gone)?;
    match auth.accounts.rename(&user, &username, &auth.app.actor(caller.id, from)).await {
        Ok(()) => Ok(Json(User { username: Some(username), version: user.version + 1, ..user })),
        Err(Failure::Refused(NotRenamed::UsernameTaken)) => Err(Error::Conflict("Somebody has this username.")),
        Err(Failure::Refused(NotRenamed::Changed)) => Err(changed(Failure::Refused(Changed))),
        Err(Failure::Fault(fault)) => Err(fault.into()),
    }
}

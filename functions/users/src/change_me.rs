//! `PATCH /users/me`.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result, problems};
use shared::edge::extract::{Body, IfMatch};
use shared::edge::with_etag;
use shared::tables::journal::Action;
use shared::values::{Address, Name, Patch};
use utoipa::ToSchema;

use crate::profile::Profile;
use crate::{Users, changed, gone};

/// A change of one's names (JSON Merge Patch, RFC 7396).
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Names {
    /// The first name.
    #[serde(default)]
    #[schema(value_type = Option<Name>, required = false)]
    first_name: Patch<Name>,
    /// The last name.
    #[serde(default)]
    #[schema(value_type = Option<Name>, required = false)]
    last_name: Patch<Name>,
}

/// Changes the caller's names. `null` removes one.
///
/// # Errors
/// 401 without a live session; 412 if the profile is not at the version that `If-Match` names.
#[utoipa::path(patch, path = "/users/me", tag = "users", operation_id = "changeMe", params(IfMatch), request_body = Names,
    security(("bearer" = []), ("cookie" = [])), extensions(("x-access" = json!("user"))),
    responses(
        (status = 200, description = "The caller as they are now.", body = Profile, headers(("ETag" = String, description = "Its version."))),
        problems::Invalid, problems::Unauthenticated, problems::Forbidden, problems::Conflict, problems::Stale, problems::TooLarge,
        problems::UnsupportedMediaType))]
pub(crate) async fn change_me(
    State(users): State<Users>,
    caller: Caller,
    if_match: IfMatch,
    from: Address,
    Body(names): Body<Names>,
) -> Result<Response> {
    let mut user = users.accounts.get_user(caller.id).await?.ok_or_else(gone)?;
    if let IfMatch::Versions(versions) = &if_match
        && !versions.contains(&user.version)
    {
        return Err(Error::Stale);
    }
    names.first_name.apply(&mut user.first_name);
    names.last_name.apply(&mut user.last_name);
    let actor = users.app.actor(caller.id, from);
    users.accounts.update_user(&user, Action::Changed, &actor).await.map_err(changed)?;
    let version = user.version + 1;
    Ok(with_etag(Json(Profile::whole(&users.app, user, &caller.sessions)), version, None))
}

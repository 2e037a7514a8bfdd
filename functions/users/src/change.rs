//! `PATCH /users/{userId}`.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::{Body, Path};
use shared::edge::refusals::{Conflict, NotFound};
use shared::tables::sessions::Standing;
use shared::values::{Address, Role, UserId, required};
use utoipa::ToSchema;

use crate::Users;
use crate::profile::Profile;

/// A change of a user's role, or of whether the user is disabled.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct StandingChange {
    /// The new role.
    #[serde(default, deserialize_with = "required")]
    #[schema(nullable = false, required = false)]
    role: Option<Role>,
    /// Whether the user is disabled and cannot sign in. Disabling a user ends every session.
    #[serde(default, deserialize_with = "required")]
    #[schema(nullable = false, required = false)]
    disabled: Option<bool>,
}

/// Changes a user's role, or disables the user. The change applies from the user's next request on.
///
/// Librarians cannot change their own account, so that the last one cannot lose the role by mistake.
///
/// # Errors
/// 401 without a live session; 403 if the caller is not a librarian; 404 if there is no such user; 409 if the user is
/// the caller.
#[utoipa::path(patch, path = "/users/{userId}", tag = "users", operation_id = "changeUser", request_body = StandingChange,
    params(("userId" = UserId, Path)), extensions(("x-access" = json!("admin")),
        ("x-refusals" = json!([NotFound::User, Conflict::OwnAccount]))),
    responses((status = 200, description = "The changed user.", body = Profile)))]
pub(crate) async fn change(
    State(users): State<Users>,
    caller: Caller,
    Path(id): Path<UserId>,
    from: Address,
    Body(StandingChange { role, disabled }): Body<StandingChange>,
) -> Result<Json<Profile>> {
    let actor = caller.librarian(&users.app, from)?;
    let user = users.accounts.get_user(id).await?.ok_or(NotFound::User)?;
    if role.is_none() && disabled.is_none() {
        return Ok(Json(Profile::of(&users, user, &caller).await?));
    }
    if id == caller.id {
        return Err(Conflict::OwnAccount.into());
    }
    if !users.app.sessions.change_standing(id, Standing { role, disabled }, &actor).await? {
        return Err(NotFound::User.into());
    }
    Ok(Json(Profile::of(&users, user, &caller).await?))
}

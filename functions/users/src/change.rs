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

/// A change of a user's role, of whether the user is disabled, or of whether they may borrow without a confirmed address.
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
    /// Whether the user may borrow without a confirmed email address.
    #[serde(default, deserialize_with = "required")]
    #[schema(nullable = false, required = false)]
    approved: Option<bool>,
}

/// Changes a user's role, disables the user, or lets them borrow without a confirmed email address. The change applies
/// from the user's next request on. A letter reports a new role.
///
/// Librarians cannot change their own account, so that the last one cannot lose the role by mistake.
///
/// # Errors
/// 401 without a live session; 403 if the caller is not a librarian; 404 if there is no such user; 409 if the user is
/// the caller, or the last librarian.
#[utoipa::path(patch, path = "/users/{userId}", tag = "users", operation_id = "changeUser", request_body = StandingChange,
    params(("userId" = UserId, Path)), extensions(("x-access" = json!("admin")),
        ("x-refusals" = json!([NotFound::User, Conflict::OwnAccount, Conflict::LastLibrarian]))),
    responses((status = 200, description = "The changed user.", body = Profile)))]
pub(crate) async fn change(
    State(users): State<Users>,
    caller: Caller,
    Path(id): Path<UserId>,
    from: Address,
    Body(StandingChange { role, disabled, approved }): Body<StandingChange>,
) -> Result<Json<Profile>> {
    let actor = caller.librarian(&users.app, from)?;
    if id == caller.id && (role.is_some() || disabled.is_some()) {
        return Err(Conflict::OwnAccount.into());
    }
    let change = Standing { role, disabled, approved };
    let (user, standing) = users.accounts.change_standing(id, change, &actor).await?.ok_or(NotFound::User)?;
    Ok(Json(Profile::whole(&users.app, user, &standing)))
}

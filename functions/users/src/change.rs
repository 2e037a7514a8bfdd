//! `PATCH /users/{userId}`.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result};
use shared::edge::extract::{Body, Path};
use shared::edge::refusals::{Conflict, Forbidden, NotFound};
use shared::tables::accounts::standing::NewNames;
use shared::tables::journal::Actor;
use shared::tables::sessions::Standing;
use shared::tables::sessions::borrowing::Block;
use shared::values::{Address, Day, Group, Name, Patch, Reason, Role, UserId, required};
use utoipa::ToSchema;

use crate::Users;
use crate::profile::Profile;

/// A change of a user's role, of whether the user is disabled, of what decides on their loans, or of their names.
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
    /// The group.
    #[serde(default, deserialize_with = "required")]
    #[schema(nullable = false, required = false)]
    group: Option<Group>,
    /// The new block: the user may not reserve, collect, renew or borrow. `null` lifts the block.
    #[serde(default)]
    #[schema(value_type = Option<NewBlock>, required = false)]
    blocked: Patch<NewBlock>,
    /// The first name, mended. `null` removes it.
    #[serde(default)]
    #[schema(value_type = Option<Name>, required = false)]
    first_name: Patch<Name>,
    /// The last name, mended. `null` removes it.
    #[serde(default)]
    #[schema(value_type = Option<Name>, required = false)]
    last_name: Patch<Name>,
}

/// A new block.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewBlock {
    /// Why. The user sees it too.
    reason: Reason,
    /// Its last day. Without one it ends when somebody lifts it.
    #[serde(default, deserialize_with = "required")]
    #[schema(nullable = false, required = false)]
    until: Option<Day>,
}

impl NewBlock {
    /// Returns the block, made by the actor.
    ///
    /// # Errors
    /// 400 if its last day is over.
    fn by(self, actor: &Actor, today: Day) -> Result<Block> {
        if self.until.is_some_and(|last| last < today) {
            return Err(Error::invalid("/blocked/until", "should not be a past day"));
        }
        Ok(Block { reason: self.reason, until: self.until, by: actor.id, at: actor.at })
    }
}

/// Changes a user's role, disables the user, lets them borrow without a confirmed email address, puts them in a group,
/// blocks them, or mends their names. The change applies from the user's next request on. A letter reports a new role.
///
/// A blocked user signs in, and may not borrow. A block with a last day ends after it by itself.
///
/// Only librarians change a role or `disabled`. Nobody changes these or the block of their own account, so that the last
/// librarian cannot lose the role by mistake.
///
/// # Errors
/// 400 if the rules do not have the group; 401 without a live session; 403 if the caller does not work at the desk, or is an assistant and sends a role or
/// `disabled`; 404 if there is no such user; 409 if the user is the caller, or the last librarian.
#[utoipa::path(patch, path = "/users/{userId}", tag = "users", operation_id = "changeUser", request_body = StandingChange,
    params(("userId" = UserId, Path)), extensions(("x-access" = json!("desk")),
        ("x-refusals" = json!([Forbidden::LibrariansChangeRoles, NotFound::User, Conflict::OwnAccount, Conflict::LastLibrarian]))),
    responses((status = 200, description = "The changed user.", body = Profile)))]
pub(crate) async fn change(
    State(users): State<Users>,
    caller: Caller,
    Path(id): Path<UserId>,
    from: Address,
    Body(change): Body<StandingChange>,
) -> Result<Json<Profile>> {
    let StandingChange { role, disabled, approved, group, blocked, first_name, last_name } = change;
    let actor = if role.is_some() || disabled.is_some() {
        caller.require_desk()?;
        caller.librarian(&users.app, from).map_err(|_| Forbidden::LibrariansChangeRoles)?
    } else {
        caller.desk(&users.app, from)?
    };
    if id == caller.id && (role.is_some() || disabled.is_some() || !blocked.is_keep()) {
        return Err(Conflict::OwnAccount.into());
    }
    let today = users.today().await?;
    let blocked = match blocked {
        Patch::Set(block) => Patch::Set(block.by(&actor, today)?),
        Patch::Remove => Patch::Remove,
        Patch::Keep => Patch::Keep,
    };
    let change = Standing { role, disabled, approved, group, blocked };
    let names = NewNames { first: first_name, last: last_name };
    let (user, standing) = users.accounts.change_standing(id, change, &names, &actor).await?.ok_or(NotFound::User)?;
    Ok(Json(Profile::whole(&users.app, user, &standing, today)))
}

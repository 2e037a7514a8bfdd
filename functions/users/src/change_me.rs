//! `PATCH /users/me`.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result, problems};
use shared::edge::extract::{Body, IfMatch};
use shared::edge::with_etag;
use shared::runtime::app::App;
use shared::tables::accounts::{User, user};
use shared::tables::journal::Deed;
use shared::values::{Address, Name, removable};
use utoipa::ToSchema;

use crate::profile::Profile;

/// A change of one's names (JSON Merge Patch, RFC 7396).
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Names {
    /// The first name.
    #[serde(default, deserialize_with = "removable")]
    #[schema(value_type = Option<Name>, required = false)]
    first_name: Option<Option<Name>>,
    /// The last name.
    #[serde(default, deserialize_with = "removable")]
    #[schema(value_type = Option<Name>, required = false)]
    last_name: Option<Option<Name>>,
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
    State(app): State<App>,
    caller: Caller,
    if_match: IfMatch,
    from: Address,
    Body(names): Body<Names>,
) -> Result<Response> {
    let gone = || Error::Unauthenticated("This account is gone.");
    let user = user::get(&app.accounts, caller.id).await?.ok_or_else(gone)?;
    if let IfMatch::Versions(versions) = &if_match
        && !versions.contains(&user.version)
    {
        return Err(Error::Stale);
    }
    let first_name = names.first_name.unwrap_or_else(|| user.first_name.clone());
    let last_name = names.last_name.unwrap_or_else(|| user.last_name.clone());
    let changed = User { first_name, last_name, ..user };
    if !user::update(&app.accounts, &changed, Deed::Changed, &app.occasion(caller.id, from)).await? {
        return Err(Error::Conflict("The account was changed in between. Try again."));
    }
    let version = changed.version + 1;
    Ok(with_etag(Json(Profile::whole(&app, changed, &caller.sessions)), version, None))
}

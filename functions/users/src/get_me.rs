//! `GET /users/me`.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result, problems};
use shared::edge::extract::IfNoneMatch;
use shared::edge::with_etag;
use shared::runtime::app::App;
use shared::tables::accounts::user;

use crate::profile::Profile;

/// Gets the caller's own profile.
///
/// # Errors
/// 401 without a live session.
#[utoipa::path(get, path = "/users/me", tag = "users", operation_id = "getMe", params(IfNoneMatch),
    security(("bearer" = []), ("cookie" = [])), extensions(("x-access" = json!("user"))),
    responses(
        (status = 200, description = "The caller.", body = Profile, headers(("ETag" = String, description = "Its version."))),
        (status = 304, description = "You have it as it is."),
        problems::Unauthenticated))]
pub(crate) async fn get_me(State(app): State<App>, caller: Caller, known: IfNoneMatch) -> Result<Response> {
    let gone = || Error::Unauthenticated("This account is gone.");
    let user = user::get(&app.accounts, caller.id).await?.ok_or_else(gone)?;
    let version = user.version;
    Ok(with_etag(Json(Profile::whole(&app, user, &caller.sessions)), version, Some(&known)))
}

//! `GET /users/me`.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::IfNoneMatch;
use shared::edge::refusals::Unauthenticated;
use shared::edge::with_etag;

use crate::Users;
use crate::profile::Profile;

/// Returns the caller's own profile.
///
/// # Errors
/// 401 without a live session.
#[utoipa::path(get, path = "/users/me", tag = "users", operation_id = "getMe", params(IfNoneMatch),
    extensions(("x-access" = json!("user")),
        ("x-refusals" = json!([Unauthenticated::AccountGone]))),
    responses(
        (status = 200, description = "The caller.", body = Profile, headers(("ETag" = String, description = "Its version."))),
        (status = 304, description = "Not changed since the `ETag` in `If-None-Match`.")))]
pub(crate) async fn get_me(State(users): State<Users>, caller: Caller, known: IfNoneMatch) -> Result<Response> {
    let user = users.accounts.get_user(caller.id).await?.ok_or(Unauthenticated::AccountGone)?;
    let version = user.version;
    // A block with a last day ends without a new version.
    let known = Some(&known).filter(|_| !caller.sessions.has_a_block_with_an_end());
    Ok(with_etag(Json(Profile::whole(&users.app, user, &caller.sessions, users.today().await?)), version, known))
}

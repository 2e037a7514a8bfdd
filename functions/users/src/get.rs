//! `GET /users/{userId}`.

use axum::Json;
use axum::extract::State;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Path;
use shared::edge::refusals::NotFound;
use shared::values::{Address, UserId};

use crate::Users;
use crate::profile::Profile;

/// Returns a user's profile. Email, role and `disabled` are for the user and for librarians only.
///
/// # Errors
/// 401 without a live session; 404 if there is no such user.
#[utoipa::path(get, path = "/users/{userId}", tag = "users", operation_id = "getUser", params(("userId" = UserId, Path)),
    extensions(("x-access" = json!("user")),
        ("x-refusals" = json!([NotFound::User]))),
    responses((status = 200, description = "The user.", body = Profile)))]
pub(crate) async fn get(
    State(users): State<Users>,
    caller: Caller,
    Path(id): Path<UserId>,
    from: Address,
) -> Result<Json<Profile>> {
    let user = users.accounts.get_user(id).await?.ok_or(NotFound::User)?;
    Ok(Json(Profile::of(&users, user, &caller, from).await?))
}

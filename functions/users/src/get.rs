//! `GET /users/{userId}`.

use axum::Json;
use axum::extract::State;
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result, problems};
use shared::edge::extract::Path;
use shared::values::UserId;

use crate::Users;
use crate::profile::Profile;

/// Gets a user's profile. The email is there for themselves and for librarians only.
///
/// # Errors
/// 401 without a live session; 404 if there is no such user.
#[utoipa::path(get, path = "/users/{userId}", tag = "users", operation_id = "getUser", params(("userId" = UserId, Path)),
    security(("bearer" = []), ("cookie" = [])), extensions(("x-access" = json!("user"))),
    responses((status = 200, description = "The user.", body = Profile), problems::Invalid, problems::Unauthenticated,
        problems::NotFound))]
pub(crate) async fn get(State(users): State<Users>, caller: Caller, Path(id): Path<UserId>) -> Result<Json<Profile>> {
    let user = users.accounts.get_user(id).await?.ok_or(Error::NotFound("user"))?;
    Ok(Json(Profile::of(&users, user, &caller).await?))
}

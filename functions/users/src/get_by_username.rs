//! `GET /users/by-username/{username}`.

use axum::Json;
use axum::extract::State;
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result, problems};
use shared::edge::extract::Path;
use shared::values::Username;

use crate::Users;
use crate::profile::Profile;

/// Gets the profile of whoever has that username, in whatever case.
///
/// # Errors
/// 401 without a live session; 404 if nobody has it.
#[utoipa::path(get, path = "/users/by-username/{username}", tag = "users", operation_id = "getUserByUsername",
    params(("username" = Username, Path)), security(("bearer" = []), ("cookie" = [])), extensions(("x-access" = json!("user"))),
    responses((status = 200, description = "The user.", body = Profile), problems::Invalid, problems::Unauthenticated,
        problems::NotFound))]
pub(crate) async fn get_by_username(
    State(users): State<Users>,
    caller: Caller,
    Path(name): Path<Username>,
) -> Result<Json<Profile>> {
    let user = users.accounts.get_user_by_username(&name).await?.ok_or(Error::NotFound("user"))?;
    Ok(Json(Profile::of(&users, user, &caller).await?))
}

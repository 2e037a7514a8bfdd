//! `GET /users/by-username/{username}`.

use axum::Json;
use axum::extract::State;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Path;
use shared::edge::refusals::NotFound;
use shared::values::{Address, Username};

use crate::Users;
use crate::profile::Profile;

/// Returns the profile of the user with that username. Letter case does not matter.
///
/// # Errors
/// 401 without a live session; 404 if no user has the username.
#[utoipa::path(get, path = "/users/by-username/{username}", tag = "users", operation_id = "getUserByUsername",
    params(("username" = Username, Path)), extensions(("x-access" = json!("user")),
        ("x-refusals" = json!([NotFound::User]))),
    responses((status = 200, description = "The user.", body = Profile)))]
pub(crate) async fn get_by_username(
    State(users): State<Users>,
    caller: Caller,
    Path(name): Path<Username>,
    from: Address,
) -> Result<Json<Profile>> {
    let user = users.accounts.get_user_by_username(&name).await?.ok_or(NotFound::User)?;
    Ok(Json(Profile::of(&users, user, &caller, from).await?))
}

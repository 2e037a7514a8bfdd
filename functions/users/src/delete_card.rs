//! `DELETE /users/{userId}/card`.

use axum::extract::State;
use axum::http::StatusCode;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Path;
use shared::edge::refusals::NotFound;
use shared::values::{Address, UserId};

use crate::Users;

/// Takes a user's card away, for example because it is lost. It opens nothing from now on, and for a year nobody gets its
/// number. Idempotent.
///
/// # Errors
/// 401 without a live session; 403 if the caller does not work at the desk; 404 if there is no such user.
#[utoipa::path(delete, path = "/users/{userId}/card", tag = "users", operation_id = "deleteCard",
    params(("userId" = UserId, Path)), extensions(("x-access" = json!("desk")),
        ("x-refusals" = json!([NotFound::User]))),
    responses((status = 204, description = "The user has no card.")))]
pub(crate) async fn delete_card(
    State(users): State<Users>,
    caller: Caller,
    Path(id): Path<UserId>,
    from: Address,
) -> Result<StatusCode> {
    let actor = caller.desk(&users.app, from)?;
    users.accounts.change_card(id, None, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

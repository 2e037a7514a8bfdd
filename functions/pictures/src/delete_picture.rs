//! `DELETE /users/me/picture`. Idempotent.

use axum::extract::State;
use axum::http::StatusCode;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::values::Address;

use crate::Pictures;

/// Removes the caller's picture. The default picture takes its place.
///
/// # Errors
/// 401 without a live session.
#[utoipa::path(delete, path = "/users/me/picture", tag = "users", operation_id = "deletePicture",
    extensions(("x-access" = json!("user"))),
    responses((status = 204, description = "The caller has no picture.")))]
pub(crate) async fn delete_picture(
    State(pictures): State<Pictures>,
    caller: Caller,
    from: Address,
) -> Result<StatusCode> {
    pictures.accounts.set_picture(None, &caller.actor(&pictures.app, from)).await?;
    Ok(StatusCode::NO_CONTENT)
}

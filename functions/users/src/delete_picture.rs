//! `DELETE /users/me/picture`. Repeating it changes nothing.

use axum::extract::State;
use axum::http::StatusCode;
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result, problems};
use shared::runtime::app::App;
use shared::tables::accounts::pictures;
use shared::values::Address;

/// Removes the caller's picture, if there is one. They are shown with the default picture again.
///
/// # Errors
/// 401 without a live session.
#[utoipa::path(delete, path = "/users/me/picture", tag = "users", operation_id = "deletePicture",
    security(("bearer" = []), ("cookie" = [])), extensions(("x-access" = json!("user"))),
    responses((status = 204, description = "Gone."), problems::Unauthenticated, problems::Forbidden))]
pub(crate) async fn delete_picture(State(app): State<App>, caller: Caller, from: Address) -> Result<StatusCode> {
    if !pictures::set(&app.accounts, None, &app.occasion(caller.id, from)).await? {
        return Err(Error::Unauthenticated("This account is gone."));
    }
    Ok(StatusCode::NO_CONTENT)
}

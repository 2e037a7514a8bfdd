//! `DELETE /users/{userId}`.

use axum::extract::State;
use axum::http::StatusCode;
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result, problems};
use shared::edge::extract::Path;
use shared::runtime::app::App;
use shared::tables::accounts::{removal, user};
use shared::tables::journal::{Letter, Subject};
use shared::values::{Address, UserId};

/// Deletes a user's account, as they could themselves. For librarians, and not about themselves.
///
/// # Errors
/// 401 without a live session; 403 if the caller is no librarian; 404 if there is no such user; 409 about oneself.
#[utoipa::path(delete, path = "/users/{userId}", tag = "users", operation_id = "deleteUser", params(("userId" = UserId, Path)),
    security(("bearer" = []), ("cookie" = [])), extensions(("x-access" = json!("admin"))),
    responses((status = 204, description = "Gone."), problems::Invalid, problems::Unauthenticated, problems::Forbidden,
        problems::NotFound, problems::Conflict))]
pub(crate) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<UserId>,
    from: Address,
) -> Result<StatusCode> {
    caller.require_admin()?;
    if id == caller.id {
        return Err(Error::Conflict("Another librarian has to do this to you."));
    }
    let user = user::get(&app.accounts, id).await?.ok_or(Error::NotFound("user"))?;
    let occasion = app.occasion(caller.id, from);
    let letter = Letter::to(&user, Subject::Farewell);
    if !removal::remove(&app.accounts, &app.sessions, &user, &occasion, letter).await? {
        return Err(Error::Conflict("The account was changed in between. Try again."));
    }
    Ok(StatusCode::NO_CONTENT)
}

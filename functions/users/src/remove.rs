//! `DELETE /users/{userId}`.

use axum::extract::State;
use axum::http::StatusCode;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Path;
use shared::edge::refusals::{Conflict, NotFound};
use shared::values::{Address, UserId};

use crate::Users;

/// Deletes a user's account, with the same consequences as `DELETE /users/me`. Librarians delete their own account
/// there.
///
/// # Errors
/// 401 without a live session; 403 if the caller is not a librarian; 404 if there is no such user; 409 if the user is
/// the caller or the last librarian, or has books at home.
#[utoipa::path(delete, path = "/users/{userId}", tag = "users", operation_id = "deleteUser", params(("userId" = UserId, Path)),
    extensions(("x-access" = json!("admin")),
        ("x-refusals" = json!([NotFound::User, Conflict::OwnAccount, Conflict::LastLibrarian, Conflict::BooksAtHome]))),
    responses((status = 204, description = "Deleted.")))]
pub(crate) async fn remove(
    State(users): State<Users>,
    caller: Caller,
    Path(id): Path<UserId>,
    from: Address,
) -> Result<StatusCode> {
    let actor = caller.librarian(&users.app, from)?;
    if id == caller.id {
        return Err(Conflict::OwnAccount.into());
    }
    users.accounts.delete_account(id, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

//! `DELETE /users/me`. It is in auth and not in users because it verifies the password.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use serde::Deserialize;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Body;
use shared::edge::refusals::{Conflict, Forbidden, TooMany, Unauthenticated};
use shared::values::Address;
use utoipa::ToSchema;

use crate::Auth;
use crate::channel::without_cookies;
use crate::password::Password;
use crate::proof::prove_caller;

/// The password of the account to delete.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AccountDeletion {
    password: Password,
}

/// Deletes the caller's account: profile, names, password, picture and sessions. Favorites and reservations follow
/// within moments.
///
/// Email and username can be registered again at once. A letter confirms the deletion. Books that the caller added stay
/// in the library, where librarians can change them. Copies that are checked out must be returned first.
///
/// # Errors
/// 401 without a live session; 403 if the password is wrong; 409 if the caller is the last librarian or has books at home; 429 after too
/// many tries.
#[utoipa::path(delete, path = "/users/me", tag = "users", operation_id = "deleteAccount", request_body = AccountDeletion,
    extensions(("x-access" = json!("user")),
        ("x-refusals" = json!([Unauthenticated::AccountGone, Forbidden::WrongPassword, Conflict::LastLibrarian, Conflict::BooksAtHome, TooMany::Requests]))),
    responses((status = 204, description = "Deleted.")))]
pub(crate) async fn delete_account(
    State(auth): State<Auth>,
    caller: Caller,
    from: Address,
    headers: HeaderMap,
    Body(AccountDeletion { password }): Body<AccountDeletion>,
) -> Result<impl IntoResponse> {
    let slot = auth.hasher.slot()?;
    let proved = prove_caller(&auth, &slot, &caller, &password, &from).await?;
    auth.accounts.delete_own_account(proved, &caller.actor(&auth.app, from)).await?;
    Ok((StatusCode::NO_CONTENT, without_cookies(&headers)))
}

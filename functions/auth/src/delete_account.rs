//! `DELETE /users/me`. Here and not with the profiles: it asks for the password.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use serde::Deserialize;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Body;
use shared::edge::refusals::{Conflict, Forbidden, TooMany, Unauthenticated};
use shared::tables::journal::Subject;
use shared::values::Address;
use utoipa::ToSchema;

use crate::Auth;
use crate::channel::without_cookies;
use crate::password::Password;
use crate::proof::prove_caller;

/// The password, once more.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Goodbye {
    password: Password,
}

/// Deletes the caller's account: profile, names, password, picture, sessions; favorites and reservations within moments.
/// Email and username are free at once; a letter says goodbye. The books that they added stay in the library, whose
/// librarians look after them, and copies that are out are still expected back.
///
/// # Errors
/// 401 without a live session; 403 if the password is wrong; 429 after too many tries.
#[utoipa::path(delete, path = "/users/me", tag = "users", operation_id = "deleteAccount", request_body = Goodbye,
    extensions(("x-access" = json!("user")),
        ("x-refusals" = json!([Unauthenticated::AccountGone, Forbidden::WrongPassword, Conflict::AccountChanged, TooMany::Requests]))),
    responses((status = 204, description = "Gone.")))]
pub(crate) async fn delete_account(
    State(auth): State<Auth>,
    caller: Caller,
    from: Address,
    headers: HeaderMap,
    Body(Goodbye { password }): Body<Goodbye>,
) -> Result<impl IntoResponse> {
    let place = auth.hasher.place()?;
    let user = prove_caller(&auth, &place, &caller, &password, &from).await?;
    let actor = auth.app.actor(caller.id, from);
    auth.accounts.delete_account(&user, user.letter(Subject::Farewell), &actor).await?;
    Ok((StatusCode::NO_CONTENT, without_cookies(&headers)))
}

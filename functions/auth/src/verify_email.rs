//! `POST /auth/verify-email`.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result};
use shared::edge::extract::Body;
use shared::edge::refusals::{Conflict, Forbidden};
use shared::values::Address;
use utoipa::ToSchema;

use crate::Auth;
use crate::message::Message;

/// The token from the letter.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Verification {
    #[schema(max_length = 600)]
    token: String,
}

/// Confirms the caller's email address with the token from its letter. Idempotent.
///
/// The letter proves the mailbox, and the session proves the account: both must be the same person's. A new address from
/// `PUT /users/me/email` takes the place of the old one. A user who confirms the administrator's address of the
/// library's settings becomes a librarian.
///
/// # Errors
/// 400 if the token is not from a letter to an address of the caller's, or is older than seven days; 401 without a live
/// session; 403 if the letter was for another account; 409 if another user has registered with a new address meanwhile.
#[utoipa::path(post, path = "/auth/verify-email", tag = "auth", operation_id = "verifyEmail", request_body = Verification,
    extensions(("x-access" = json!("user")),
        ("x-refusals" = json!([Forbidden::OtherAccount, Conflict::EmailTaken]))),
    responses((status = 200, description = "Confirmed.", body = Message)))]
pub(crate) async fn verify_email(
    State(auth): State<Auth>,
    caller: Caller,
    from: Address,
    Body(Verification { token }): Body<Verification>,
) -> Result<Json<Message>> {
    let refused = || Error::invalid("/token", "is not valid any more");
    let (id, email) = auth.letters.open_verification(&token, auth.app.now()).ok_or_else(refused)?;
    if id != caller.id {
        return Err(Forbidden::OtherAccount.into());
    }
    let administrator = auth.app.settings.admin_email.as_ref();
    let actor = caller.actor(&auth.app, from);
    auth.accounts.prove_address(&email, &caller.sessions, administrator, &actor).await?;
    Ok(Json(Message { message: "email verified" }))
}

//! `POST /auth/verify-email-request`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::refusals::{Conflict, TooMany, Unauthenticated};
use shared::values::Address;

use crate::Auth;
use crate::message::Message;

/// Sends the letter with the link that confirms an address again: to the new address, if one waits to be confirmed, and
/// to the caller's address otherwise.
///
/// # Errors
/// 401 without a live session; 409 if the caller has no email address; 429 after two letters in a day.
#[utoipa::path(post, path = "/auth/verify-email-request", tag = "auth", operation_id = "requestVerification",
    extensions(("x-access" = json!("user")),
        ("x-refusals" = json!([Unauthenticated::AccountGone, Conflict::NoEmail, TooMany::Requests]))),
    responses((status = 202, description = "A letter is sent, unless the address is confirmed already.", body = Message)))]
pub(crate) async fn request_verification(
    State(auth): State<Auth>,
    caller: Caller,
    from: Address,
) -> Result<impl IntoResponse> {
    let user = auth.accounts.get_user(caller.id).await?.ok_or(Unauthenticated::AccountGone)?;
    let email = user.pending_email.as_ref().or(user.email.as_ref()).ok_or(Conflict::NoEmail)?;
    if user.pending_email.is_none() && user.email_verified && caller.sessions.verified {
        return Ok((StatusCode::ACCEPTED, Json(Message { message: "the address is confirmed already" })));
    }
    auth.accounts.request_verification(&user, email, &caller.actor(&auth.app, from)).await?;
    Ok((StatusCode::ACCEPTED, Json(Message { message: "a letter is on its way" })))
}

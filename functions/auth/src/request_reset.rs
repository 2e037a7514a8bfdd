//! `POST /auth/reset-password-request`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use shared::edge::error::Result;
use shared::edge::extract::Body;
use shared::edge::refusals::TooMany;
use shared::tables::journal::letter::Addressee;
use shared::tables::journal::{Letter, Subject};
use shared::values::{Address, Email, UserId};
use utoipa::ToSchema;

use crate::Auth;
use crate::message::Message;

/// The email address of the user who has forgotten the password.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ResetRequest {
    email: Email,
}

/// Sends a letter with a token to choose a new password. The token is valid once, for ten minutes. A newer request
/// makes older tokens invalid.
///
/// The answer and its time are the same if no user has the address.
///
/// # Errors
/// 400 if the address is invalid; 429 after five requests for one address from one network address, or fifty from one
/// network address, within an hour.
#[utoipa::path(post, path = "/auth/reset-password-request", tag = "auth", operation_id = "requestPasswordReset",
    request_body = ResetRequest, extensions(("x-access" = json!("public")),
        ("x-refusals" = json!([TooMany::Requests]))),
    responses((status = 202, description = "If a user has the address, a letter is sent.", body = Message)))]
pub(crate) async fn request_reset(
    State(auth): State<Auth>,
    from: Address,
    Body(ResetRequest { email }): Body<ResetRequest>,
) -> Result<impl IntoResponse> {
    let login = auth.accounts.get_login(email.as_str()).await?;
    // An unknown address gets a synthetic user, so that reads and writes are identical.
    let id = login.as_ref().map_or_else(|| synthetic_user(&email), |login| login.user);
    let known = auth.accounts.get_user(id).await?;
    let nonce = auth.app.id();
    let letter = known.and_then(|user| user.letter(Subject::Reset { nonce }));
    let to = || Some(Addressee::new(email, false, []));
    let letter = letter.unwrap_or_else(|| Letter { to: to(), ..Letter::to_reader(id, Subject::Nothing) });
    auth.accounts.request_reset(nonce, letter, &auth.app.actor(id, from)).await?;
    let message = "if somebody has this address, a letter is on its way";
    Ok((StatusCode::ACCEPTED, Json(Message { message })))
}

/// Returns an id that depends on the address only.
fn synthetic_user(email: &Email) -> UserId {
    let hash = Sha256::digest(email.as_str());
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    id.into()
}

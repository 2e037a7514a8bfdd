//! `POST /auth/reset-password-request`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use shared::edge::error::{Error, Result, problems};
use shared::edge::extract::Body;
use shared::tables::accounts::resets::{self, Requested};
use shared::tables::accounts::{logins, user};
use shared::tables::journal::letter::Addressee;
use shared::tables::journal::{Letter, Subject};
use shared::values::{Address, Email, UserId};
use utoipa::ToSchema;

use crate::Auth;
use crate::message::Message;

/// Whose password is lost.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Lost {
    email: Email,
}

/// Sends a letter with a token to choose a new password, valid once and for ten minutes. A newer request makes the
/// older tokens void.
///
/// Whether anybody has the address, the answer does not tell, nor does the time that it takes.
///
/// # Errors
/// 400 if it is no address; 429 after five requests for one address within an hour, or fifty from one caller.
#[utoipa::path(post, path = "/auth/reset-password-request", tag = "auth", operation_id = "requestPasswordReset",
    request_body = Lost, security(()), extensions(("x-access" = json!("public"))),
    responses((status = 202, description = "If somebody has the address, a letter is on its way.", body = Message),
        problems::Invalid, problems::Forbidden, problems::TooLarge, problems::UnsupportedMediaType, problems::TooMany))]
pub(crate) async fn request_reset(
    State(auth): State<Auth>,
    from: Address,
    Body(Lost { email }): Body<Lost>,
) -> Result<impl IntoResponse> {
    let accounts = &auth.app.accounts;
    let login = logins::get(accounts, email.as_str()).await?;
    // Nobody is somebody, too: made up from the address, so that the very same things are read and written.
    let id = login.as_ref().map_or_else(|| nobody(&email), |login| login.user);
    let known = user::get(accounts, id).await?;
    let nonce = auth.app.id();
    let letter = known.and_then(|user| Letter::to(&user, Subject::Reset { nonce }));
    let letter =
        letter.unwrap_or(Letter { subject: Subject::Nothing, user: id, to: Some(Addressee { email, name: None }) });
    match resets::request(accounts, nonce, letter, &auth.app.occasion(id, from)).await? {
        Requested::Done => {}
        Requested::TooMany { retry_after } => return Err(Error::TooMany { retry_after }),
    }
    let message = "if somebody has this address, a letter is on its way";
    Ok((StatusCode::ACCEPTED, Json(Message { message })))
}

fn nobody(email: &Email) -> UserId {
    let hash = Sha256::digest(email.as_str());
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    id.into()
}

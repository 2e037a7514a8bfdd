//! `POST /auth/reset-password`.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::edge::error::{Error, Result, problems};
use shared::edge::extract::Body;
use shared::tables::accounts::logins::{self, NewHash};
use shared::tables::accounts::{resets, user};
use shared::tables::journal::{Letter, Subject};
use shared::tables::sessions::ending::Ending;
use shared::values::Address;
use utoipa::ToSchema;

use crate::Auth;
use crate::message::Message;
use crate::password::NewPassword;

/// The token of the letter, and the new password.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Reset {
    #[schema(max_length = 200)]
    reset_token: String,
    new_password: NewPassword,
}

/// Chooses a new password with the token of a letter, which is spent by that. All sessions end, and a letter says so.
///
/// # Errors
/// 400 naming the token if it is not the latest, was spent, or is older than ten minutes; naming what the new password
/// lacks.
#[utoipa::path(post, path = "/auth/reset-password", tag = "auth", operation_id = "resetPassword", request_body = Reset,
    security(()), extensions(("x-access" = json!("public"))),
    responses((status = 200, description = "Changed.", body = Message), problems::Invalid, problems::Forbidden,
        problems::TooLarge, problems::UnsupportedMediaType))]
pub(crate) async fn reset_password(
    State(auth): State<Auth>,
    from: Address,
    Body(reset): Body<Reset>,
) -> Result<Json<Message>> {
    let refused = || Error::invalid("/resetToken", "is not valid any more; ask for a new letter");
    let (accounts, now) = (&auth.app.accounts, auth.app.now());
    let place = auth.hasher.place()?;
    let (id, nonce) = auth.letters.open_reset(&reset.reset_token).ok_or_else(refused)?;
    // Looked at before hashing, so that spent tokens buy no hashes; spent with the change itself.
    if !resets::is_current(accounts, id, nonce, now).await? {
        return Err(refused());
    }
    let user = user::get(accounts, id).await?.ok_or_else(refused)?;
    let password = reset.new_password.accept(user.email.as_ref(), user.username.as_ref());
    let password = password.map_err(|reason| Error::invalid("/newPassword", reason))?;
    let hash = place.hash(&password, auth.app.random()).await?;
    let occasion = auth.app.occasion(id, from);
    let letter = Letter::to(&user, Subject::PasswordChanged);
    let new =
        NewHash { user: &user, hash: &hash, reset: Some(nonce), ending: Ending::All, occasion: &occasion, letter };
    if !logins::replace_password(accounts, &auth.app.sessions, new).await? {
        return Err(refused());
    }
    Ok(Json(Message { message: "password changed successfully" }))
}

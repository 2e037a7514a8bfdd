//! `POST /auth/reset-password`.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use shared::edge::error::{Error, Result};
use shared::edge::extract::Body;
use shared::tables::Failure;
use shared::tables::accounts::Changed;
use shared::tables::accounts::passwords::{self, Proof};
use shared::tables::journal::{Letter, Subject};
use shared::tables::sessions::attempts::Account;
use shared::tables::sessions::ending::Ending;
use shared::values::Address;
use utoipa::ToSchema;

use crate::Auth;
use crate::message::Message;
use crate::password::{Known, NewPassword};
use crate::tokens::Sealed;

/// The token from the letter, and the new password.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Reset {
    #[schema(max_length = 200)]
    reset_token: String,
    new_password: NewPassword,
    /// The last refresh token that this device got, if any, even if it has expired. Its failed sign-ins are forgotten.
    #[schema(inline, nullable)]
    refresh_token: Option<Sealed>,
}

/// Sets a new password with the token from a letter. The token is spent, all sessions end, and a letter reports the
/// change.
///
/// # Errors
/// 400 if the token is not the latest, is spent, or is older than ten minutes; 400 if the new password is not accepted,
/// with the reason.
#[utoipa::path(post, path = "/auth/reset-password", tag = "auth", operation_id = "resetPassword", request_body = Reset,
    extensions(("x-access" = json!("public"))),
    responses((status = 200, description = "Changed.", body = Message)))]
pub(crate) async fn reset_password(
    State(auth): State<Auth>,
    from: Address,
    headers: HeaderMap,
    Body(reset): Body<Reset>,
) -> Result<Json<Message>> {
    let refused = || Error::invalid("/resetToken", "is not valid any more; ask for a new letter");
    let now = auth.app.now();
    let slot = auth.hasher.slot()?;
    let (id, nonce) = auth.letters.open_reset(&reset.reset_token).ok_or_else(refused)?;
    // Checked before hashing: a spent token must not buy a hash. The change of the password spends the token.
    if !auth.accounts.is_valid_reset(id, nonce, now).await? {
        return Err(refused());
    }
    let user = auth.accounts.get_user(id).await?.ok_or_else(refused)?;
    let password = reset.new_password.accept(&Known::of(&user, &auth.app.settings.site_url));
    let password = password.map_err(|reason| Error::invalid("/newPassword", reason))?;
    let device = auth.sources.device(&auth.signer, reset.refresh_token.as_ref(), &headers);
    let source = auth.sources.of(id, device, &from);
    let attempt = auth.app.sessions.attempt(Account::User(id), source, now).await?;
    let hash = slot.hash(&password, auth.app.random()).await?;
    let new = passwords::NewPassword {
        user: &user,
        hash: &hash,
        proof: Proof::Reset(nonce),
        attempt: &attempt,
        ending: Ending::All,
        letter: user.letter(Subject::PasswordChanged).map(Letter::to_proved_address),
    };
    match auth.accounts.replace_password(new, &auth.app.actor(id, from)).await {
        Ok(()) => Ok(Json(Message { message: "password changed successfully" })),
        Err(Failure::Refused(Changed)) => Err(refused()),
        Err(Failure::Fault(fault)) => Err(fault.into()),
    }
}

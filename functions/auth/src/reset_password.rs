//! `POST /auth/reset-password`.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use shared::edge::error::{Error, Result};
use shared::edge::extract::Body;
use shared::tables::Failure;
use shared::tables::accounts::passwords::{Proof, Void};
use shared::tables::sessions::attempts::Account;
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
/// The letter proves the email address as well: it counts as confirmed. The user who proves the administrator's address of
/// the library's settings in this way becomes a librarian.
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
    let user = auth.accounts.user_of_reset(id, nonce, now).await?.ok_or_else(refused)?;
    let password = reset.new_password.accept(&Known::of(&user, &auth.app.settings.site_url));
    let password = password.map_err(|reason| Error::invalid("/newPassword", reason))?;
    let device = auth.sources.device(&auth.signer, reset.refresh_token.as_ref(), &headers);
    let source = auth.sources.of(id, device, &from);
    let attempt = auth.app.sessions.attempt(Account::User(id), source, now).await?;
    let hash = slot.hash(&password, auth.app.random()).await?;
    let administrator = auth.app.settings.admin_email.as_ref();
    let (proof, actor) = (Proof { user, nonce, attempt }, auth.app.actor(id, from));
    match auth.accounts.reset_password(proof, &hash, administrator, &actor).await {
        Ok(()) => Ok(Json(Message { message: "password changed successfully" })),
        Err(Failure::Refused(Void)) => Err(refused()),
        Err(Failure::Fault(fault)) => Err(fault.into()),
    }
}

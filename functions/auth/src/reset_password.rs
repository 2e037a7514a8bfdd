//! `POST /auth/reset-password`.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use shared::edge::error::{Error, Result};
use shared::edge::extract::Body;
use shared::edge::refusals::TooMany;
use shared::tables::Failure;
use shared::tables::accounts::limits::GUESSES;
use shared::tables::accounts::passwords::{Proof, Void};
use shared::tables::sessions::attempts::Account;
use shared::values::{Address, required};
use utoipa::ToSchema;

use crate::Auth;
use crate::login::sign_in_name;
use crate::message::Message;
use crate::password::{Known, NewPassword};
use crate::proof::{Trial, admit};
use crate::source::Device;
use crate::tokens::Sealed;

/// The token from a letter, or the code from the desk with the name that it is for; and the new password.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Reset {
    /// The token from the letter.
    #[serde(default, deserialize_with = "required")]
    #[schema(max_length = 200, required = false, nullable = false)]
    reset_token: Option<String>,
    /// The code from the desk, instead of a token.
    #[serde(default, deserialize_with = "required")]
    #[schema(max_length = 100, required = false, nullable = false)]
    code: Option<String>,
    /// With a code: the card or the username of its reader.
    #[serde(default, deserialize_with = "required")]
    #[schema(max_length = 500, required = false, nullable = false)]
    username: Option<String>,
    new_password: NewPassword,
    /// The last refresh token that this device got, if any, even if it has expired. Its failed sign-ins are forgotten.
    #[schema(inline, nullable)]
    refresh_token: Option<Sealed>,
}

/// Sets a new password with the token from a letter, or with a code from the desk and the card or username that it is for.
/// Token or code is spent, all sessions end, and a letter reports the change.
///
/// A letter proves the email address as well: it counts as confirmed. The user who proves the administrator's address of
/// the library's settings in this way becomes a librarian. Guesses at a code are counted with those at the password.
///
/// # Errors
/// 400 if the token or code is not the latest, is spent, or has expired; 400 if the new password is not accepted, with the
/// reason; 429 after too many guesses at a code.
#[utoipa::path(post, path = "/auth/reset-password", tag = "auth", operation_id = "resetPassword", request_body = Reset,
    extensions(("x-access" = json!("public")), ("x-refusals" = json!([TooMany::Requests]))),
    responses((status = 200, description = "Changed.", body = Message)))]
pub(crate) async fn reset_password(
    State(auth): State<Auth>,
    from: Address,
    headers: HeaderMap,
    Body(reset): Body<Reset>,
) -> Result<Json<Message>> {
    let slot = auth.hasher.slot()?;
    let device = auth.sources.device(&auth.signer, reset.refresh_token.as_ref(), &headers);
    let (refused, proof) = match (&reset.reset_token, &reset.code, &reset.username) {
        (Some(token), None, None) => (expired_token as fn() -> Error, by_letter(&auth, token, device, &from).await?),
        (None, Some(code), Some(name)) => {
            (wrong_code as fn() -> Error, by_code(&auth, code, name, device, &from).await?)
        }
        (None, Some(_), None) => return Err(Error::invalid("/username", "is missing; send the card or the username")),
        (Some(_), Some(_), _) => return Err(Error::invalid("/code", "goes without resetToken")),
        (_, None, Some(_)) => return Err(Error::invalid("/username", "goes with code only")),
        (None, None, None) => return Err(Error::invalid("/resetToken", "is missing; send a token or a code")),
    };
    let password = reset.new_password.accept(&Known::of(&proof.user, &auth.app.settings.site_url));
    let password = password.map_err(|reason| Error::invalid("/newPassword", reason))?;
    let hash = slot.hash(&password, auth.app.random()).await?;
    let administrator = auth.app.settings.admin_email.as_ref();
    let actor = auth.app.actor(proof.user.id, from);
    match auth.accounts.reset_password(proof, &hash, administrator, &actor).await {
        Ok(()) => Ok(Json(Message { message: "password changed successfully" })),
        Err(Failure::Refused(Void)) => Err(refused()),
        Err(Failure::Fault(fault)) => Err(fault.into()),
    }
}

fn expired_token() -> Error {
    Error::invalid("/resetToken", "is not valid any more; ask for a new letter")
}

fn wrong_code() -> Error {
    Error::invalid("/code", "is not valid for this card or username; ask at the desk for a new one")
}

/// Returns the proof in the token of a letter. It is checked before hashing: a spent token must not buy a hash. The change of
/// the password spends it.
async fn by_letter(auth: &Auth, token: &str, device: Option<Device>, from: &Address) -> Result<Proof> {
    let now = auth.app.now();
    let (id, nonce) = auth.letters.open_reset(token).ok_or_else(expired_token)?;
    let user = auth.accounts.user_of_reset(id, nonce, now).await?.ok_or_else(expired_token)?;
    let attempt = auth.app.sessions.attempt(Account::User(id), auth.sources.of(id, device, from), now).await?;
    Ok(Proof { user, nonce, by_letter: true, attempt })
}

/// Returns the proof in a code from the desk. It is counted before it is compared, as a password is. A name without an account
/// costs the same calls.
async fn by_code(auth: &Auth, code: &str, name: &str, device: Option<Device>, from: &Address) -> Result<Proof> {
    let now = auth.app.now();
    let name = sign_in_name(None, Some(name))?;
    let login = auth.accounts.get_login_of(&name).await?.map(|(_, login)| login);
    let id = login.as_ref().map_or([0; 16].into(), |login| login.user);
    let account = login.map_or(Account::Unknown(name.counted()), |login| Account::User(login.user));
    let trial = Trial { account, stored: None, source: auth.sources.of(id, device, from), from, now };
    let (attempt, counts_address) = admit(auth, &trial).await?;
    let nonce = auth.accounts.nonce_of_code(id, now).await?;
    let nonce = nonce.filter(|nonce| auth.letters.is_sign_in_code(code, id, *nonce)).ok_or_else(wrong_code)?;
    if counts_address {
        auth.accounts.take_back(&GUESSES, from, now).await?;
    }
    let user = auth.accounts.get_user(id).await?.ok_or_else(wrong_code)?;
    Ok(Proof { user, nonce, by_letter: false, attempt })
}

//! `PUT /auth/password`.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result};
use shared::edge::extract::Body;
use shared::edge::refusals::{Conflict, Forbidden, TooMany, Unauthenticated};
use shared::tables::accounts::passwords::{self, Proof};
use shared::tables::journal::Subject;
use shared::tables::sessions::ending::Ending;
use shared::values::Address;
use utoipa::ToSchema;

use crate::Auth;
use crate::message::Message;
use crate::password::{Known, NewPassword, Password};
use crate::proof::prove_caller;

/// The current password and the new one.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Change {
    current_password: Password,
    new_password: NewPassword,
}

/// Changes the caller's password. Every other session of the caller ends, and a letter reports the change.
///
/// # Errors
/// 400 if the new password is not accepted, with the reason; 401 without a live session; 403 if the current password is
/// wrong; 409 if the account is changed at the same time; 429 after too many tries.
#[utoipa::path(put, path = "/auth/password", tag = "auth", operation_id = "changePassword", request_body = Change,
    extensions(("x-access" = json!("user")),
        ("x-refusals" = json!([Unauthenticated::AccountGone, Forbidden::WrongPassword, Conflict::AccountChanged, TooMany::Requests]))),
    responses((status = 200, description = "Changed.", body = Message)))]
pub(crate) async fn change_password(
    State(auth): State<Auth>,
    caller: Caller,
    from: Address,
    Body(change): Body<Change>,
) -> Result<Json<Message>> {
    let slot = auth.hasher.slot()?;
    let (user, attempt) = prove_caller(&auth, &slot, &caller, &change.current_password, &from).await?;
    let new = change.new_password.accept(&Known::of(&user, &auth.app.settings.site_url));
    let new = new.map_err(|reason| Error::invalid("/newPassword", reason))?;
    let hash = slot.hash(&new, auth.app.random()).await?;
    let actor = auth.app.actor(caller.id, from);
    let new = passwords::NewPassword {
        user: &user,
        hash: &hash,
        proof: Proof::Password,
        attempt: &attempt,
        ending: Ending::These(caller.sessions.others(caller.session)),
        letter: user.letter(Subject::PasswordChanged),
    };
    auth.accounts.replace_password(new, &actor).await?;
    Ok(Json(Message { message: "password changed successfully" }))
}

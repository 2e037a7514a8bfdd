//! `PUT /auth/password`.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result};
use shared::edge::extract::Body;
use shared::edge::refusals::{Forbidden, TooMany, Unauthenticated};
use shared::tables::Failure;
use shared::tables::accounts::passwords::Void;
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

/// Changes the caller's password. Every other session of the caller ends, also one that begins meanwhile, and a letter
/// reports the change.
///
/// # Errors
/// 400 if the new password is not accepted, with the reason; 401 without a live session; 403 if the current password is
/// wrong; 429 after too many tries.
#[utoipa::path(put, path = "/auth/password", tag = "auth", operation_id = "changePassword", request_body = Change,
    extensions(("x-access" = json!("user")),
        ("x-refusals" = json!([Unauthenticated::AccountGone, Forbidden::WrongPassword, TooMany::Requests]))),
    responses((status = 200, description = "Changed.", body = Message)))]
pub(crate) async fn change_password(
    State(auth): State<Auth>,
    caller: Caller,
    from: Address,
    Body(change): Body<Change>,
) -> Result<Json<Message>> {
    let slot = auth.hasher.slot()?;
    let proved = prove_caller(&auth, &slot, &caller, &change.current_password, &from).await?;
    let new = change.new_password.accept(&Known::of(&proved.user, &auth.app.settings.site_url));
    let new = new.map_err(|reason| Error::invalid("/newPassword", reason))?;
    let hash = slot.hash(&new, auth.app.random()).await?;
    match auth.accounts.change_password(proved, &hash, &caller.actor(&auth.app, from)).await {
        Ok(()) => {}
        Err(Failure::Refused(Void)) => return Err(Forbidden::WrongPassword.into()),
        Err(Failure::Fault(fault)) => return Err(fault.into()),
    }
    Ok(Json(Message { message: "password changed successfully" }))
}

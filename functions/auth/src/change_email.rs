//! `PUT /users/me/email`. It is in auth and not in users because it verifies the password.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::Deserialize;
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result};
use shared::edge::extract::Body;
use shared::edge::refusals::{Conflict, Forbidden, TooMany, Unauthenticated};
use shared::values::{Address, Email};
use utoipa::ToSchema;

use crate::Auth;
use crate::message::Message;
use crate::password::Password;
use crate::proof::prove_caller;
use crate::register::count_claim;

/// The new address, and the password.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewEmail {
    email: Email,
    password: Password,
}

/// Asks for another email address, or for the first one. A letter with a link goes to the new address.
///
/// The address counts once the link is followed: then the caller signs in with it, and receives letters there. Until then
/// the old one does both. The old one gets a letter about the change, if it is confirmed.
///
/// # Errors
/// 400 if the address is invalid, or the caller's already; 401 without a live session; 403 if the password is wrong; 409
/// if another user has the address; 429 after too many tries, after two letters in a day,
/// or after twenty of these requests and registrations from one network address within an hour, unless it is the library's
/// own.
#[utoipa::path(put, path = "/users/me/email", tag = "users", operation_id = "changeEmail", request_body = NewEmail,
    extensions(("x-access" = json!("user")),
        ("x-refusals" = json!([Unauthenticated::AccountGone, Forbidden::WrongPassword, Conflict::EmailTaken, TooMany::Requests]))),
    responses((status = 202, description = "A letter is sent to the new address.", body = Message)))]
pub(crate) async fn change_email(
    State(auth): State<Auth>,
    caller: Caller,
    from: Address,
    Body(NewEmail { email, password }): Body<NewEmail>,
) -> Result<impl IntoResponse> {
    let slot = auth.hasher.slot()?;
    let proved = prove_caller(&auth, &slot, &caller, &password, &from).await?;
    if proved.user.email.as_ref() == Some(&email) {
        return Err(Error::invalid("/email", "is your address already"));
    }
    count_claim(&auth, &from, auth.app.now()).await?;
    if auth.accounts.get_login(email.as_str()).await?.is_some() {
        return Err(Conflict::EmailTaken.into());
    }
    auth.accounts.ask_for_address(proved, &email, &caller.actor(&auth.app, from)).await?;
    Ok((StatusCode::ACCEPTED, Json(Message { message: "a letter is on its way to the new address" })))
}

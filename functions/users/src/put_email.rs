//! `PUT /users/{userId}/email`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::{Body, Path};
use shared::edge::refusals::{Conflict, NotFound, TooMany};
use shared::values::{Address, Email, UserId};
use utoipa::ToSchema;

use crate::Users;
use crate::profile::Profile;

/// An email address.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct MendedEmail {
    /// The new address.
    email: Email,
}

/// Mends the email address of a reader. A letter goes to the new address, because only who reads it can prove it.
///
/// A reader who has a password follows the letter's link, signed in. Until then the new address is `pendingEmail`, and the
/// old one signs in and receives letters; if it was confirmed, it gets a letter about the change. A reader who has not
/// chosen a password yet has the new address at once, and chooses one by the letter within seven days. The same address
/// sends that letter again. Older letters and codes for a password end with it.
///
/// # Errors
/// 400 if the address is invalid, or the one with which the reader signs in; 401 without a live session; 403 if the caller
/// does not work at the desk; 404 if there is no such user; 409 if another user has the address, or if the user works at
/// the desk; 429 after two letters in a day to the reader, or to the address from this network address.
#[utoipa::path(put, path = "/users/{userId}/email", tag = "users", operation_id = "putEmail", request_body = MendedEmail,
    params(("userId" = UserId, Path)), extensions(("x-access" = json!("desk")),
        ("x-refusals" = json!([NotFound::User, Conflict::EmailTaken, Conflict::OfTheDesk, TooMany::Requests]))),
    responses((status = 202, description = "The changed user. A letter is sent to the new address.", body = Profile)))]
pub(crate) async fn put_email(
    State(users): State<Users>,
    caller: Caller,
    Path(id): Path<UserId>,
    from: Address,
    Body(MendedEmail { email }): Body<MendedEmail>,
) -> Result<(StatusCode, Json<Profile>)> {
    let actor = caller.desk(&users.app, from)?;
    let today = users.today().await?;
    let (user, standing) = users.accounts.mend_address(id, &email, users.app.id(), &actor).await?;
    Ok((StatusCode::ACCEPTED, Json(Profile::whole(&users.app, user, &standing, today))))
}

//! `POST /auth/verify-email`.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::edge::error::{Error, Result, problems};
use shared::edge::extract::Body;
use shared::tables::accounts::{User, user};
use shared::tables::journal::{Deed, Entry};
use shared::tables::sessions::ending;
use shared::values::{Address, Role};
use utoipa::ToSchema;

use crate::Auth;
use crate::message::Message;

/// The token of the welcome letter.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Verification {
    #[schema(max_length = 600)]
    token: String,
}

/// Proves that an address is its user's. Doing it twice changes nothing.
///
/// Whoever proves the address that the library names as its administrator's becomes a librarian.
///
/// # Errors
/// 400 naming the token if it is not the letter's, or older than seven days.
#[utoipa::path(post, path = "/auth/verify-email", tag = "auth", operation_id = "verifyEmail", request_body = Verification,
    security(()), extensions(("x-access" = json!("public"))),
    responses((status = 200, description = "Proven.", body = Message), problems::Invalid, problems::Forbidden,
        problems::Conflict, problems::TooLarge, problems::UnsupportedMediaType))]
pub(crate) async fn verify_email(
    State(auth): State<Auth>,
    from: Address,
    Body(Verification { token }): Body<Verification>,
) -> Result<Json<Message>> {
    let refused = || Error::invalid("/token", "is not valid any more");
    let accounts = &auth.app.accounts;
    let (id, email) = auth.letters.open_verification(&token, auth.app.now()).ok_or_else(refused)?;
    let user = user::get(accounts, id).await?.filter(|user| user.email.as_ref() == Some(&email)).ok_or_else(refused)?;
    if !user.email_verified {
        if auth.app.settings.admin_email.as_ref() == Some(&email) {
            let note = auth.app.occasion(id, from.clone()).note(Entry::of_user(Deed::RoleChanged, id))?;
            ending::set_standing(&auth.app.sessions, id, Some(Role::Admin), None, note).await?;
        }
        let verified = User { email_verified: true, ..user };
        if !user::update(accounts, &verified, Deed::EmailVerified, &auth.app.occasion(id, from)).await? {
            return Err(Error::Conflict("The account was changed in between. Try again."));
        }
    }
    Ok(Json(Message { message: "email verified" }))
}

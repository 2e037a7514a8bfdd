//! `POST /auth/verify-email`.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::edge::error::{Error, Result};
use shared::edge::extract::Body;
use shared::edge::refusals::Conflict;
use shared::tables::accounts::User;
use shared::tables::journal::Action;
use shared::tables::sessions::Standing;
use shared::values::{Address, Role};
use utoipa::ToSchema;

use crate::Auth;
use crate::message::Message;

/// The token from the welcome letter.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Verification {
    #[schema(max_length = 600)]
    token: String,
}

/// Confirms a user's email address with the token from the welcome letter. Idempotent.
///
/// A user who confirms the administrator's address of the library's settings becomes a librarian.
///
/// # Errors
/// 400 if the token is not from a letter to this address, or is older than seven days; 409 if the account is changed at
/// the same time.
#[utoipa::path(post, path = "/auth/verify-email", tag = "auth", operation_id = "verifyEmail", request_body = Verification,
    extensions(("x-access" = json!("public")),
        ("x-refusals" = json!([Conflict::AccountChanged]))),
    responses((status = 200, description = "Confirmed.", body = Message)))]
pub(crate) async fn verify_email(
    State(auth): State<Auth>,
    from: Address,
    Body(Verification { token }): Body<Verification>,
) -> Result<Json<Message>> {
    let refused = || Error::invalid("/token", "is not valid any more");
    let (id, email) = auth.letters.open_verification(&token, auth.app.now()).ok_or_else(refused)?;
    let user = auth.accounts.get_user(id).await?;
    let user = user.filter(|user| user.email.as_ref() == Some(&email)).ok_or_else(refused)?;
    if !user.email_verified {
        let actor = auth.app.actor(id, from);
        if auth.app.settings.admin_email.as_ref() == Some(&email) {
            let librarian = Standing { role: Some(Role::Admin), disabled: None };
            auth.app.sessions.change_standing(id, librarian, &actor).await?;
        }
        let verified = User { email_verified: true, ..user };
        auth.accounts.update_user(&verified, Action::EmailVerified, &actor).await?;
    }
    Ok(Json(Message { message: "email verified" }))
}

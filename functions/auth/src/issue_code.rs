//! `POST /users/{userId}/sign-in-code`. It is in auth and not in users because the code is made with a key of auth.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Path;
use shared::edge::refusals::{Conflict, NotFound};
use shared::values::{Address, UserId, milliseconds};
use utoipa::ToSchema;

use crate::Auth;

/// A code with which a reader chooses a password.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignInCode {
    /// Twelve letters and digits. It is shown once, and in no table.
    #[schema(example = "7KQMA2PX94RD")]
    code: String,
    /// When it ends.
    #[serde(serialize_with = "milliseconds")]
    expires_at: Timestamp,
}

/// Issues a code with which a reader without an email address chooses a password. The reader sends it with their card or
/// username to `POST /auth/reset-password`.
///
/// It works once, for seven days. A newer one makes older ones invalid.
///
/// # Errors
/// 401 without a live session; 403 if the caller is not a librarian; 404 if there is no such user; 409 if the user works at
/// the desk, has an email address, or has neither a card nor a username.
#[utoipa::path(post, path = "/users/{userId}/sign-in-code", tag = "users", operation_id = "issueSignInCode",
    params(("userId" = UserId, Path)), extensions(("x-access" = json!("admin")),
        ("x-refusals" = json!([NotFound::User, Conflict::OfTheDesk, Conflict::HasEmail, Conflict::Nameless]))),
    responses((status = 201, description = "The code.", body = SignInCode)))]
pub(crate) async fn issue_code(
    State(auth): State<Auth>,
    caller: Caller,
    Path(id): Path<UserId>,
    from: Address,
) -> Result<(StatusCode, Json<SignInCode>)> {
    let actor = caller.librarian(&auth.app, from)?;
    let nonce = auth.app.id();
    let expires_at = auth.accounts.issue_code(id, nonce, &actor).await?;
    let code = auth.letters.sign_in_code(id, nonce);
    Ok((StatusCode::CREATED, Json(SignInCode { code, expires_at })))
}

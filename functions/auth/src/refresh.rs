//! `POST /auth/refresh-token`, also `/auth/refresh`.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::error::{Error, Result, problems};
use shared::extract;
use shared::sessions::{self, Refreshed};
use utoipa::ToSchema;

use crate::Auth;
use crate::tokens::{Refresh, Sealed, Tokens};

/// A refresh token to spend.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RefreshRequest {
    #[schema(inline)]
    refresh_token: Sealed,
}

/// Gets a new pair of tokens for a refresh token, which is spent by that (RFC 9700, 4.14.2).
///
/// Spending it again within 30 seconds gets the same successor: a double click, a lost answer. Spending it later
/// means that there is a copy, and ends the session.
///
/// # Errors
/// 401 if it is not the current one of a live session.
#[utoipa::path(post, path = "/auth/refresh-token", tag = "auth", operation_id = "refreshToken", request_body = RefreshRequest,
    security(()), extensions(("x-access" = json!("public"))),
    responses(
        (status = 200, description = "The next pair.", body = Tokens),
        problems::Invalid, problems::Unauthenticated, problems::TooLarge, problems::UnsupportedMediaType))]
pub(crate) async fn refresh(
    State(auth): State<Auth>,
    extract::Json(request): extract::Json<RefreshRequest>,
) -> Result<Json<Tokens>> {
    const REFUSED: Error = Error::Unauthenticated("This refresh token is not valid any more. Sign in again.");
    let spent = auth.signer.open(&request.refresh_token).ok_or(REFUSED)?;
    let now = auth.app.now();
    match sessions::refresh(&auth.app.sessions, spent.user, spent.session, spent.generation, now).await? {
        Refreshed::Anew | Refreshed::Again => {
            let next = Refresh { generation: spent.generation + 1, ..spent };
            Ok(Json(auth.signer.tokens(next, auth.app.random(), now)?))
        }
        Refreshed::Stolen => {
            tracing::warn!(user_id = %spent.user, "a refresh token was used twice: the session is ended");
            Err(REFUSED)
        }
        Refreshed::Ended => Err(REFUSED),
    }
}

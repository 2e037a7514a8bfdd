//! `POST /auth/logout`, also `/logout`.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use shared::caller::Caller;
use shared::error::{Result, problems};
use shared::sessions;
use utoipa::ToSchema;

use crate::Auth;

/// A few words on what was done.
#[derive(Serialize, ToSchema)]
pub(crate) struct Farewell {
    /// The words.
    #[schema(example = "logged out successfully")]
    message: &'static str,
}

/// Ends the session that the caller came with: its access and refresh tokens stop working at the very next request.
///
/// # Errors
/// 401 without a live session.
#[utoipa::path(post, path = "/auth/logout", tag = "auth", operation_id = "logout",
    security(("bearer" = [])), extensions(("x-access" = json!("user"))),
    responses((status = 200, description = "Signed out.", body = Farewell), problems::Unauthenticated))]
pub(crate) async fn logout(State(auth): State<Auth>, caller: Caller) -> Result<Json<Farewell>> {
    sessions::end(&auth.app.sessions, caller.id, caller.session).await?;
    Ok(Json(Farewell { message: "logged out successfully" }))
}

//! `DELETE /auth/sessions/{sessionId}`.

use axum::extract::State;
use axum::http::StatusCode;
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result, problems};
use shared::edge::extract::Path;
use shared::tables::journal::Action;
use shared::tables::sessions::ending::Ending;
use shared::values::{Address, SessionId};

use crate::Auth;

/// Ends one of the caller's sessions.
///
/// # Errors
/// 401 without a live session; 404 if the caller has no such session.
#[utoipa::path(delete, path = "/auth/sessions/{sessionId}", tag = "auth", operation_id = "endSession",
    params(("sessionId" = SessionId, Path)), security(("bearer" = []), ("cookie" = [])), extensions(("x-access" = json!("user"))),
    responses((status = 204, description = "Ended."), problems::Invalid, problems::Unauthenticated, problems::Forbidden,
        problems::NotFound))]
pub(crate) async fn end_session(
    State(auth): State<Auth>,
    caller: Caller,
    Path(id): Path<SessionId>,
    from: Address,
) -> Result<StatusCode> {
    if !caller.sessions.has_live(id, auth.app.now()) {
        return Err(Error::NotFound("session of yours"));
    }
    let actor = auth.app.actor(caller.id, from);
    auth.app.sessions.end(&Ending::These(vec![id]), Action::SignedOut, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

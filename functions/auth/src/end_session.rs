//! `DELETE /auth/sessions/{sessionId}`.

use axum::extract::State;
use axum::http::StatusCode;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Path;
use shared::edge::refusals::NotFound;
use shared::tables::journal::{Action, Entry};
use shared::tables::sessions::ending::Ending;
use shared::values::{Address, SessionId};

use crate::Auth;

/// Ends one of the caller's sessions.
///
/// # Errors
/// 401 without a live session; 404 if the caller has no such session.
#[utoipa::path(delete, path = "/auth/sessions/{sessionId}", tag = "auth", operation_id = "endSession",
    params(("sessionId" = SessionId, Path)), extensions(("x-access" = json!("user")),
        ("x-refusals" = json!([NotFound::Session]))),
    responses((status = 204, description = "Ended.")))]
pub(crate) async fn end_session(
    State(auth): State<Auth>,
    caller: Caller,
    Path(id): Path<SessionId>,
    from: Address,
) -> Result<StatusCode> {
    if !caller.sessions.has_live(id, auth.app.now()) {
        return Err(NotFound::Session.into());
    }
    let entry = Entry::of_user(Action::SignedOut, caller.id);
    auth.app.sessions.end(Ending::One(id), entry, &caller.actor(&auth.app, from)).await?;
    Ok(StatusCode::NO_CONTENT)
}

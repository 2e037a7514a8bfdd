//! `GET /auth/sessions`.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Serialize;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::page::Page;
use shared::values::{SessionId, milliseconds};
use utoipa::ToSchema;

use crate::Auth;

/// One sign-in of the caller's.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignIn {
    /// Names it.
    id: SessionId,
    /// What it was begun on, as the browser or app names itself.
    #[schema(example = "Mozilla/5.0 (X11; Linux x86_64)")]
    device: String,
    /// When it began.
    #[serde(serialize_with = "milliseconds")]
    created_at: Timestamp,
    /// When it last got new tokens.
    #[serde(serialize_with = "milliseconds")]
    last_used_at: Timestamp,
    /// Whether it is the one that asks.
    current: bool,
}

/// Lists the caller's live sessions, the last used first. There are at most ten.
///
/// # Errors
/// 401 without a live session.
#[utoipa::path(get, path = "/auth/sessions", tag = "auth", operation_id = "listSessions",
    extensions(("x-access" = json!("user"))),
    responses((status = 200, description = "The sessions.", body = Page<SignIn>)))]
pub(crate) async fn list_sessions(State(auth): State<Auth>, caller: Caller) -> Result<Json<Page<SignIn>>> {
    let sign_in = |(id, session): (SessionId, &shared::tables::sessions::Session)| SignIn {
        id,
        device: session.device().to_owned(),
        created_at: session.created_at(),
        last_used_at: session.refreshed_at(),
        current: id == caller.session,
    };
    let items = caller.sessions.live(auth.app.now()).into_iter().map(sign_in).collect();
    Ok(Json(Page { items, next_cursor: None }))
}

//! `POST /auth/logout`, also `/logout`.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use serde::Deserialize;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Query;
use shared::edge::refusals::Unauthenticated;
use shared::tables::journal::{Action, Entry};
use shared::tables::sessions::ending::Ending;
use shared::values::Address;
use utoipa::{IntoParams, ToSchema};

use crate::Auth;
use crate::channel::without_cookies;
use crate::message::Message;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// Which sessions end. The default is `this`.
    #[param(inline, nullable = false)]
    scope: Option<Scope>,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
enum Scope {
    /// The caller's current session.
    This,
    /// All other sessions of the caller, also one that begins meanwhile.
    Others,
    /// All sessions of the caller.
    All,
}

/// Ends sessions of the caller. Their access and refresh tokens are refused from the next request on.
///
/// # Errors
/// 401 without a live session.
#[utoipa::path(post, path = "/auth/logout", tag = "auth", operation_id = "logout", params(Params),
    extensions(("x-access" = json!("user"))),
    responses((status = 200, description = "Signed out.", body = Message)))]
pub(crate) async fn logout(
    State(auth): State<Auth>,
    caller: Caller,
    Query(params): Query<Params>,
    from: Address,
    headers: HeaderMap,
) -> Result<impl IntoResponse> {
    let (ending, stays) = match params.scope.unwrap_or(Scope::This) {
        Scope::This => (Ending::One(caller.session), false),
        Scope::Others => {
            let kept = caller.sessions.session(caller.session).ok_or(Unauthenticated::SessionEnded)?;
            (Ending::Others(Box::new(kept)), true)
        }
        Scope::All => (Ending::All, false),
    };
    let entry = Entry::of_user(Action::SignedOut, caller.id);
    auth.app.sessions.end(ending, entry, &caller.actor(&auth.app, from)).await?;
    let headers = if stays { HeaderMap::new() } else { without_cookies(&headers) };
    Ok((headers, Json(Message { message: "logged out successfully" })))
}

//! `POST /auth/logout`, also `/logout`.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use serde::Deserialize;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Query;
use shared::tables::journal::Action;
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
    /// All other sessions of the caller.
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
        Scope::This => (Ending::These(vec![caller.session]), false),
        Scope::Others => (Ending::These(caller.sessions.others(caller.session)), true),
        Scope::All => (Ending::All, false),
    };
    auth.app.sessions.end(&ending, Action::SignedOut, &auth.app.actor(caller.id, from)).await?;
    let headers = if stays { HeaderMap::new() } else { without_cookies(&headers) };
    Ok((headers, Json(Message { message: "logged out successfully" })))
}

//! `GET /activity`.

use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result};
use shared::edge::extract::Query;
use shared::edge::page::{self, DEFAULT_LIMIT, Limit, Page};
use shared::tables::journal::activity::{Activity, Selection};
use shared::values::UserId;
use utoipa::IntoParams;

use crate::Live;

#[derive(Deserialize, Serialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// Only what this user did.
    #[param(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<UserId>,
    /// Only what was done after this time (RFC 3339).
    #[param(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Timestamp>,
    /// How many rows at most.
    #[param(inline, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<Limit>,
    /// The `nextCursor` of the page before. It goes with the very same list only.
    #[param(nullable = false)]
    #[serde(skip_serializing_if = "page::names_a_page")]
    cursor: Option<String>,
}

/// Lists who did what, when, and from where: every sign-in and every write, the newest first.
///
/// A row gets here within moments of what it tells of, and stays for as long as the library keeps the log.
///
/// # Errors
/// 400 for a parameter that is unknown or not as it should be; 401 without a live session; 403 for readers.
#[utoipa::path(get, path = "/activity", tag = "live", operation_id = "listActivity", params(Params),
    extensions(("x-access" = json!("admin"))),
    responses((status = 200, description = "A page of the log.", body = Page<Activity>, headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_activity(
    State(live): State<Live>,
    caller: Caller,
    Query(params): Query<Params>,
) -> Result<Response> {
    caller.require_admin()?;
    let selection = Selection { user: params.user, after: params.after };
    let name = format!("activity {selection:?}");
    let before = params.cursor.as_deref().map(|cursor| page::open(&name, cursor)).transpose()?;
    let limit = params.limit.unwrap_or(DEFAULT_LIMIT).get() as usize;
    let found = live.journal.list_activity(selection, limit, before, live.app.now()).await?;
    let page = Page { items: found.items, next_cursor: found.next.map(|position| page::seal(&name, &position)) };
    let query = serde_urlencoded::to_string(&params).map_err(|error| Error::Internal(error.into()))?;
    let separator = if query.is_empty() { "" } else { "?" };
    Ok(page.into_response(&live.app.url(&format!("/activity{separator}{query}"))))
}

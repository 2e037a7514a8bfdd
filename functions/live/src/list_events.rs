//! `GET /events`.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result};
use shared::edge::extract::Query;
use shared::edge::page::{DEFAULT_LIMIT, Limit, Page};
use shared::tables::journal::events::Event;
use utoipa::IntoParams;

use crate::Live;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// Only events with a greater id. Without it, the newest.
    #[param(nullable = false, minimum = 0)]
    after: Option<i64>,
    /// How many events at most.
    #[param(inline, nullable = false)]
    limit: Option<Limit>,
}

/// Lists what happened to books, in its order: the live events, for who was away or cannot keep a connection.
///
/// Ids are whole numbers that follow one another; the last id that you have seen is the `after` of what you have not. The
/// list goes back as far as the activity log is kept.
///
/// # Errors
/// 401 without a live session; 403 for readers.
#[utoipa::path(get, path = "/events", tag = "live", operation_id = "listEvents", params(Params),
    extensions(("x-access" = json!("admin"))),
    responses((status = 200, description = "A page of events.", body = Page<Event>, headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_events(
    State(live): State<Live>,
    caller: Caller,
    Query(params): Query<Params>,
) -> Result<Response> {
    caller.require_admin()?;
    let after = params.after.map(u64::try_from).transpose();
    let after = after.map_err(|_| Error::invalid("?after", "should be the id of an event, or 0"))?;
    let limit = params.limit.unwrap_or(DEFAULT_LIMIT).get();
    let (items, more) = live.journal.list_events(after, limit as usize, live.app.now()).await?;
    let last = items.last().filter(|_| more).map(|event| event.id.to_string());
    Ok(Page { items, next_cursor: last }.linked(&live.app.settings.url(&format!("/events?limit={limit}")), "after"))
}

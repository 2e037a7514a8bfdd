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

/// Lists what happened to books: the live events, for clients that were away or cannot keep a connection.
///
/// Ids are whole numbers that follow one another; the last id that you have seen is the `after` of what you have not seen.
/// No event is skipped. The ids are the order in which the library processed the events: of two events that happened within
/// moments of each other, even to the same book, the later one may have the lower id. `time` says when each happened. The
/// list goes back thirty days.
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
    let (events, last) = live.journal.list_events(after, limit as usize, live.app.now()).await?;
    let users: Vec<_> = events.iter().flat_map(Event::users).collect();
    let people = live.app.sessions.people(&users).await?;
    let items: Vec<_> = events.into_iter().map(|event| event.naming(&people)).collect();
    Ok(Page { items, next_cursor: last.map(|number| number.to_string()) }
        .linked(&live.app.settings.url(&format!("/events?limit={limit}")), "after"))
}

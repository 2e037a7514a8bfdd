//! `POST /live/tickets`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::tables::connections::{TICKET_LIFETIME, Watcher};
use utoipa::ToSchema;

use crate::Live;

/// A ticket to the live events.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Ticket {
    /// Lets one connection in.
    #[schema(example = "3q2-7wEjRWeJq83vASNFZ4mrze8BI0VniavN7wEjRWc")]
    ticket: String,
    /// Where to connect, with the ticket.
    #[schema(example = "wss://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/v1?ticket=3q2-7w…")]
    url: String,
    /// Until when.
    expires_at: Timestamp,
}

/// Gives a ticket to the live events: connect a WebSocket to its `url`, within 30 seconds, once.
///
/// What comes are messages such as `{"items": [event, …]}`, with events as `GET /events` lists them. Their ids follow one
/// another: who misses one, or was away, gets the rest from there. Nothing is expected of the client. The connection
/// ends with the session.
///
/// # Errors
/// 401 without a live session; 403 for readers.
#[utoipa::path(post, path = "/live/tickets", tag = "live", operation_id = "createTicket",
    extensions(("x-access" = json!("admin"))),
    responses((status = 201, description = "The ticket.", body = Ticket)))]
pub(crate) async fn create_ticket(State(live): State<Live>, caller: Caller) -> Result<(StatusCode, Json<Ticket>)> {
    caller.require_admin()?;
    let (app, now) = (&live.app, live.app.now());
    let watcher = Watcher { user: caller.id, session: caller.session };
    let ticket = live.connections.create_ticket(watcher, app.random(), now).await?;
    let url = format!("{}?ticket={ticket}", live.url);
    Ok((StatusCode::CREATED, Json(Ticket { ticket, url, expires_at: now + TICKET_LIFETIME })))
}

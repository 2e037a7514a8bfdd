//! `POST /live/tickets`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::tables::connections::{TICKET_LIFETIME, Watcher};
use shared::values::milliseconds;
use utoipa::ToSchema;

use crate::Live;

/// A ticket for the live events.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Ticket {
    /// The ticket. It opens one connection.
    #[schema(example = "3q2-7wEjRWeJq83vASNFZ4mrze8BI0VniavN7wEjRWc")]
    ticket: String,
    /// The URL to connect to. It contains the ticket.
    #[schema(example = "wss://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/v1?ticket=3q2-7w…")]
    url: String,
    /// When the ticket expires.
    #[serde(serialize_with = "milliseconds")]
    expires_at: Timestamp,
}

/// Creates a ticket for the live events. A client connects a WebSocket to its `url` once, within 30 seconds.
///
/// The server sends messages like `{"items": [event, …]}`, with events as `GET /events` lists them. Their ids are
/// consecutive: a client that misses events gets them from `GET /events?after=`, with the last id that it has seen.
///
/// A connection that carries no message for ten minutes is closed, and every connection is closed after two hours. So send
/// any short text, such as `ping`, every five minutes: it is ignored (frames of the type ping may not count). When the
/// connection closes, ask for a new ticket, connect, and then read `GET /events?after=`. The connection also closes when a
/// message could not be delivered, such as to a client that does not read, and ends with the session; then no ticket is
/// given.
///
/// # Errors
/// 401 without a live session; 403 if the caller is not a librarian.
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

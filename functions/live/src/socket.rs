//! The routes of the WebSocket API: `$connect`, `$disconnect`, `$default`.
//!
//! A handshake needs a ticket of `POST /live/tickets`. After it, `dispatch` sends events to the client, and messages of
//! the client are ignored.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::edge::error::{Error, Result};
use shared::edge::origin::is_allowed;
use shared::edge::refusals::{Forbidden, Unauthenticated};
use shared::tables::connections::Watcher;

use crate::Live;

/// An event of a connection, as API Gateway sends it
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html>).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    request_context: Context,
    #[serde(default)]
    headers: Option<serde_json::Map<String, Value>>,
    #[serde(default)]
    query_string_parameters: Option<serde_json::Map<String, Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    event_type: Kind,
    connection_id: String,
    #[serde(default)]
    request_id: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Kind {
    Connect,
    Disconnect,
    Message,
}

/// The answer to an event. Its status decides whether a handshake succeeds.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    status_code: u16,
}

/// Answers an event of the WebSocket API.
///
/// # Errors
/// None: a refusal or a fault is in the status of the answer.
pub async fn handle(live: Live, event: Event) -> Result<Answer, shared::runtime::lambda::Error> {
    let Context { event_type, connection_id, request_id } = &event.request_context;
    let done = match event_type {
        Kind::Connect => connect(&live, &event, connection_id).await,
        Kind::Disconnect => live.connections.remove(connection_id).await.map_err(Error::from).map(|()| None),
        Kind::Message => Ok(None),
    };
    let (watcher, status_code, error) = match done {
        Ok(watcher) => (watcher, 200, None),
        Err(error) => (None, error.status().as_u16(), error.cause()),
    };
    let user_id = watcher.map(|watcher| tracing::field::display(watcher.user));
    if error.is_some() {
        tracing::error!(route = ?event_type, status = status_code, request_id, connection_id, error, "socket");
    } else {
        tracing::info!(route = ?event_type, status = status_code, request_id, connection_id, user_id, "socket");
    }
    Ok(Answer { status_code })
}

/// Accepts the connection if its ticket is valid and belongs to a librarian.
async fn connect(live: &Live, event: &Event, id: &str) -> Result<Option<Watcher>> {
    let (app, now) = (&live.app, live.app.now());
    // Browsers send the page's origin. Other clients may not send one, and need no check: no page runs in them.
    if let Some(origin) = event.header("origin")
        && !is_allowed(origin.as_bytes(), &app.settings.allowed_origins)
    {
        return Err(Forbidden::ForeignOrigin.into());
    }
    let ticket = event.query_string_parameters.as_ref().and_then(|query| query.get("ticket")?.as_str());
    let watcher = live.connections.spend_ticket(ticket.ok_or(Unauthenticated::NoTicket)?, id, now).await?;
    let watcher = watcher.ok_or(Unauthenticated::NoTicket)?;
    // Stored before the session is checked: if the session ends in between, dispatch finds the connection and closes
    // it.
    live.connections.add(id, watcher, now).await?;
    let user = app.sessions.get(watcher.user).await?;
    if !user.is_some_and(|user| user.may_watch(watcher.session, now)) {
        live.connections.remove(id).await?;
        return Err(Unauthenticated::NoTicket.into());
    }
    Ok(Some(watcher))
}

impl Event {
    /// Returns the value of a header. API Gateway passes the name on in the case that the client sent.
    fn header(&self, name: &str) -> Option<&str> {
        let headers = self.headers.as_ref()?;
        headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).and_then(|(_, value)| value.as_str())
    }
}

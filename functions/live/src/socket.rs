//! The routes of the WebSocket API: `$connect`, `$disconnect`, `$default`.
//!
//! A handshake brings a ticket of `POST /live/tickets`. From then on the feed goes one way: `dispatch` sends what happens,
//! and what a client sends is of no consequence.

use serde::Deserialize;
use serde_json::{Value, json};
use shared::edge::error::{Error, Result};
use shared::tables::connections::Watcher;

use crate::Live;

/// What API Gateway tells of a connection
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html>).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
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

/// Answers an event of the WebSocket API: with a status, which decides whether a handshake succeeds.
///
/// # Errors
/// Where the event is none.
pub async fn handle(live: Live, event: Value) -> Result<Value, shared::runtime::lambda::Error> {
    let event: Event = serde_json::from_value(event)?;
    let Context { event_type, connection_id, request_id } = &event.request_context;
    let done = match event_type {
        Kind::Connect => connect(&live, &event, connection_id).await,
        Kind::Disconnect => live.connections.remove(connection_id).await.map_err(Error::from).map(|()| None),
        Kind::Message => Ok(None),
    };
    let user = done.as_ref().ok().copied().flatten().map(|watcher: Watcher| watcher.user);
    let status = done.map_or_else(|error| error.status().as_u16(), |_| 200);
    let user_id = user.map(tracing::field::display);
    tracing::info!(route = ?event_type, status, request_id, connection_id, user_id, "socket");
    Ok(json!({ "statusCode": status }))
}

/// Lets a librarian in who has just got a ticket.
async fn connect(live: &Live, event: &Event, id: &str) -> Result<Option<Watcher>> {
    let (app, now) = (&live.app, live.app.now());
    // A browser says whose page connects; what is no browser has no cookies that a page could abuse.
    if let Some(origin) = event.header("origin")
        && !app.settings.allowed_origins.iter().any(|allowed| allowed == origin)
    {
        return Err(Error::Forbidden("Pages of this origin may not do this."));
    }
    let no_ticket = || Error::Unauthenticated("Connect with a ticket of POST /live/tickets.");
    let ticket = event.query_string_parameters.as_ref().and_then(|query| query.get("ticket")?.as_str());
    let watcher = live.connections.spend_ticket(ticket.ok_or_else(no_ticket)?, now).await?;
    let watcher = watcher.ok_or_else(no_ticket)?;
    // Listed first and looked at afterwards: whoever ends the session in between finds the connection.
    live.connections.add(id, watcher, now).await?;
    let user = app.sessions.get(watcher.user).await?;
    if !user.is_some_and(|user| user.may_watch(watcher.session, now)) {
        live.connections.remove(id).await?;
        return Err(no_ticket());
    }
    Ok(Some(watcher))
}

impl Event {
    /// API Gateway hands names on as they were sent.
    fn header(&self, name: &str) -> Option<&str> {
        let headers = self.headers.as_ref()?;
        headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).and_then(|(_, value)| value.as_str())
    }
}

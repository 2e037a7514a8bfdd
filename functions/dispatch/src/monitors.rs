//! Sends live events to the monitors whose sessions are live.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::error::SdkError;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use futures_util::{StreamExt, stream};
use serde_json::json;
use shared::tables;
use shared::tables::Consistency::Strong;
use shared::tables::connections::Connection;
use shared::tables::journal::events::Event;
use shared::values::UserId;

use crate::Dispatch;

/// The most monitors that are called at a time.
const AT_ONCE: usize = 16;
/// The most events of a message. With titles and names of any length it stays below the 32 KB of a frame.
const MOST_EVENTS: usize = 5;

/// Calls the management API of the WebSocket API.
#[derive(Clone)]
pub struct Monitors {
    client: Client,
}

impl Monitors {
    /// Returns the monitors of the WebSocket API whose management API `config` addresses.
    ///
    /// A call has all its time at once: a message whose answer is late may have arrived, and a second try would bring its events
    /// twice. What API Gateway refuses, or a connection loses, is tried again.
    pub fn new(config: &SdkConfig) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(1))
            .disable_operation_attempt_timeout()
            .operation_timeout(Duration::from_secs(3))
            .build();
        let config = aws_sdk_apigatewaymanagement::config::Builder::from(config).timeout_config(timeouts).build();
        Monitors { client: Client::from_conf(config) }
    }

    /// Sends `events` to the monitors that may watch, and closes the connections of those that may not any more.
    ///
    /// A message that does not arrive is not sent again. Its monitor is closed instead, and so learns that it has missed
    /// something: it connects again, and `GET /events` lists what that was.
    pub(crate) async fn send(&self, dispatch: &Dispatch, events: &[Event]) {
        let (watching, ended) = match self.connections(dispatch).await {
            Ok(connections) => connections,
            Err(error) => return tracing::warn!(?error, "listing connections failed"),
        };
        let closing = stream::iter(&ended).for_each_concurrent(AT_ONCE, |connection| self.close(dispatch, connection));
        closing.await;
        let events = if watching.is_empty() { Vec::new() } else { named(dispatch, events).await };
        let messages: Vec<Vec<u8>> =
            events.chunks(MOST_EVENTS).filter_map(|some| serde_json::to_vec(&json!({ "items": some })).ok()).collect();
        let (messages, all) = (&messages, stream::iter(&watching));
        all.for_each_concurrent(AT_ONCE, |connection| self.send_to(dispatch, connection, messages)).await;
    }

    /// Returns the connections that may watch, and those that may not any more.
    async fn connections(&self, dispatch: &Dispatch) -> tables::Result<(Vec<Connection>, Vec<Connection>)> {
        let connections = dispatch.connections.list().await?;
        let users: HashSet<UserId> = connections.iter().map(|connection| connection.watcher.user).collect();
        let users: Vec<_> = users.into_iter().collect();
        let mut known = HashMap::new();
        for some in users.chunks(100) {
            known.extend(dispatch.app.sessions.get_all(some, Strong).await?);
        }
        let now = dispatch.app.now();
        Ok(connections.into_iter().partition(|connection| {
            let user = known.get(&connection.watcher.user);
            user.is_some_and(|user| user.may_watch(connection.watcher.session, now))
        }))
    }

    /// Sends messages to one monitor, one after the other, so that they arrive in order.
    async fn send_to(&self, dispatch: &Dispatch, connection: &Connection, messages: &[Vec<u8>]) {
        for message in messages {
            let sent = self.client.post_to_connection().connection_id(&connection.id);
            let Err(error) = sent.data(Blob::new(message.as_slice())).send().await else { continue };
            if is_gone(&error) {
                remove_gone(dispatch, connection).await;
            } else {
                // Throttled although the SDK has tried again: the client does not read, or API Gateway is too busy.
                tracing::warn!(connection = connection.id, ?error, "sending to a monitor failed");
                self.close(dispatch, connection).await;
            }
            return;
        }
    }

    async fn close(&self, dispatch: &Dispatch, connection: &Connection) {
        match self.client.delete_connection().connection_id(&connection.id).send().await {
            Ok(_) => remove(dispatch, connection).await,
            Err(error) if is_gone(&error) => remove_gone(dispatch, connection).await,
            Err(error) => tracing::warn!(connection = connection.id, ?error, "closing a connection failed"),
        }
    }
}

/// Returns the events with the names of their users. Without them if they cannot be read: an event is worth more than a name.
async fn named(dispatch: &Dispatch, events: &[Event]) -> Vec<Event> {
    let users: Vec<UserId> = events.iter().flat_map(Event::users).collect();
    let people = dispatch.app.sessions.people(&users).await.unwrap_or_else(|error| {
        tracing::warn!(?error, "reading the names of an event failed");
        HashMap::new()
    });
    events.iter().map(|event| event.clone().naming(&people)).collect()
}

/// Returns whether API Gateway does not know a connection. It may leave out the name of the error.
fn is_gone<E>(error: &SdkError<E>) -> bool {
    error.raw_response().is_some_and(|answer| answer.status().as_u16() == 410)
}

/// Removes a monitor that API Gateway does not know, unless its handshake may still be under way.
async fn remove_gone(dispatch: &Dispatch, connection: &Connection) {
    if !connection.may_be_opening(dispatch.app.now()) {
        remove(dispatch, connection).await;
    }
}

/// Removes a monitor from the list. API Gateway may not have sent its `$disconnect`.
async fn remove(dispatch: &Dispatch, connection: &Connection) {
    if let Err(error) = dispatch.connections.remove(&connection.id).await {
        tracing::warn!(?error, "removing a closed connection failed");
    }
}

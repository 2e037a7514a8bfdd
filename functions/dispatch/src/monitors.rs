//! The live monitors: what happens goes to each of them, as long as their session lives.

use std::collections::HashSet;

use aws_config::SdkConfig;
use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use futures_util::{StreamExt, stream};
use serde_json::json;
use shared::tables;
use shared::tables::Consistency::Strong;
use shared::tables::connections::Connection;
use shared::tables::journal::events::Event;
use shared::values::UserId;

use crate::Dispatch;

/// Messages under way at a time.
const AT_ONCE: usize = 16;
/// Events of one message: it stays under the 32 KB of a frame, titles of any length included.
const MOST_EVENTS: usize = 10;

/// Reaches the monitors by the management API of the WebSocket API.
#[derive(Clone)]
pub struct Monitors {
    client: Client,
}

impl Monitors {
    /// The monitors of the WebSocket API whose management API `config` leads to.
    pub fn new(config: &SdkConfig) -> Self {
        Monitors { client: Client::new(config) }
    }

    /// Sends `events` to everybody who watches and may, and ends the connections of those who may not any more.
    ///
    /// What does not arrive is no reason to try again: ids without a gap tell a monitor what it has missed, and the list of
    /// events has it.
    pub(crate) async fn send(&self, dispatch: &Dispatch, events: &[Event]) {
        let (watching, ended) = match self.connections(dispatch).await {
            Ok(connections) => connections,
            Err(error) => return tracing::warn!(?error, "nobody knows who watches"),
        };
        let ending = stream::iter(&ended).for_each_concurrent(AT_ONCE, |connection| self.end(dispatch, connection));
        ending.await;
        let messages: Vec<Vec<u8>> =
            events.chunks(MOST_EVENTS).filter_map(|some| serde_json::to_vec(&json!({ "items": some })).ok()).collect();
        let (messages, all) = (&messages, stream::iter(&watching));
        all.for_each_concurrent(AT_ONCE, |connection| self.post(dispatch, connection, messages)).await;
    }

    /// Who watches and may, and who may not any more.
    async fn connections(&self, dispatch: &Dispatch) -> tables::Result<(Vec<Connection>, Vec<Connection>)> {
        let connections = dispatch.connections.list().await?;
        let users: HashSet<UserId> = connections.iter().map(|connection| connection.watcher.user).collect();
        let users: Vec<_> = users.into_iter().collect();
        let mut known = std::collections::HashMap::new();
        for some in users.chunks(100) {
            known.extend(dispatch.app.sessions.get_all(some, Strong).await?);
        }
        let now = dispatch.app.now();
        Ok(connections.into_iter().partition(|connection| {
            let user = known.get(&connection.watcher.user);
            user.is_some_and(|user| user.may_watch(connection.watcher.session, now))
        }))
    }

    /// One after the other, so that they arrive in their order.
    async fn post(&self, dispatch: &Dispatch, connection: &Connection, messages: &[Vec<u8>]) {
        for message in messages {
            let sent = self.client.post_to_connection().connection_id(&connection.id);
            let Err(error) = sent.data(Blob::new(message.as_slice())).send().await else { continue };
            if error.as_service_error().is_some_and(|error| error.is_gone_exception()) {
                forget_gone(dispatch, connection).await;
            } else {
                tracing::warn!(connection = connection.id, ?error, "a monitor could not be reached");
            }
            return;
        }
    }

    async fn end(&self, dispatch: &Dispatch, connection: &Connection) {
        match self.client.delete_connection().connection_id(&connection.id).send().await {
            Ok(_) => forget(dispatch, connection).await,
            Err(error) if error.as_service_error().is_some_and(|error| error.is_gone_exception()) => {
                forget_gone(dispatch, connection).await;
            }
            Err(error) => tracing::warn!(connection = connection.id, ?error, "a monitor could not be sent away"),
        }
    }
}

/// Forgets a monitor that is not there; unless it only is not there yet.
async fn forget_gone(dispatch: &Dispatch, connection: &Connection) {
    if !connection.may_be_opening(dispatch.app.now()) {
        forget(dispatch, connection).await;
    }
}

/// Its own `$disconnect` may never have come.
async fn forget(dispatch: &Dispatch, connection: &Connection) {
    if let Err(error) = dispatch.connections.remove(&connection.id).await {
        tracing::warn!(?error, "a connection that is gone stays listed");
    }
}

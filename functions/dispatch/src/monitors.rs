//! The live monitors: what happens goes to each of them, as long as their session lives.

use std::collections::HashSet;

use aws_config::SdkConfig;
use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use futures_util::{StreamExt, stream};
use serde_json::json;
use shared::runtime::app::App;
use shared::tables::connections::{self, Connection};
use shared::tables::journal::events::Event;
use shared::tables::sessions;
use shared::tables::table;
use shared::values::{Role, UserId};

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
    pub(crate) async fn send(&self, app: &App, events: &[Event]) {
        let (watching, ended) = match self.connections(app).await {
            Ok(connections) => connections,
            Err(error) => return tracing::warn!(?error, "nobody knows who watches"),
        };
        let ending = stream::iter(&ended).for_each_concurrent(AT_ONCE, |connection| self.end(app, connection));
        ending.await;
        let messages: Vec<Vec<u8>> =
            events.chunks(MOST_EVENTS).filter_map(|some| serde_json::to_vec(&json!({ "items": some })).ok()).collect();
        let (messages, all) = (&messages, stream::iter(&watching));
        all.for_each_concurrent(AT_ONCE, |connection| self.post(app, connection, messages)).await;
    }

    /// Who watches and may, and who may not any more.
    async fn connections(&self, app: &App) -> table::Result<(Vec<Connection>, Vec<Connection>)> {
        let connections = connections::list(&app.connections).await?;
        let users: HashSet<UserId> = connections.iter().map(|connection| connection.watcher.user).collect();
        let users: Vec<_> = users.into_iter().collect();
        let mut known = std::collections::HashMap::new();
        for some in users.chunks(100) {
            known.extend(sessions::get_all_now(&app.sessions, some).await?);
        }
        let now = app.now();
        Ok(connections.into_iter().partition(|connection| {
            known.get(&connection.watcher.user).is_some_and(|user| {
                !user.disabled && user.role == Role::Admin && user.has_live(connection.watcher.session, now)
            })
        }))
    }

    /// One after the other, so that they arrive in their order.
    async fn post(&self, app: &App, connection: &Connection, messages: &[Vec<u8>]) {
        for message in messages {
            let sent = self.client.post_to_connection().connection_id(&connection.id);
            let Err(error) = sent.data(Blob::new(message.as_slice())).send().await else { continue };
            if error.as_service_error().is_some_and(|error| error.is_gone_exception()) {
                forget_gone(app, connection).await;
            } else {
                tracing::warn!(connection = connection.id, ?error, "a monitor could not be reached");
            }
            return;
        }
    }

    async fn end(&self, app: &App, connection: &Connection) {
        match self.client.delete_connection().connection_id(&connection.id).send().await {
            Ok(_) => forget(app, connection).await,
            Err(error) if error.as_service_error().is_some_and(|error| error.is_gone_exception()) => {
                forget_gone(app, connection).await;
            }
            Err(error) => tracing::warn!(connection = connection.id, ?error, "a monitor could not be sent away"),
        }
    }
}

/// Forgets a monitor that is not there; unless it only is not there yet.
async fn forget_gone(app: &App, connection: &Connection) {
    if !connection.may_be_opening(app.now()) {
        forget(app, connection).await;
    }
}

/// Its own `$disconnect` may never have come.
async fn forget(app: &App, connection: &Connection) {
    if let Err(error) = connections::remove(&app.connections, &connection.id).await {
        tracing::warn!(?error, "a connection that is gone stays listed");
    }
}

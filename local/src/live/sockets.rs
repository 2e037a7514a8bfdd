//! All open sockets, and the function that hears of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio_util::task::TaskTracker;

use super::close::Close;
use super::connection::Connection;
use crate::error::{Error, Result};
use crate::function::{Handler, call_apart};
use crate::log::Log;
use crate::template::{SocketRoute, WebSocketApi};

/// The sockets of the WebSocket API.
pub(crate) struct Sockets {
    pub(super) api: WebSocketApi,
    pub(super) limits: Limits,
    /// Sockets whose handshake has begun and whose last event is not over. Closed, it admits no more.
    pub(super) running: TaskTracker,
    handlers: HashMap<String, Handler>,
    log: Log,
    /// The sockets that can be reached, by id.
    open: Mutex<HashMap<String, Arc<Connection>>>,
}

/// What a client may do. Tests set shorter limits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Bytes of a message, in both directions.
    pub(super) message: usize,
    /// Bytes of a frame from the client.
    pub(super) frame: usize,
    /// How long a socket may be idle in both directions.
    pub(super) idle: Duration,
    /// How long a socket may be open.
    pub(super) age: Duration,
    /// How long a client may take to read a message.
    pub(super) write: Duration,
    /// How many messages may wait to be sent.
    pub(super) queue: usize,
    /// How long the last events may delay a stop.
    pub(super) grace: Duration,
}

impl Default for Limits {
    /// API Gateway's quotas. The last three are ours.
    fn default() -> Self {
        Limits {
            message: 128 << 10,
            frame: 32 << 10,
            idle: Duration::from_secs(10 * 60),
            age: Duration::from_secs(2 * 60 * 60),
            write: Duration::from_secs(10),
            queue: 64,
            grace: Duration::from_secs(3),
        }
    }
}

impl Sockets {
    /// Creates the API, without sockets.
    ///
    /// # Errors
    /// If the template names a function that is not among `handlers`.
    pub(crate) fn new(api: &WebSocketApi, handlers: &HashMap<String, Handler>, log: Log) -> Result<Arc<Self>> {
        Self::with_limits(api, handlers, log, Limits::default())
    }

    pub(super) fn with_limits(
        api: &WebSocketApi,
        handlers: &HashMap<String, Handler>,
        log: Log,
        limits: Limits,
    ) -> Result<Arc<Self>> {
        let orphan = api.routes.values().find(|route| !handlers.contains_key(&route.binary));
        if let Some(SocketRoute { function, binary, .. }) = orphan {
            return Err(Error::template(function, format!("the runner does not know {binary}, which sockets call")));
        }
        let (api, handlers) = (api.clone(), handlers.clone());
        Ok(Arc::new(Sockets { api, limits, running: TaskTracker::new(), handlers, log, open: Mutex::default() }))
    }

    /// Admits no more sockets, closes the open ones, and waits, for at most three seconds, until the function has heard of
    /// it. Events that are late are lost, as in the cloud.
    pub(crate) async fn close_all(&self) {
        let connections: Vec<_> = {
            // Under the lock, so that no socket opens in between.
            let open = self.open();
            self.running.close();
            open.values().cloned().collect()
        };
        connections.iter().for_each(|connection| connection.close(Close::GOING_AWAY));
        let _ = tokio::time::timeout(self.limits.grace, self.running.wait()).await;
    }

    /// Makes a socket reachable. Returns false when the runner is stopping.
    pub(super) fn add(&self, connection: &Arc<Connection>) -> bool {
        let mut open = self.open();
        if self.running.is_closed() {
            return false;
        }
        open.insert(connection.id.clone(), Arc::clone(connection));
        true
    }

    /// Returns the socket of that id.
    pub(super) fn find(&self, id: &str) -> Option<Arc<Connection>> {
        self.open().get(id).cloned()
    }

    /// Makes a socket unreachable, and returns it.
    pub(super) fn remove(&self, id: &str) -> Option<Arc<Connection>> {
        self.open().remove(id)
    }

    fn open(&self) -> MutexGuard<'_, HashMap<String, Arc<Connection>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls the function of a route. Returns the status that it answers, if it answers.
    pub(super) async fn notify(&self, route: &SocketRoute, event: Value) -> Option<u16> {
        let text = |field: &str| event["requestContext"][field].as_str().unwrap_or_default().to_owned();
        let (key, id) = (text("routeKey"), text("requestId"));
        let answer = call_apart(Arc::clone(&self.handlers[&route.binary]), event, route.timeout).await;
        let problem = match answer {
            Ok(answer) => match answer["statusCode"].as_u64().and_then(|status| status.try_into().ok()) {
                Some(status) => return Some(status),
                None => "its answer has no statusCode".to_owned(),
            },
            Err(failure) => failure.to_string(),
        };
        self.log.line(format_args!("{} failed on {key}  request {id}: {problem}", route.binary));
        None
    }
}

//! The WebSocket side of API Gateway: sockets, the events that tell a function of them, and the management API through
//! which a function reaches them.
//!
//! - `handshake`: `GET /live`, which the function may refuse
//! - `joined`, `close`: the life of a socket, from the handshake to the last event
//! - `connection`: what others see of it
//! - `event`: what the function is told
//! - `management`: `/live/@connections/{id}`
//!
//! In the cloud this is an API of its own, with a stage; here it lies beside the other one, at `/live`.

mod close;
mod connection;
mod event;
mod handshake;
mod joined;
mod management;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use serde_json::Value;
use tokio::sync::watch;

use crate::error::{Error, Result};
use crate::function::Handler;
use crate::template::{SocketRoute, WebSocketApi};
use close::Close;
use connection::Connection;

/// The sockets of the WebSocket API, and who is told of them.
pub(crate) struct Sockets {
    api: WebSocketApi,
    handlers: HashMap<String, Handler>,
    limits: Limits,
    open: Mutex<Open>,
    /// Sockets that have been asked for and whose last event is not over yet.
    running: watch::Sender<usize>,
}

/// Those that can be reached, by id.
#[derive(Default)]
struct Open {
    connections: HashMap<String, Arc<Connection>>,
    /// Whether no more may come.
    closing: bool,
}

/// What a client may take. A test may be less patient.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// Bytes of a message, either way.
    message: usize,
    /// Bytes of a frame from the client.
    frame: usize,
    /// Without a sign of life, in either direction.
    idle: Duration,
    /// From the handshake on, however lively.
    age: Duration,
    /// To take what is sent.
    write: Duration,
    /// Messages that wait to be sent.
    queue: usize,
    /// How long last events may hold up the end of the program.
    grace: Duration,
}

impl Default for Limits {
    /// API Gateway's quotas, and what it says nothing about.
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
    /// No sockets yet.
    ///
    /// # Errors
    /// Where the template names a function that is not among `handlers`.
    pub(crate) fn new(api: &WebSocketApi, handlers: &HashMap<String, Handler>) -> Result<Arc<Self>> {
        Self::with_limits(api, handlers, Limits::default())
    }

    fn with_limits(api: &WebSocketApi, handlers: &HashMap<String, Handler>, limits: Limits) -> Result<Arc<Self>> {
        let orphan = api.routes.values().find(|route| !handlers.contains_key(&route.binary));
        if let Some(SocketRoute { function, binary, .. }) = orphan {
            return Err(Error::template(function, format!("the runner does not know {binary}, which sockets call")));
        }
        let (api, handlers) = (api.clone(), handlers.clone());
        Ok(Arc::new(Sockets { api, handlers, limits, open: Mutex::default(), running: watch::Sender::new(0) }))
    }

    /// The routes of the sockets and of their management.
    pub(crate) fn router(self: &Arc<Self>) -> Router {
        Router::new().route("/live", get(handshake::handshake)).merge(management::router()).with_state(Arc::clone(self))
    }

    /// Takes no more sockets, closes those that are open, and waits, for at most three seconds, until the function has
    /// been told.
    pub(crate) async fn close_all(&self) {
        let connections: Vec<_> = {
            let mut open = self.open();
            open.closing = true;
            open.connections.values().cloned().collect()
        };
        connections.iter().for_each(|connection| connection.close(Close::GOING_AWAY));
        let mut running = self.running.subscribe();
        // What is not told by then never will be: in the cloud last events get lost as well.
        let _ = tokio::time::timeout(self.limits.grace, running.wait_for(|running| *running == 0)).await;
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The socket of that id, while it can be reached.
    fn find(&self, id: &str) -> Option<Arc<Connection>> {
        self.open().connections.get(id).cloned()
    }

    /// Tells the function of `route`; gives the status that it answers, if it answers anything.
    ///
    /// In a task of its own, as Lambda is another machine: a panic ends only this call.
    async fn tell(&self, route: &SocketRoute, event: Value) -> Option<u16> {
        let handler = Arc::clone(&self.handlers[&route.binary]);
        let key = event["requestContext"]["routeKey"].as_str().unwrap_or_default().to_owned();
        let task = tokio::spawn(async move { handler(event).await });
        let aborter = task.abort_handle();
        let problem = match tokio::time::timeout(route.timeout, task).await {
            Ok(Ok(Ok(answer))) => match answer["statusCode"].as_u64().and_then(|status| status.try_into().ok()) {
                Some(status) => return Some(status),
                None => "its answer has no statusCode".to_owned(),
            },
            Ok(Ok(Err(problem))) => problem,
            // The panic has been printed.
            Ok(Err(_)) => "it crashed".to_owned(),
            Err(_) => {
                aborter.abort();
                format!("it took more than {:?}", route.timeout)
            }
        };
        eprintln!("{}, {key}: {problem}", route.function);
        None
    }
}

#[cfg(test)]
mod tests;

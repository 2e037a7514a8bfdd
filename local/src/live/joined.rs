//! The life of a socket. It begins when the function lets it in, and however it ends, the function is told once.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use super::close::{Close, part};
use super::connection::Connection;
use super::{Sockets, event};
use crate::event::Call;

/// A socket's transport: a connection of HTTP once.
pub(super) type Stream = WebSocketStream<TokioIo<Upgraded>>;

/// Messages of one client that functions are told of at once. More wait in the client's own buffers.
const AT_ONCE: usize = 16;

/// How long a client may take to see that a socket is closed.
const FAREWELL: Duration = Duration::from_secs(1);

/// A socket that the function has let in. Dropped, it cannot be reached any more, and the function is told.
pub(super) struct Joined {
    sockets: Arc<Sockets>,
    connection: Arc<Connection>,
    queue: mpsc::Receiver<Utf8Bytes>,
    end: Close,
    running: Option<Running>,
}

/// Counts while it lives.
struct Running(Arc<Sockets>);

impl Running {
    fn new(sockets: &Arc<Sockets>) -> Self {
        sockets.running.send_modify(|running| *running += 1);
        Running(Arc::clone(sockets))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.send_modify(|running| *running -= 1);
    }
}

impl Joined {
    /// Asks the function whether this client may have a socket; the status says why it may not.
    pub(super) async fn ask(sockets: Arc<Sockets>, call: Call) -> Result<Self, StatusCode> {
        let running = Running::new(&sockets);
        if sockets.open().closing {
            return Err(StatusCode::SERVICE_UNAVAILABLE);
        }
        let (sender, queue) = mpsc::channel(sockets.limits.queue);
        let connection = Arc::new(Connection::new(&call, sender));
        if let Some(route) = sockets.api.routes.get("$connect") {
            let event = event::connect(&sockets.api, &connection, &call);
            match sockets.tell(route, event).await {
                Some(200..300) => {}
                Some(status @ 400..600) => return Err(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY)),
                _ => return Err(StatusCode::BAD_GATEWAY),
            }
        }
        let joined = Joined { sockets, connection, queue, end: Close::LOST, running: Some(running) };
        if joined.can_be_reached() { Ok(joined) } else { Err(StatusCode::SERVICE_UNAVAILABLE) }
    }

    /// From now on the management API knows it, unless everything is being closed.
    fn can_be_reached(&self) -> bool {
        let mut open = self.sockets.open();
        if !open.closing {
            open.connections.insert(self.connection.id.clone(), Arc::clone(&self.connection));
        }
        !open.closing
    }

    fn cannot_be_reached(&self) {
        self.sockets.open().connections.remove(&self.connection.id);
    }

    /// Serves it to its end.
    pub(super) async fn serve(mut self, mut stream: Stream) {
        let mut calls = JoinSet::new();
        self.end = self.talk(&mut stream, &mut calls).await;
        self.cannot_be_reached();
        let (end, parting) = (self.end.clone(), Running::new(&self.sockets));
        let rest = std::iter::from_fn(|| self.queue.try_recv().ok()).collect();
        let telling = async move {
            // What was said before the end is told before the end.
            while calls.join_next().await.is_some() {}
            drop(self);
        };
        let _ = tokio::join!(telling, timeout(FAREWELL, part(stream, rest, &end)));
        drop(parting);
    }

    async fn talk(&mut self, stream: &mut Stream, calls: &mut JoinSet<Option<Utf8Bytes>>) -> Close {
        let limits = self.sockets.limits;
        let connection = Arc::clone(&self.connection);
        let old = Instant::now() + limits.age;
        let mut idle = Instant::now() + limits.idle;
        loop {
            let outgoing = tokio::select! {
                why = connection.closed() => return why,
                () = sleep_until(idle.min(old)) => return Close::GOING_AWAY,
                Some(text) = self.queue.recv() => Some(text),
                Some(told) = calls.join_next() => told.ok().flatten(),
                incoming = stream.next(), if calls.len() < AT_ONCE => {
                    match incoming {
                        Some(Ok(Message::Text(text))) => {
                            let (sockets, connection) = (Arc::clone(&self.sockets), Arc::clone(&self.connection));
                            calls.spawn(async move { sockets.tell_of(&connection, &text).await });
                        }
                        Some(Ok(Message::Binary(_))) => return Close::BINARY,
                        Some(Ok(Message::Close(frame))) => return Close::of_client(frame),
                        // Pings have been answered.
                        Some(Ok(_)) => {}
                        Some(Err(error)) => return Close::of_error(&error),
                        None => return Close::LOST,
                    }
                    None
                }
            };
            if let Some(text) = outgoing {
                tokio::select! {
                    why = connection.closed() => return why,
                    sent = timeout(limits.write, stream.send(Message::Text(text))) => match sent {
                        Ok(Ok(())) => {}
                        Ok(Err(error)) => return Close::of_error(&error),
                        Err(_) => return Close::TOO_SLOW,
                    },
                }
            }
            connection.is_active();
            idle = Instant::now() + limits.idle;
        }
    }
}

impl Drop for Joined {
    fn drop(&mut self) {
        self.cannot_be_reached();
        let event = event::disconnect(&self.sockets.api, &self.connection, &self.end);
        let (sockets, running) = (Arc::clone(&self.sockets), self.running.take());
        // Without a runtime the program is ending.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                if let Some(route) = sockets.api.routes.get("$disconnect") {
                    sockets.tell(route, event).await;
                }
                drop(running);
            });
        }
    }
}

impl Sockets {
    /// Tells the function of a message; gives what API Gateway sends the client if that fails.
    async fn tell_of(&self, connection: &Connection, text: &str) -> Option<Utf8Bytes> {
        let named = self.selected(text);
        let (key, route) = match named.as_deref().and_then(|key| self.api.routes.get_key_value(key)) {
            Some((key, route)) => (key.as_str(), Some(route)),
            None => ("$default", self.api.routes.get("$default")),
        };
        let event = event::message(&self.api, connection, key, text);
        let request = event["requestContext"]["requestId"].clone();
        let problem = match route {
            Some(route) => match self.tell(route, event).await {
                Some(_) => return None,
                None => "Internal server error",
            },
            None => "Forbidden",
        };
        let frame = json!({"message": problem, "connectionId": connection.id, "requestId": request});
        Some(frame.to_string().into())
    }

    /// The key that a message names. The reserved ones are nobody's to name.
    fn selected(&self, text: &str) -> Option<String> {
        let message: Value = serde_json::from_str(text).ok()?;
        let field = self.api.selection.iter().try_fold(&message, |value, field| value.get(field))?;
        field.as_str().filter(|key| !key.starts_with('$')).map(str::to_owned)
    }
}

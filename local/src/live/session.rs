//! The life of a socket. It begins when the function admits it. However it ends, the function hears of it once.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::close::Close;
use super::connection::Connection;
use super::event;
use super::sockets::Sockets;
use crate::event::Call;

/// The transport of a socket: an upgraded HTTP connection.
pub(super) type Stream = WebSocketStream<TokioIo<Upgraded>>;

/// How many messages of one client are handled at once. More wait in the client's own buffers.
const CONCURRENCY: usize = 16;

/// How long a client may take to close its side.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// A socket that the function has admitted. Dropped, it becomes unreachable, and the function hears of it.
pub(super) struct Session {
    sockets: Arc<Sockets>,
    connection: Arc<Connection>,
    queue: mpsc::Receiver<Utf8Bytes>,
    end: Close,
    running: Option<TaskTrackerToken>,
}

impl Session {
    /// Asks the function to admit a client. The status says why it does not.
    pub(super) async fn admit(sockets: Arc<Sockets>, call: Call) -> Result<Self, StatusCode> {
        let running = sockets.running.token();
        if sockets.running.is_closed() {
            return Err(StatusCode::SERVICE_UNAVAILABLE);
        }
        let (sender, queue) = mpsc::channel(sockets.limits.queue);
        let connection = Arc::new(Connection::new(&call, sender));
        if let Some(route) = sockets.api.routes.get("$connect") {
            let event = event::connect(&sockets.api, &connection, &call);
            match sockets.notify(route, event).await {
                Some(200..300) => {}
                Some(status @ 400..600) => return Err(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY)),
                _ => return Err(StatusCode::BAD_GATEWAY),
            }
        }
        let session = Session { sockets, connection, queue, end: Close::LOST, running: Some(running) };
        if session.sockets.add(&session.connection) { Ok(session) } else { Err(StatusCode::SERVICE_UNAVAILABLE) }
    }

    /// Serves the socket until it closes.
    pub(super) async fn serve(mut self, mut stream: Stream) {
        let mut calls = JoinSet::new();
        self.end = self.talk(&mut stream, &mut calls).await;
        self.sockets.remove(&self.connection.id);
        let (end, closing) = (self.end.clone(), self.sockets.running.token());
        let rest = std::iter::from_fn(|| self.queue.try_recv().ok()).collect();
        let last_event = async move {
            // The function hears of earlier messages first.
            while calls.join_next().await.is_some() {}
            drop(self);
        };
        let _ = tokio::join!(last_event, timeout(CLOSE_TIMEOUT, close(stream, rest, &end)));
        drop(closing);
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
                incoming = stream.next(), if calls.len() < CONCURRENCY => {
                    match incoming {
                        Some(Ok(Message::Text(text))) => {
                            let (sockets, connection) = (Arc::clone(&self.sockets), Arc::clone(&self.connection));
                            calls.spawn(async move { sockets.handle_message(&connection, &text).await });
                        }
                        Some(Ok(Message::Binary(_))) => return Close::BINARY,
                        Some(Ok(Message::Close(frame))) => return Close::of_client(frame),
                        // The library answers pings. They are no messages, and may not keep a socket open.
                        Some(Ok(_)) => continue,
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
            connection.touch();
            idle = Instant::now() + limits.idle;
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.sockets.remove(&self.connection.id);
        let event = event::disconnect(&self.sockets.api, &self.connection, &self.end);
        let (sockets, running) = (Arc::clone(&self.sockets), self.running.take());
        // Without a runtime the program is stopping.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                if let Some(route) = sockets.api.routes.get("$disconnect") {
                    sockets.notify(route, event).await;
                }
                drop(running);
            });
        }
    }
}

/// Sends the rest and the reason, then waits until the client closes its side: closing first would reset the connection while
/// it still writes, and it would never read the reason.
async fn close(mut stream: Stream, rest: Vec<Utf8Bytes>, end: &Close) {
    for text in rest {
        if stream.feed(Message::Text(text)).await.is_err() {
            break;
        }
    }
    if let Some(frame) = end.frame() {
        // It fails if the client has closed first. The flush answers the client's frame.
        let _ = stream.send(frame).await;
    }
    let _ = stream.flush().await;
    let mut connection = stream.into_inner();
    if connection.shutdown().await.is_ok() {
        let mut rest = [0; 4096];
        while connection.read(&mut rest).await.is_ok_and(|read| read > 0) {}
    }
}

impl Sockets {
    /// Calls the function with a message. Returns what API Gateway sends the client if that fails.
    async fn handle_message(&self, connection: &Connection, text: &str) -> Option<Utf8Bytes> {
        let named = self.selected(text);
        let (key, route) = match named.as_deref().and_then(|key| self.api.routes.get_key_value(key)) {
            Some((key, route)) => (key.as_str(), Some(route)),
            None => ("$default", self.api.routes.get("$default")),
        };
        let event = event::message(&self.api, connection, key, text);
        let request = event["requestContext"]["requestId"].clone();
        let problem = match route {
            Some(route) => match self.notify(route, event).await {
                Some(_) => return None,
                None => "Internal server error",
            },
            None => "Forbidden",
        };
        let frame = json!({"message": problem, "connectionId": connection.id, "requestId": request});
        Some(frame.to_string().into())
    }

    /// Returns the route key that a message names. It cannot name a reserved key.
    fn selected(&self, text: &str) -> Option<String> {
        let message: Value = serde_json::from_str(text).ok()?;
        let field = self.api.selection.iter().try_fold(&message, |value, field| value.get(field))?;
        field.as_str().filter(|key| !key.starts_with('$')).map(str::to_owned)
    }
}

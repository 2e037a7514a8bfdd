//! What can be done with a socket from outside its session.

use std::sync::atomic::{AtomicI64, Ordering};

use axum::http::header;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio_tungstenite::tungstenite::Utf8Bytes;
use uuid::Uuid;

use super::close::Close;
use crate::event::{Call, text};

/// The outside of a socket.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) id: String,
    pub(super) source_ip: String,
    pub(super) user_agent: Option<String>,
    /// The host that the client has called.
    pub(super) domain: String,
    pub(super) connected_at: Timestamp,
    /// In milliseconds.
    last_active: AtomicI64,
    queue: mpsc::Sender<Utf8Bytes>,
    close: watch::Sender<Option<Close>>,
}

/// Why a message was not queued.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NotSent {
    /// The socket is closed.
    Gone,
    /// So many messages wait already: the client does not read.
    Full,
}

impl Connection {
    pub(super) fn new(call: &Call, queue: mpsc::Sender<Utf8Bytes>) -> Self {
        Connection {
            id: new_id(),
            source_ip: call.peer.to_string(),
            user_agent: call.headers.get(header::USER_AGENT).map(|agent| text(agent.as_bytes())),
            domain: call.host().to_owned(),
            connected_at: call.time,
            last_active: call.time.as_millisecond().into(),
            queue,
            close: watch::Sender::new(None),
        }
    }

    /// Queues a message.
    pub(super) fn send(&self, text: Utf8Bytes) -> Result<(), NotSent> {
        if self.close.borrow().is_some() {
            return Err(NotSent::Gone);
        }
        self.queue.try_send(text).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => NotSent::Full,
            mpsc::error::TrySendError::Closed(_) => NotSent::Gone,
        })
    }

    /// Closes the socket soon. The first reason counts.
    pub(super) fn close(&self, why: Close) {
        self.close.send_if_modified(|reason| {
            let first = reason.is_none();
            reason.get_or_insert(why);
            first
        });
    }

    /// Waits until [`Connection::close`] is called.
    pub(super) async fn closed(&self) -> Close {
        let mut close = self.close.subscribe();
        let why = close.wait_for(Option::is_some).await.ok().and_then(|why| why.clone());
        why.unwrap_or(Close::LOST)
    }

    /// Notes that a message was received or sent.
    pub(super) fn touch(&self) {
        self.last_active.store(Timestamp::now().as_millisecond(), Ordering::Relaxed);
    }

    /// Returns when a message was last received or sent.
    pub(super) fn last_active(&self) -> Timestamp {
        Timestamp::from_millisecond(self.last_active.load(Ordering::Relaxed)).unwrap_or(self.connected_at)
    }
}

/// Returns whether a text has the form of an id.
pub(super) fn is_id(text: &str) -> bool {
    URL_SAFE.decode(text).is_ok_and(|bytes| bytes.len() == 11)
}

/// Returns an id like API Gateway's: eleven bytes in base64, such as `L0SM9cOFvHcCIhw=`.
pub(super) fn new_id() -> String {
    // Without the three bytes of a UUID that have fixed bits.
    let [a, b, c, d, e, f, _, _, _, g, h, i, j, k, ..] = Uuid::new_v4().into_bytes();
    URL_SAFE.encode([a, b, c, d, e, f, g, h, i, j, k])
}

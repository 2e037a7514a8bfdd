//! A socket, as functions see it through the management API.

use std::sync::atomic::{AtomicI64, Ordering};

use axum::http::header;
use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::close::Close;
use super::event;
use crate::event::{Call, text};

/// A socket, as others see it.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) id: String,
    pub(super) source_ip: String,
    pub(super) user_agent: Option<String>,
    /// What the client takes us for.
    pub(super) domain: String,
    pub(super) connected_at: Timestamp,
    /// In milliseconds.
    last_active: AtomicI64,
    queue: mpsc::Sender<Utf8Bytes>,
    close: watch::Sender<Option<Close>>,
}

/// Why nothing could be sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Gone;

impl Connection {
    pub(super) fn new(call: &Call, queue: mpsc::Sender<Utf8Bytes>) -> Self {
        Connection {
            id: event::new_id(),
            source_ip: call.peer.to_string(),
            user_agent: call.headers.get(header::USER_AGENT).map(|agent| text(agent.as_bytes())),
            domain: call.host().to_owned(),
            connected_at: call.time,
            last_active: call.time.as_millisecond().into(),
            queue,
            close: watch::Sender::new(None),
        }
    }

    /// Queues a message. A client that has let the queue fill up is closed: it holds nobody up.
    pub(super) fn send(&self, text: Utf8Bytes) -> Result<(), Gone> {
        if self.close.borrow().is_some() {
            return Err(Gone);
        }
        self.queue.try_send(text).map_err(|_| {
            self.close(Close::TOO_SLOW);
            Gone
        })
    }

    /// Ends the socket soon. The first reason counts.
    pub(super) fn close(&self, why: Close) {
        self.close.send_if_modified(|reason| {
            let first = reason.is_none();
            reason.get_or_insert(why);
            first
        });
    }

    /// Waits until somebody ends it.
    pub(super) async fn closed(&self) -> Close {
        let mut close = self.close.subscribe();
        let why = close.wait_for(Option::is_some).await.ok().and_then(|why| why.clone());
        why.unwrap_or(Close::LOST)
    }

    /// Something came or went.
    pub(super) fn is_active(&self) {
        self.last_active.store(Timestamp::now().as_millisecond(), Ordering::Relaxed);
    }

    /// When something last did.
    pub(super) fn last_active(&self) -> Timestamp {
        Timestamp::from_millisecond(self.last_active.load(Ordering::Relaxed)).unwrap_or(self.connected_at)
    }
}

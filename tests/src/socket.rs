//! The WebSocket of a live monitor.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use reqwest::Method;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::Person;

/// A test fails if a socket is silent for this time.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open socket. Dropping it breaks the connection without a close frame.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Events of the last frame that have not been taken yet.
    read: VecDeque<Value>,
}

impl Person {
    /// Gets a ticket. Returns the address that it opens.
    pub async fn ticket(&self) -> String {
        self.ask(Method::POST, "/live/tickets").await.expect(201).string("url")
    }

    /// Opens a socket with a ticket.
    pub async fn watches(&self) -> Socket {
        let url = self.ticket().await;
        Socket::open(&url, None).await.unwrap_or_else(|status| panic!("{url} was refused with {status}"))
    }

    /// Opens so many sockets.
    pub async fn watches_through(&self, count: usize) -> Vec<Socket> {
        let mut sockets = Vec::new();
        for _ in 0..count {
            sockets.push(self.watches().await);
        }
        sockets
    }
}

impl Socket {
    /// Opens a socket, from a page of that origin.
    ///
    /// # Errors
    /// The status of the refusal.
    pub async fn open(url: &str, origin: Option<&str>) -> Result<Socket, u16> {
        let mut request = url.into_client_request().unwrap_or_else(|error| panic!("{url}: {error}"));
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().unwrap_or_else(|error| panic!("{origin}: {error}")));
        }
        match connect_async(request).await {
            Ok((stream, _)) => Ok(Socket { stream, read: VecDeque::new() }),
            Err(Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("{url}: {error}"),
        }
    }

    /// Waits for the next event.
    pub async fn event(&mut self) -> Value {
        loop {
            if let Some(event) = self.read.pop_front() {
                return event;
            }
            match self.next().await {
                Some(Ok(Message::Text(text))) => {
                    let frame: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
                    let items =
                        frame["items"].as_array().unwrap_or_else(|| panic!("this is no frame of events: {text}"));
                    self.read.extend(items.iter().cloned());
                }
                Some(Ok(Message::Pong(_))) => {}
                other => panic!("instead of an event came {other:?}"),
            }
        }
    }

    /// Waits for so many events.
    pub async fn events(&mut self, count: usize) -> Vec<Value> {
        let mut events = Vec::new();
        for _ in 0..count {
            events.push(self.event().await);
        }
        events
    }

    /// Waits for the next event for so long. `None` if none comes, or the socket is closed.
    pub async fn event_within(&mut self, patience: Duration) -> Option<Value> {
        while self.read.is_empty() {
            let Ok(Some(Ok(Message::Text(text)))) = timeout(patience, self.stream.next()).await else { return None };
            let frame: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
            self.read.extend(frame["items"].as_array().into_iter().flatten().cloned());
        }
        self.read.pop_front()
    }

    /// Waits until the socket is closed without another event. Returns the close code.
    pub async fn closed(&mut self) -> u16 {
        assert!(self.read.is_empty(), "{:?} came before the end", self.read);
        match self.next().await {
            Some(Ok(Message::Close(Some(frame)))) => frame.code.into(),
            other => panic!("instead of the end came {other:?}"),
        }
    }

    /// Sends a message, which no monitor should.
    pub async fn says(&mut self, message: Message) {
        self.stream.send(message).await.unwrap_or_else(|error| panic!("it could not be sent: {error}"));
    }

    async fn next(&mut self) -> Option<Result<Message, Error>> {
        timeout(PATIENCE, self.stream.next()).await.unwrap_or_else(|_| panic!("nothing came for {PATIENCE:?}"))
    }
}

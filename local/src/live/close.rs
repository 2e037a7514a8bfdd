//! How a socket ends, and why.

use std::borrow::Cow;

use futures_util::SinkExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};

use super::joined::Stream;

/// Why a socket ends: a code of RFC 6455, 7.4, and API Gateway's words for it where they are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Close {
    pub(super) code: u16,
    pub(super) reason: Cow<'static, str>,
}

impl Close {
    /// A function asked for it.
    pub(super) const NORMAL: Close = Close::new(1000, "Connection Closed Normally");
    /// It was idle, or open for too long, or the runner stops.
    pub(super) const GOING_AWAY: Close = Close::new(1001, "Going away");
    pub(super) const PROTOCOL: Close = Close::new(1002, "Protocol error");
    pub(super) const BINARY: Close = Close::new(1003, "Binary frames are not supported");
    pub(super) const NO_STATUS: Close = Close::new(1005, "Client-side close frame status not set");
    pub(super) const LOST: Close = Close::new(1006, "Connection closed abnormally");
    pub(super) const NOT_TEXT: Close = Close::new(1007, "Text that is no UTF-8");
    pub(super) const TOO_SLOW: Close = Close::new(1008, "The client does not keep up");
    pub(super) const TOO_LARGE: Close = Close::new(1009, "Message too long");

    const fn new(code: u16, reason: &'static str) -> Self {
        Close { code, reason: Cow::Borrowed(reason) }
    }

    pub(super) fn of_client(frame: Option<CloseFrame>) -> Self {
        frame.map_or(Close::NO_STATUS, |frame| Close {
            code: frame.code.into(),
            reason: frame.reason.as_str().to_owned().into(),
        })
    }

    pub(super) fn of_error(error: &Error) -> Self {
        match error {
            Error::Capacity(_) => Close::TOO_LARGE,
            Error::Utf8(_) => Close::NOT_TEXT,
            Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Close::LOST,
            Error::Protocol(_) => Close::PROTOCOL,
            _ => Close::LOST,
        }
    }

    /// The frame that says so. The codes of a connection that just broke may not be sent.
    fn frame(&self) -> Option<Message> {
        let reason = Utf8Bytes::from(self.reason.as_ref());
        (![1005, 1006].contains(&self.code))
            .then(|| Message::Close(Some(CloseFrame { code: CloseCode::from(self.code), reason })))
    }
}

/// Sends the rest, says why nothing follows, then waits until the client has heard it: closing while it still writes
/// would reset the connection, and it would never read the reason.
pub(super) async fn part(mut stream: Stream, rest: Vec<Utf8Bytes>, end: &Close) {
    for text in rest {
        if stream.feed(Message::Text(text)).await.is_err() {
            break;
        }
    }
    if let Some(frame) = end.frame() {
        // An error where the client was first: then its own frame is to be answered, which is the next line's.
        let _ = stream.send(frame).await;
    }
    let _ = stream.flush().await;
    let mut connection = stream.into_inner();
    if connection.shutdown().await.is_ok() {
        let mut rest = [0; 4096];
        while connection.read(&mut rest).await.is_ok_and(|read| read > 0) {}
    }
}

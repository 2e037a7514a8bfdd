//! Why a socket closes.

use std::borrow::Cow;

use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};

/// Why a socket closes: a code of RFC 6455, 7.4, and API Gateway's text for it, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Close {
    pub(super) code: u16,
    pub(super) reason: Cow<'static, str>,
}

impl Close {
    /// A function asked for it.
    pub(super) const NORMAL: Close = Close::new(1000, "Connection Closed Normally");
    /// It was idle or open for too long, or the runner stops.
    pub(super) const GOING_AWAY: Close = Close::new(1001, "Going away");
    pub(super) const PROTOCOL: Close = Close::new(1002, "Protocol error");
    pub(super) const BINARY: Close = Close::new(1003, "Binary frames are not supported");
    pub(super) const NO_STATUS: Close = Close::new(1005, "Client-side close frame status not set");
    pub(super) const LOST: Close = Close::new(1006, "Connection closed abnormally");
    pub(super) const NOT_TEXT: Close = Close::new(1007, "Text that is not UTF-8");
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

    /// Returns the frame that sends the reason. The codes of a lost connection must not be sent.
    pub(super) fn frame(&self) -> Option<Message> {
        let reason = Utf8Bytes::from(self.reason.as_ref());
        (![1005, 1006].contains(&self.code))
            .then(|| Message::Close(Some(CloseFrame { code: CloseCode::from(self.code), reason })))
    }
}

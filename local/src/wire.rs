//! The listener of the gateway. It is stricter than hyper about the ends of lines: a line feed alone ends no line (RFC 9112,
//! 2.2), because two servers that disagree about it read two different requests.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// Listens, and reads the heads of requests strictly.
pub(crate) struct Strict(pub(crate) TcpListener);

/// The address of a client.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

impl Listener for Strict {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (stream, peer) = Listener::accept(&mut self.0).await;
        (Connection { stream, part: HEAD }, peer)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, Strict>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Strict>) -> Self {
        Peer(*stream.remote_addr())
    }
}

/// A connection with a client.
pub(crate) struct Connection {
    stream: TcpStream,
    part: Part,
}

/// What a client sends at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The head of a request, and its last three bytes.
    Head([u8; 3]),
    /// The body. After the answer comes the next head.
    Body,
    /// No HTTP any more.
    WebSocket,
}

/// The end of a head.
const END: &[u8] = b"\r\n\r\n";

const HEAD: Part = Part::Head([0; 3]);

impl Connection {
    /// Replaces each line feed of a head that follows no carriage return by a byte that no head may have: hyper answers 400.
    /// Returns whether there was one.
    fn spoil(&mut self, bytes: &mut [u8]) -> bool {
        let mut is_spoilt = false;
        for byte in bytes {
            let Part::Head([older, old, last]) = self.part else { break };
            if *byte == b'\n' && last != b'\r' {
                *byte = 0;
                is_spoilt = true;
            }
            let is_end = [older, old, last, *byte] == *b"\r\n\r\n";
            self.part = if is_end { Part::Body } else { Part::Head([old, last, *byte]) };
        }
        is_spoilt
    }

    /// Notes what the client may send after these bytes of an answer.
    fn answer(&mut self, bytes: &[u8]) {
        self.part = match self.part {
            _ if bytes.starts_with(b"HTTP/1.1 101 ") => Part::WebSocket,
            Part::Body if !bytes.starts_with(b"HTTP/1.1 100 ") => HEAD,
            part => part,
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        // The end of the head, or hyper would wait for it.
        if self.spoil(&mut buffer.filled_mut()[before..]) && buffer.remaining() >= END.len() {
            buffer.put_slice(END);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.answer(bytes);
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.answer(parts.iter().find(|part| !part.is_empty()).map_or(&[], |part| part));
        Pin::new(&mut self.stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

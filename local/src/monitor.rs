//! `cargo run -p local -- monitor`: shows the live events of a library on a terminal. It is a client of the API: it works with
//! the cloud and with the runner.
//!
//! - `library`: the API
//! - `feed`: which events are new, and which are missing
//! - `line`: an event as a line of text
//!
//! A socket can lose events. Their ids have no gaps, so the monitor notices a missing event and asks the API for it.

mod feed;
mod library;
mod line;

use std::io::{IsTerminal, Write};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use jiff::Zoned;
use tokio::net::TcpStream;
use tokio::time::{Instant, interval_at, sleep, timeout};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::client::{Account, plain};
use feed::{Event, Feed, Items};
use library::Library;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Why the monitor stopped watching.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// A failure that is not retryable.
    Final(String),
    /// A retryable failure.
    Passing(String),
    /// Nobody reads the output.
    Unread,
}

/// How many earlier events are shown first.
const FIRST: usize = 10;
/// The pause before the first retry, and the longest pause.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));
/// How often a ping is sent, to notice a lost connection.
const HEARTBEAT: Duration = Duration::from_secs(30);
/// How often a message is sent. API Gateway closes a socket that carries none for ten minutes, and pings are no messages.
const KEEP_ALIVE: Duration = Duration::from_secs(5 * 60);
/// How long the opening of a socket may take.
const OPEN_TIMEOUT: Duration = Duration::from_secs(15);
/// The pauses before each request for missing events. The API reads them from an index, which may lag behind the socket.
const CATCH_UP_PAUSES: [Duration; 5] = [
    Duration::ZERO,
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
];

/// A monitor of one library.
#[derive(Debug)]
pub struct Monitor {
    library: Library,
    /// `None` until the first socket is open.
    feed: Option<Feed>,
    /// The pause before the next retry, and the shortest pause.
    pause: Duration,
    shortest: Duration,
}

impl Monitor {
    /// Creates a monitor, without a request.
    pub fn new(account: Account) -> Self {
        Monitor { library: Library::new(account), feed: None, pause: PAUSES.0, shortest: PAUSES.0 }
    }

    /// Writes a line for each event to `out`, until nobody reads it. It reconnects after a lost connection, and then writes
    /// the events that it has missed.
    ///
    /// # Errors
    /// A line that says why it cannot start or go on: a wrong password, a user who is not a librarian, no connection.
    pub async fn run(&mut self, out: &mut impl Write) -> Result<(), String> {
        loop {
            let problem = match self.watch(out).await {
                End::Unread => return Ok(()),
                End::Final(problem) => return Err(problem),
                End::Passing(problem) if self.feed.is_none() => return Err(problem),
                End::Passing(problem) => problem,
            };
            eprintln!("-- {problem}; next try in {} s", self.pause.as_secs());
            sleep(self.pause).await;
            self.pause = (self.pause * 2).min(PAUSES.1);
        }
    }

    /// Signs out, so that no session stays.
    pub async fn leave(mut self) {
        self.library.sign_out().await;
    }

    /// Watches until the first failure.
    async fn watch(&mut self, out: &mut impl Write) -> End {
        match self.try_watch(out).await {
            Err(end) => end,
            Ok(never) => match never {},
        }
    }

    async fn try_watch(&mut self, out: &mut impl Write) -> Result<std::convert::Infallible, End> {
        let mut socket = open(&self.library.ticket().await?).await?;
        // The socket is open before the list is read, so that no event is lost in between.
        if self.feed.is_none() {
            let (feed, events) = Feed::begin(self.library.newest(FIRST).await?);
            self.feed = Some(feed);
            write(out, &events)?;
        } else {
            self.catch_up(out).await?;
            self.complete(out).await?;
        }
        eprintln!("-- watching {}; Ctrl-C stops", self.library.url());
        let mut heartbeat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
        let mut keep_alive = interval_at(Instant::now() + KEEP_ALIVE, KEEP_ALIVE);
        let mut alive = true;
        loop {
            tokio::select! {
                frame = socket.next() => {
                    alive = true;
                    self.pause = self.shortest;
                    if let Some(items) = read(frame)? {
                        let events = self.feed().take(items);
                        write(out, &events)?;
                        self.complete(out).await?;
                    }
                }
                _ = keep_alive.tick() => socket.send(Message::Text("ping".into())).await.map_err(lost)?,
                _ = heartbeat.tick() => {
                    if !alive {
                        return Err(End::Passing("the library does not answer any more".to_owned()));
                    }
                    alive = false;
                    socket.send(Message::Ping(Vec::new().into())).await.map_err(lost)?;
                }
            }
        }
    }

    /// Reads the events after the last complete one.
    async fn catch_up(&mut self, out: &mut impl Write) -> Result<(), End> {
        let mut after = self.feed().complete_up_to();
        loop {
            let Items { items, more } = self.library.after(after).await?;
            let last = items.iter().map(|event| event.id).max().unwrap_or_default();
            let events = self.feed().take(items);
            write(out, &events)?;
            if !more || last <= after {
                return Ok(());
            }
            after = last;
        }
    }

    /// Asks for missing events. Those that the API does not have are skipped, unless they come later.
    async fn complete(&mut self, out: &mut impl Write) -> Result<(), End> {
        for pause in CATCH_UP_PAUSES {
            if !self.feed().waits() {
                return Ok(());
            }
            sleep(pause).await;
            self.catch_up(out).await?;
        }
        let events = self.feed().give_up();
        write(out, &events)
    }

    fn feed(&mut self) -> &mut Feed {
        self.feed.get_or_insert_default()
    }
}

async fn open(url: &str) -> Result<Socket, End> {
    match timeout(OPEN_TIMEOUT, connect_async(url)).await {
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(Error::Http(answer))) => {
            Err(End::Passing(format!("the library refused the socket with status {}", answer.status())))
        }
        Ok(Err(problem)) => Err(End::Passing(format!("the socket could not be opened: {problem}"))),
        Err(_) => Err(End::Passing("the socket could not be opened in time".to_owned())),
    }
}

/// Returns the events of a frame. Other frames are ignored: the gateway's own messages, a pong.
fn read(frame: Option<Result<Message, Error>>) -> Result<Option<Vec<Event>>, End> {
    match frame {
        Some(Ok(Message::Text(text))) => Ok(serde_json::from_str(&text).ok().map(|Items { items, .. }| items)),
        Some(Ok(Message::Close(Some(frame)))) => {
            let (code, reason) = (u16::from(frame.code), plain(&frame.reason));
            Err(End::Passing(format!("the library closed the socket: {code} {reason}")))
        }
        Some(Ok(Message::Close(None))) | None => Err(End::Passing("the library closed the socket".to_owned())),
        Some(Ok(_)) => Ok(None),
        Some(Err(problem)) => Err(lost(problem)),
    }
}

fn lost(problem: Error) -> End {
    End::Passing(format!("the connection is lost: {problem}"))
}

fn write(out: &mut impl Write, events: &[Event]) -> Result<(), End> {
    let now = Zoned::now();
    // NO_COLOR: https://no-color.org
    let in_colour =
        std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let lines: String = events.iter().map(|event| line::line(event, &now, in_colour) + "\n").collect();
    out.write_all(lines.as_bytes()).and_then(|()| out.flush()).map_err(|_| End::Unread)
}

#[cfg(test)]
mod tests;

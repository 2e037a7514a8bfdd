//! `cargo run -p local -- monitor`: what happens in a library, as it happens, on a terminal. A client like any other: it
//! works with the cloud as well as with the runner.
//!
//! - `library`: the API, as far as it is needed
//! - `feed`: which events are new, and which are missing
//! - `line`: how one is shown
//!
//! A socket loses what is sent while nobody listens, so what comes through it is checked: events are numbered without
//! gaps, and who misses one asks for it.

mod feed;
mod library;
mod line;

use std::io::Write;
use std::time::Duration;

use clap::Args;
use futures_util::{SinkExt, StreamExt};
use jiff::Zoned;
use tokio::net::TcpStream;
use tokio::time::{Instant, interval_at, sleep, timeout};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use feed::{Event, Feed, Items};
use library::Library;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Whose library is watched, and by whom.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Where the API is, with its stage.
    #[arg(long, default_value = "http://127.0.0.1:9000/v1")]
    pub url: String,

    /// A librarian's address.
    #[arg(long, default_value = "johndoe@example.com")]
    pub email: String,

    /// The librarian's password. Better in the environment than in the shell's history.
    #[arg(long, env = "CARREL_PASSWORD", hide_env_values = true, default_value = "password")]
    pub password: String,

    /// The frontend's key, where the API wants one.
    #[arg(long, value_name = "KEY")]
    pub api_key: Option<String>,
}

/// Why watching ended.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// Trying again would not help.
    Final(String),
    /// It might.
    Passing(String),
    /// Nobody reads what is told.
    Unread,
}

/// Events to begin with.
const FIRST: usize = 10;
/// The pause before the second try, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));
/// How often the other side is asked whether it is still there.
const HEARTBEAT: Duration = Duration::from_secs(30);
/// How long opening a socket may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// How often what is missing is asked for. The list that is asked is an index, which may lag behind the socket.
const ASKING: [Duration; 5] = [
    Duration::ZERO,
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
];

/// A library, watched.
#[derive(Debug)]
pub struct Monitor {
    library: Library,
    /// None until it has been open once.
    feed: Option<Feed>,
    /// Before the next try, and the shortest.
    pause: Duration,
    shortest: Duration,
}

impl Monitor {
    /// One that has not asked anything yet.
    pub fn new(options: Options) -> Self {
        Monitor { library: Library::new(options), feed: None, pause: PAUSES.0, shortest: PAUSES.0 }
    }

    /// Tells `out` a line an event, for as long as anybody reads it. A lost connection is taken up again, and what
    /// happened in the meantime is told then.
    ///
    /// # Errors
    /// In one line, where it cannot begin, or not go on: a wrong password, no librarian, nobody there.
    pub async fn run(&mut self, out: &mut impl Write) -> Result<(), String> {
        loop {
            let problem = match self.watch(out).await {
                End::Unread => return Ok(()),
                End::Final(problem) => return Err(problem),
                End::Passing(problem) if self.feed.is_none() => return Err(problem),
                End::Passing(problem) => problem,
            };
            eprintln!("-- {problem}; trying again in {} s", self.pause.as_secs());
            sleep(self.pause).await;
            self.pause = (self.pause * 2).min(PAUSES.1);
        }
    }

    /// Signs out, so that no session is left behind.
    pub async fn leave(mut self) {
        self.library.sign_out().await;
    }

    /// Watches until something ends it.
    async fn watch(&mut self, out: &mut impl Write) -> End {
        match self.try_watch(out).await {
            Err(end) => end,
            Ok(never) => match never {},
        }
    }

    async fn try_watch(&mut self, out: &mut impl Write) -> Result<std::convert::Infallible, End> {
        let mut socket = open(&self.library.ticket().await?).await?;
        // Only now that the socket collects what happens: so nothing falls between.
        if self.feed.is_none() {
            let (feed, events) = Feed::begin(self.library.newest(FIRST).await?);
            self.feed = Some(feed);
            tell(out, &events)?;
        } else {
            self.catch_up(out).await?;
            self.complete(out).await?;
        }
        eprintln!("-- watching {}; Ctrl-C ends it", self.library.url());
        let mut heartbeat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
        let mut heard = true;
        loop {
            tokio::select! {
                frame = socket.next() => {
                    heard = true;
                    self.pause = self.shortest;
                    if let Some(items) = read(frame)? {
                        let events = self.feed().take(items);
                        tell(out, &events)?;
                        self.complete(out).await?;
                    }
                }
                _ = heartbeat.tick() => {
                    if !heard {
                        return Err(End::Passing("the library does not answer any more".to_owned()));
                    }
                    heard = false;
                    socket.send(Message::Ping(Vec::new().into())).await.map_err(lost)?;
                }
            }
        }
    }

    /// Tells what has happened since.
    async fn catch_up(&mut self, out: &mut impl Write) -> Result<(), End> {
        let mut after = self.feed().complete_up_to();
        loop {
            let Items { items, more } = self.library.after(after).await?;
            let last = items.iter().map(|event| event.id).max().unwrap_or_default();
            let events = self.feed().take(items);
            tell(out, &events)?;
            if !more || last <= after {
                return Ok(());
            }
            after = last;
        }
    }

    /// Asks for what is missing; what nobody has in the end is left out, unless it comes later.
    async fn complete(&mut self, out: &mut impl Write) -> Result<(), End> {
        for pause in ASKING {
            if !self.feed().waits() {
                return Ok(());
            }
            sleep(pause).await;
            self.catch_up(out).await?;
        }
        let events = self.feed().give_up();
        tell(out, &events)
    }

    fn feed(&mut self) -> &mut Feed {
        self.feed.get_or_insert_default()
    }
}

async fn open(url: &str) -> Result<Socket, End> {
    match timeout(PATIENCE, connect_async(url)).await {
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(Error::Http(answer))) => {
            Err(End::Passing(format!("the library refused the socket with status {}", answer.status())))
        }
        Ok(Err(problem)) => Err(End::Passing(format!("the socket could not be opened: {problem}"))),
        Err(_) => Err(End::Passing("the socket could not be opened in time".to_owned())),
    }
}

/// The events of a frame. What is none of ours is nothing to us: the gateway's own messages, a pong.
fn read(frame: Option<Result<Message, Error>>) -> Result<Option<Vec<Event>>, End> {
    match frame {
        Some(Ok(Message::Text(text))) => Ok(serde_json::from_str(&text).ok().map(|Items { items, .. }| items)),
        Some(Ok(Message::Close(Some(frame)))) => {
            let (code, reason) = (u16::from(frame.code), line::plain(&frame.reason));
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

fn tell(out: &mut impl Write, events: &[Event]) -> Result<(), End> {
    let now = Zoned::now();
    let lines: String = events.iter().map(|event| line::line(event, &now) + "\n").collect();
    out.write_all(lines.as_bytes()).and_then(|()| out.flush()).map_err(|_| End::Unread)
}

#[cfg(test)]
mod tests;

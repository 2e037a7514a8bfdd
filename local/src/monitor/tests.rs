//! A monitor, and a server that answers what the test wants.

use super::*;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_tungstenite::accept_async;

/// Statuses and bodies.
type Answers = VecDeque<(u16, Value)>;

/// A server: its answers by request, in order. The last answer repeats.
struct Library {
    url: String,
    answers: Arc<Mutex<HashMap<&'static str, Answers>>>,
    asked: Arc<Mutex<Vec<String>>>,
    sockets: TcpListener,
}

impl Library {
    /// A server without events, where every request succeeds.
    async fn start() -> Self {
        let sockets = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let ticket = format!("ws://{}/?ticket=t", sockets.local_addr().expect("it has an address"));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let url = format!("http://{}/v1", listener.local_addr().expect("it has an address"));
        let library = Library { url, answers: Arc::default(), asked: Arc::default(), sockets };
        library.answers("POST /auth/login", [(200, json!({"accessToken": "first", "refreshToken": "r"}))]);
        library.answers("POST /auth/refresh-token", [(200, json!({"accessToken": "second", "refreshToken": "s"}))]);
        library.answers("POST /auth/logout", [(200, json!({}))]);
        library.answers("POST /live/tickets", [(201, json!({"ticket": "t", "url": ticket, "expiresAt": ""}))]);
        library.answers("GET /events?limit=10", [(200, json!({"items": []}))]);
        let (answers, asked) = (Arc::clone(&library.answers), Arc::clone(&library.asked));
        let service = Router::new().fallback(async move |request: Request| {
            let (head, body) = request.into_parts();
            let path = head.uri.to_string();
            let path = path.strip_prefix("/v1").expect("it is in the stage");
            let who = head.headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or("nobody");
            let body = to_bytes(body, 1000).await.expect("it is there");
            let what = format!("{} {path}", head.method);
            asked
                .lock()
                .expect("no thread panicked")
                .push(format!("{what} {who} {}", String::from_utf8_lossy(&body)).trim_end().to_owned());
            let mut answers = answers.lock().expect("no thread panicked");
            let answer = answers.get_mut(what.as_str()).and_then(|answers| match answers.len() {
                0 | 1 => answers.front().cloned(),
                _ => answers.pop_front(),
            });
            let (status, body) = answer.unwrap_or_else(|| (404, json!({"detail": what})));
            (StatusCode::from_u16(status).expect("it is a status"), Json(body)).into_response()
        });
        tokio::spawn(async move { axum::serve(listener, service).await });
        library
    }

    fn answers(&self, what: &'static str, answers: impl IntoIterator<Item = (u16, Value)>) {
        self.answers.lock().expect("no thread panicked").insert(what, answers.into_iter().collect());
    }

    fn asked(&self, what: &str) -> usize {
        self.asked.lock().expect("no thread panicked").iter().filter(|asked| asked.starts_with(what)).count()
    }

    fn monitor(&self) -> Monitor {
        let mut monitor = Monitor::new(Account {
            url: self.url.clone() + "/",
            email: "johndoe@example.com".to_owned(),
            password: None,
            api_key: None,
        });
        (monitor.pause, monitor.shortest) = (Duration::from_millis(1), Duration::from_millis(1));
        monitor
    }

    /// A running monitor, and the titles that it shows.
    fn watched(&self) -> Titles {
        let (lines, shown) = mpsc::unbounded_channel();
        let mut monitor = self.monitor();
        let ended = tokio::spawn(async move { monitor.run(&mut Lines(lines)).await });
        Titles { shown, ended }
    }

    /// The next socket that a monitor opens.
    async fn socket(&self) -> WebSocketStream<TcpStream> {
        let (stream, _) = self.sockets.accept().await.expect("it comes");
        accept_async(stream).await.expect("it is a socket")
    }
}

/// The output of a monitor.
struct Lines(mpsc::UnboundedSender<String>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        for line in String::from_utf8_lossy(bytes).lines() {
            self.0.send(line.to_owned()).map_err(std::io::Error::other)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

struct Titles {
    shown: mpsc::UnboundedReceiver<String>,
    ended: tokio::task::JoinHandle<Result<(), String>>,
}

impl Titles {
    async fn next(&mut self, count: usize) -> Vec<String> {
        let mut titles = Vec::new();
        for _ in 0..count {
            let line = self.shown.recv().await.expect("it goes on");
            titles.push(line.split('"').nth(1).expect("a title").to_owned());
        }
        titles
    }

    async fn end(self) -> Result<(), String> {
        self.ended.await.expect("no panic")
    }
}

fn event(id: u64) -> Value {
    json!({"id": id, "type": "book.reserved", "time": "2026-11-20T12:03:04Z", "actor": "a", "book": {"id": "b", "title": id.to_string()}})
}

fn items(ids: impl IntoIterator<Item = u64>) -> Value {
    json!({"items": ids.into_iter().map(event).collect::<Vec<_>>()})
}

async fn send(socket: &mut WebSocketStream<TcpStream>, frame: &Value) {
    socket.send(Message::text(frame.to_string())).await.expect("it is sent");
}

#[tokio::test]
async fn the_last_events_are_shown_first_and_then_new_ones() {
    let library = Library::start().await;
    library.answers("GET /events?limit=10", [(200, items(8..=17))]);
    let mut shown = library.watched();
    let mut socket = library.socket().await;
    assert_eq!(shown.next(10).await, ["8", "9", "10", "11", "12", "13", "14", "15", "16", "17"]);
    send(&mut socket, &items(17..=19)).await;
    send(&mut socket, &json!({"message": "Internal server error"})).await;
    socket.send(Message::text("no JSON")).await.expect("it is sent");
    send(&mut socket, &items([20])).await;
    assert_eq!(shown.next(3).await, ["18", "19", "20"]);
    assert_eq!(library.asked("POST /auth/login"), 1);
}

#[tokio::test]
async fn the_monitor_asks_for_an_event_that_the_socket_has_lost() {
    let library = Library::start().await;
    library.answers("GET /events?limit=10", [(200, items([1]))]);
    // The list lags behind: it has the one that is missing only when it is asked again.
    library.answers("GET /events?after=1&limit=100", [(200, items([])), (200, items(2..=3))]);
    let mut shown = library.watched();
    let mut socket = library.socket().await;
    send(&mut socket, &items([3])).await;
    assert_eq!(shown.next(3).await, ["1", "2", "3"]);
    send(&mut socket, &items([2, 4])).await;
    assert_eq!(shown.next(1).await, ["4"]);
}

#[tokio::test]
async fn after_a_lost_connection_no_event_is_missed_or_shown_twice() {
    let library = Library::start().await;
    library.answers("GET /events?limit=10", [(200, items(1..=2))]);
    let mut page = items(3..=4);
    page["nextCursor"] = json!("more");
    library.answers("GET /events?after=2&limit=100", [(200, page)]);
    library.answers("GET /events?after=4&limit=100", [(200, items(5..=6))]);
    let mut shown = library.watched();
    drop(library.socket().await);
    let mut socket = library.socket().await;
    send(&mut socket, &items(4..=7)).await;
    assert_eq!(shown.next(7).await, ["1", "2", "3", "4", "5", "6", "7"]);
    library.answers("GET /events?after=7&limit=100", [(200, items([]))]);
    socket.close(None).await.expect("it is closed");
    let mut socket = library.socket().await;
    send(&mut socket, &items([8])).await;
    assert_eq!(shown.next(1).await, ["8"]);
    assert_eq!(library.asked("POST /live/tickets"), 3, "a ticket holds for one socket");
}

#[tokio::test]
async fn an_expired_session_is_renewed() {
    let library = Library::start().await;
    library.answers("GET /events?limit=10", [(401, json!({"detail": "expired"})), (200, items([1]))]);
    let mut shown = library.watched();
    let _socket = library.socket().await;
    assert_eq!(shown.next(1).await, ["1"]);
    assert_eq!(library.asked("POST /auth/refresh-token nobody {\"refreshToken\":\"r\"}"), 1);
    assert_eq!(library.asked("GET /events?limit=10 Bearer second"), 1);
}

#[tokio::test]
async fn if_the_session_cannot_be_renewed_the_librarian_signs_in_again() {
    let library = Library::start().await;
    library.answers("POST /auth/refresh-token", [(401, json!({"detail": "ended"}))]);
    library.answers("POST /live/tickets", [(401, json!({"detail": "ended"}))]);
    let error = library.watched().end().await.expect_err("it always fails");
    assert!(error.contains("answered 401 Unauthorized: ended"), "{error}");
    assert_eq!(library.asked("POST /auth/login"), 2);
}

#[tokio::test]
async fn a_user_who_may_not_watch_learns_why_in_one_line() {
    let library = Library::start().await;
    library.answers("POST /live/tickets", [(403, json!({"detail": "This is for\nlibrarians."}))]);
    assert_eq!(
        library.watched().end().await,
        Err("johndoe@example.com may not watch, only librarians may: This is for\u{fffd}librarians.".to_owned())
    );
    library.answers("POST /live/tickets", [(404, json!({}))]);
    assert_eq!(library.watched().end().await, Err(format!("there is no live monitor at {}", library.url)));
    library.answers("POST /auth/login", [(401, json!({"detail": "They do not go together."}))]);
    assert_eq!(
        library.watched().end().await,
        Err("johndoe@example.com cannot sign in: They do not go together.".to_owned())
    );
    library.answers("POST /auth/login", [(503, json!({"title": "Busy"}))]);
    let error = library.watched().end().await.expect_err("it does not begin");
    assert_eq!(error, format!("{} answered 503 Service Unavailable: Busy", library.url));
}

#[tokio::test]
async fn a_refused_connection_is_reported() {
    let library = Library::start().await;
    let mut monitor = library.monitor();
    let free = TcpListener::bind("127.0.0.1:0").await.expect("a port is free").local_addr().expect("an address");
    let options = Account {
        url: format!("http://{free}/v1"),
        email: "johndoe@example.com".to_owned(),
        password: None,
        api_key: None,
    };
    monitor.library = super::library::Library::new(options);
    let error = monitor.run(&mut Vec::new()).await.expect_err("nothing listens");
    assert_eq!(
        error,
        format!("nothing listens at http://{free}/v1; `cargo run -p local` opens a library on this machine")
    );
}

#[tokio::test]
async fn a_retryable_failure_ends_a_start_but_not_a_running_monitor() {
    let library = Library::start().await;
    library.answers("GET /events?limit=10", [(200, items([1]))]);
    let mut shown = library.watched();
    let socket = library.socket().await;
    assert_eq!(shown.next(1).await, ["1"]);
    library.answers("GET /events?after=1&limit=100", [(503, json!({})), (429, json!({})), (200, items([2]))]);
    drop(socket);
    for _ in 0..2 {
        library.socket().await;
    }
    let _socket = library.socket().await;
    assert_eq!(shown.next(1).await, ["2"]);
    // And for good, where it will not pass.
    library.answers("POST /live/tickets", [(403, json!({"detail": "no longer"}))]);
    drop(_socket);
    assert!(shown.end().await.expect_err("it ends").contains("only librarians"));
}

#[tokio::test]
async fn it_stops_when_nobody_reads_and_signs_out() {
    let library = Library::start().await;
    library.answers("GET /events?limit=10", [(200, items([1]))]);
    let (lines, shown) = mpsc::unbounded_channel();
    drop(shown);
    let mut monitor = library.monitor();
    let mut lines = Lines(lines);
    let (ended, _socket) = tokio::join!(monitor.run(&mut lines), library.socket());
    assert_eq!(ended, Ok(()));
    monitor.leave().await;
    assert_eq!(library.asked("POST /auth/logout Bearer first"), 1);
}

#[tokio::test]
async fn a_socket_of_the_cloud_speaks_tls() {
    let library = Library::start().await;
    let url = format!("wss://{}/v1?ticket=t", library.sockets.local_addr().expect("it has an address"));
    library.answers("POST /live/tickets", [(201, json!({"ticket": "t", "url": url, "expiresAt": ""}))]);
    let monitor = library.watched();
    let (mut stream, _) = library.sockets.accept().await.expect("it comes");
    assert_eq!(stream.read_u8().await.expect("it says something"), 22, "a handshake (RFC 8446, 5.1)");
    drop(stream);
    let error = monitor.end().await.expect_err("nothing answers");
    assert!(error.starts_with("the socket could not be opened: "), "{error}");
}

#[tokio::test]
async fn aw17_a_monitor_sends_a_message_every_five_minutes() {
    let library = Library::start().await;
    let mut shown = library.watched();
    let mut socket = library.socket().await;
    let mut said = Vec::new();
    for half_minute in 1..=21 {
        send(&mut socket, &items([half_minute])).await;
        assert_eq!(shown.next(1).await, [half_minute.to_string()]);
        // The clock stands only meanwhile: a clock that stands jumps ahead of messages that are under way.
        tokio::time::pause();
        tokio::time::advance(HEARTBEAT).await;
        tokio::time::resume();
        while !matches!(socket.next().await, Some(Ok(Message::Ping(_)))) {
            said.push(half_minute);
        }
    }
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0] >= 10 && said[1] >= 20, "{said:?}");
}

//! `cargo run -p local -- monitor` with a whole library, and a measurement of a hundred monitors.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use local::client::Account;
use local::monitor::Monitor;
use serde_json::{Value, json};
use tests::{Library, Person};
use tokio::sync::watch;

/// The output of a monitor.
#[derive(Clone)]
struct Terminal(watch::Sender<String>);

impl Write for Terminal {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.send_modify(|shown| shown.push_str(&String::from_utf8_lossy(bytes)));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Terminal {
    /// Waits for that number of lines. Returns them.
    async fn lines(&self, count: usize) -> Vec<String> {
        let mut shown = self.0.subscribe();
        let waiting = shown.wait_for(|shown| shown.lines().count() >= count);
        let shown = tokio::time::timeout(Duration::from_secs(20), waiting)
            .await
            .expect("the lines appear")
            .expect("the terminal exists");
        shown.lines().map(ToOwned::to_owned).collect()
    }
}

#[tokio::test]
async fn a_terminal_shows_past_and_new_events() {
    let library = Library::own().start().await;
    let [reader, next] = [library.reader().await, library.reader().await];
    let book = reader.adds("Kindred", "Octavia E. Butler").await;
    library.local().drained().await;
    let options =
        Account { url: library.url().to_owned(), email: "johndoe@example.com".into(), password: None, api_key: None };
    let terminal = Terminal(watch::Sender::default());
    let mut out = terminal.clone();
    let watching = tokio::spawn(async move { Monitor::new(options).run(&mut out).await });
    let before = terminal.lines(1).await;
    assert!(before[0].contains("book.added") && before[0].contains("\"Kindred\""), "{before:?}");

    reader.reserves(&book).await.expect(201);
    next.reserves(&book).await.expect(202);
    let shown = terminal.lines(3).await;
    assert!(shown[1].contains("book.reserved") && shown[1].contains(&reader.id[..8]), "{shown:?}");
    assert!(shown[2].contains("book.reserved") && shown[2].ends_with("(1st in the queue)"), "{shown:?}");
    watching.abort();
}

const SOCKETS: usize = 100;
const READERS: usize = 40;
/// The most books that a reader may reserve.
const BOOKS: usize = 10;
/// The pause between two reservations: twenty a second, four hundred in all.
const PAUSE: Duration = Duration::from_millis(50);

/// The time of the answer to each reservation.
type Answered = Arc<Mutex<HashMap<String, Instant>>>;

/// Run it with `cargo test -p tests --test it -- --ignored --nocapture a_hundred_monitors`. `MAIL_MS=60` makes the mail
/// service take 60 ms for each letter, as SES does.
#[ignore = "a measurement, which takes half a minute and needs a machine of its own"]
#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_monitors_show_a_reservation_within_a_second() {
    let library = Library::own().start().await;
    let (admin, readers) = (library.admin().await, library.readers(READERS).await);
    let mut books = Vec::new();
    for number in 0..BOOKS {
        let book = json!({"title": format!("Volume {number}"), "author": "A", "copies": READERS});
        books.push(admin.post("/books", book).await.expect(201).string("id"));
    }
    library.local().drained().await;
    let mail_takes = std::env::var("MAIL_MS").ok().and_then(|text| text.parse().ok()).unwrap_or_default();
    library.post().takes(mail_takes);
    let sockets = admin.watches_through(SOCKETS).await;
    let watching = sockets.into_iter().map(|mut socket| {
        tokio::spawn(async move {
            let mut seen = Vec::new();
            for _ in 0..READERS * BOOKS {
                let event = socket.event().await;
                seen.push((event["reservation"].as_str().unwrap_or_default().to_owned(), Instant::now()));
            }
            seen
        })
    });
    let watching: Vec<_> = watching.collect();
    let answered = Answered::default();
    reserve_steadily(&readers, &books, &answered).await;

    let answered = answered.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let mut delays = Vec::new();
    for seen in join_all(watching).await {
        let seen = seen.expect("no panic");
        delays.extend(seen.iter().map(|(reservation, at)| at.saturating_duration_since(answered[reservation])));
    }
    delays.sort();
    let at = |permille: usize| delays[(delays.len() - 1) * permille / 1000];
    let (p50, p99, most) = (at(500), at(990), at(1000));
    eprintln!(
        "{} frames to {SOCKETS} sockets, mail takes {mail_takes} ms: p50 {p50:?}, p99 {p99:?}, max {most:?}",
        delays.len()
    );
    assert!(p99 < Duration::from_secs(1), "{p99:?}");
}

/// Has each reader reserve each book, in turn.
async fn reserve_steadily(readers: &[Person], books: &[String], answered: &Answered) {
    let mut ticks = tokio::time::interval(PAUSE);
    let mut under_way = Vec::new();
    for number in 0..READERS * BOOKS {
        ticks.tick().await;
        let (reader, book) = (readers[number % READERS].clone(), books[number / READERS].clone());
        let answered = Arc::clone(answered);
        under_way.push(tokio::spawn(async move {
            let reservation: Value = reader.reserves(&book).await.expect(201).json();
            let id = reservation["id"].as_str().unwrap_or_default().to_owned();
            answered.lock().unwrap_or_else(PoisonError::into_inner).insert(id, Instant::now());
        }));
    }
    for task in under_way {
        task.await.expect("no panic");
    }
}

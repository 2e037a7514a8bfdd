//! What a request costs the runner: `cargo run --profile runner -p bench -- requests`. Linux only.
//!
//! The runner, with the gateway, the function, the SDK and the database in one process, is asked for one book and for a page of 20.
//! A server of axum that reads the same from SQLite is asked in turns with it, so that whatever else the machine does affects both.

use std::fs;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use clap::Args;
use reqwest::Client;
use rusqlite::{Connection, Row, params};
use serde_json::{Value, json};
use tests::Person;
use tokio::net::TcpListener;

use super::server::Server;
use super::{loads, met};
use crate::bootstrap::{Failure, cpu_time};

/// How many books there are: two pages.
const BOOKS: usize = 40;
/// In turns, so many times.
const ROUNDS: usize = 7;
/// The CPU time of the runner for each thing that is asked, at most.
const GOALS: [Duration; 2] = [Duration::from_micros(150), Duration::from_micros(350)];

/// Measures the CPU time of a request.
#[derive(Args)]
pub(crate) struct Arguments {
    /// How often each is asked for each thing, in each of seven rounds.
    #[arg(long, default_value_t = 1_000)]
    times: usize,
    /// The runner. Without it, it is built.
    #[arg(long)]
    program: Option<std::path::PathBuf>,
}

/// Returns whether a request costs no more than it may.
pub(crate) async fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let server = Server::start(arguments.program.as_deref(), 64).await?;
    let library = server.library();
    let book = fill(&server.admin().await).await;
    let bare = Bare::start()?;
    let http = tests::client(None);
    let of_runner = [format!("{}/books/{book}", library.url()), format!("{}/books", library.url())];
    let of_bare = [format!("{}/books/{}", bare.url, BOOKS / 2), format!("{}/books", bare.url)];
    let mut used = [[const { Vec::new() }; 2], [const { Vec::new() }; 2]];
    for round in 0..=ROUNDS {
        for what in 0..GOALS.len() {
            let runner = cost(&http, &of_runner[what], arguments.times, || server.cpu()).await?;
            let bare = cost(&http, &of_bare[what], arguments.times, || bare.cpu()).await?;
            // In the first round connections are made, and what is read once is read.
            if round > 0 {
                used[0][what].push(runner);
                used[1][what].push(bare);
            }
        }
    }
    let median = |of: usize, what: usize| {
        let mut times = used[of][what].clone();
        times.sort();
        times[times.len() / 2]
    };
    let micro = |time: Duration| time.as_secs_f64() * 1e6;
    println!(
        "CPU time of a request, {ROUNDS} × {} each, medians; {}\n\n| | one book | a page of 20 |\n|---|--:|--:|",
        arguments.times,
        loads()
    );
    for (of, name) in ["the runner", "axum and SQLite"].into_iter().enumerate() {
        println!("| {name} | {:.0} µs | {:.0} µs |", micro(median(of, 0)), micro(median(of, 1)));
    }
    let is_kept = (0..GOALS.len()).all(|what| median(0, what) <= GOALS[what]);
    println!("\nAt most {:.0} and {:.0} µs: {}", micro(GOALS[0]), micro(GOALS[1]), met(is_kept));
    Ok(is_kept)
}

/// Adds the books, and returns the id of one.
async fn fill(admin: &Person) -> String {
    let mut last = String::new();
    for number in 0..BOOKS {
        last = admin.adds(&title(number), AUTHOR).await;
    }
    last
}

fn title(number: usize) -> String {
    format!("Kokoro, volume {number:02}")
}

const AUTHOR: &str = "Natsume Sōseki";

/// Asks one request after the other, and returns the CPU time of each on average.
async fn cost(
    http: &Client,
    url: &str,
    times: usize,
    cpu: impl Fn() -> Result<Duration, Failure>,
) -> Result<Duration, Failure> {
    let before = cpu()?;
    for _ in 0..times {
        let answer = http.get(url).send().await?.error_for_status()?;
        answer.bytes().await?;
    }
    Ok((cpu()? - before) / u32::try_from(times)?)
}

/// A server that does nothing but read books from SQLite. It has a thread of its own.
struct Bare {
    url: String,
    /// Where the kernel has the account of its thread.
    thread: String,
}

type Books = Arc<Mutex<Connection>>;

impl Bare {
    fn start() -> Result<Self, Failure> {
        let (ready, is_ready) = std::sync::mpsc::channel();
        let books = Arc::new(Mutex::new(stored()?));
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let routes = Router::new().route("/books/{id}", get(one)).route("/books", get(page)).with_state(books);
                let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
                let url = format!("http://{}", listener.local_addr().expect("an address"));
                let thread = fs::read_link("/proc/thread-self").expect("Linux");
                let _ = ready.send(Bare { url, thread: format!("/proc/{}", thread.display()) });
                let _ = axum::serve(listener, routes).await;
            });
        });
        Ok(is_ready.recv()?)
    }

    fn cpu(&self) -> Result<Duration, Failure> {
        cpu_time(std::path::Path::new(&self.thread))
    }
}

fn stored() -> rusqlite::Result<Connection> {
    let books = Connection::open_in_memory()?;
    books.execute_batch("CREATE TABLE books (id TEXT PRIMARY KEY, title TEXT, author TEXT, createdAt TEXT)")?;
    for number in 0..BOOKS {
        books.execute(
            "INSERT INTO books VALUES (?, ?, ?, ?)",
            params![number.to_string(), title(number), AUTHOR, "2026-01-02T03:04:05.000Z"],
        )?;
    }
    books.execute_batch("CREATE INDEX by_title ON books (title)")?;
    Ok(books)
}

async fn one(State(books): State<Books>, Path(id): Path<String>) -> Json<Value> {
    let books = books.lock().unwrap_or_else(PoisonError::into_inner);
    let mut query = books.prepare_cached("SELECT id, title, author, createdAt FROM books WHERE id = ?").expect("SQL");
    Json(query.query_row([id], book).expect("a book"))
}

async fn page(State(books): State<Books>) -> Json<Value> {
    let books = books.lock().unwrap_or_else(PoisonError::into_inner);
    let mut query =
        books.prepare_cached("SELECT id, title, author, createdAt FROM books ORDER BY title LIMIT 20").expect("SQL");
    let books = query.query_map([], book).expect("books").collect::<rusqlite::Result<Vec<_>>>();
    Json(json!({"items": books.expect("books")}))
}

fn book(row: &Row<'_>) -> rusqlite::Result<Value> {
    Ok(json!({
        "id": row.get::<_, String>(0)?,
        "title": row.get::<_, String>(1)?,
        "author": row.get::<_, String>(2)?,
        "createdAt": row.get::<_, String>(3)?,
    }))
}

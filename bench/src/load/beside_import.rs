//! What other readers feel of an import: `cargo run --profile runner -p bench -- beside-import`.
//!
//! Readers ask the runner for books and for pages of the catalogue, at a rate of their own. Then the program's own `import` brings a
//! file, while they go on.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use clap::Args;
use fastrand::Rng;
use reqwest::Client;
use tests::{BookRow, Stock};
use tokio::process::{Child, Command};
use tokio::time::Instant;

use super::crowd::Fate;
use super::server::Server;
use super::traffic::{Sample, Summary, at_a_rate};
use super::{loads, met};
use crate::bootstrap::Failure;
use crate::search::books;

/// How many books there are before.
const BOOKS: usize = 1_000;
/// How many requests readers make a second.
const RATE: f64 = 40.0;
/// How long they are alone.
const ALONE: Duration = Duration::from_secs(40);
/// How much longer the 99th percentile may be beside the import.
const GOAL: f64 = 2.0;
/// How many rows are brought a second, at least.
const ROWS: f64 = 80.0;

/// Compares the time of answers beside an import with that without one.
#[derive(Args)]
pub(crate) struct Arguments {
    /// How many rows the file has.
    #[arg(long, default_value_t = 100_000)]
    rows: usize,
    /// The runner. Without it, it is built.
    #[arg(long)]
    program: Option<PathBuf>,
}

/// Returns whether the goals are met.
pub(crate) async fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let server = Server::start(arguments.program.as_deref(), 64).await?;
    fill(&server).await?;
    let readers = Readers { http: tests::client(None), url: server.library().url().to_owned() };
    // Connections are made, and what is read once is read.
    readers.ask(Duration::from_secs(5), 1).await;
    let alone = Summary::of(&readers.ask(ALONE, 2).await);
    println!("Readers alone, {RATE} requests a second: {alone}; {}", loads());

    let file = server.folder().join("books.csv");
    write(&file, arguments.rows)?;
    let (begun, mut samples) = (Instant::now(), Vec::new());
    let mut import = import(&server, &file, &readers.url)?;
    let status = loop {
        samples.extend(readers.ask(Duration::from_secs(1), samples.len() as u64).await);
        if let Some(status) = import.try_wait()? {
            break status;
        }
    };
    let rate = arguments.rows as f64 / begun.elapsed().as_secs_f64();
    let beside = Summary::of(&samples);
    println!("Beside an import of {} rows, {rate:.0} rows a second: {beside}; {}", arguments.rows, loads());
    let ratio = beside.within(990).as_secs_f64() / alone.within(990).as_secs_f64();
    println!("  p99 {ratio:.1} times as long, at most {GOAL}: {}", met(ratio <= GOAL));
    println!("  at least {ROWS} rows a second: {}", met(rate >= ROWS));
    if !status.success() {
        return Err(format!("the import ended with {status}").into());
    }
    let is_answered = [&alone, &beside].into_iter().all(|of| of.is_orderly() && of.refused == 0);
    Ok(is_answered && ratio <= GOAL && rate >= ROWS)
}

async fn fill(server: &Server) -> Result<(), Failure> {
    let rows = books::made_up(BOOKS).into_iter().map(|book| BookRow {
        title: book.title,
        author: book.author,
        copies: 1,
        ..BookRow::default()
    });
    Stock::of(server.database()?, &server.admin().await).await.fill(rows).await;
    Ok(())
}

/// Writes a table of books that the library does not have.
fn write(file: &Path, rows: usize) -> Result<(), Failure> {
    let mut table = "title,author,isbn\n".to_owned();
    for number in 0..rows {
        let digits = format!("978{:09}", 100_000_000 + number);
        let sum: u32 =
            digits.bytes().zip([1, 3].into_iter().cycle()).map(|(digit, by)| u32::from(digit - b'0') * by).sum();
        writeln!(table, "Volume {number} of many,Author {},{digits}{}", number % 5_000, (10 - sum % 10) % 10)?;
    }
    Ok(fs::write(file, table)?)
}

/// Brings the file as a librarian does.
fn import(server: &Server, file: &Path, url: &str) -> Result<Child, Failure> {
    let child = Command::new(server.program())
        .arg("import")
        .arg(file)
        .args(["--new", "--url", url])
        .env("CARREL_PASSWORD", local::client::LOCAL_ADMIN.1)
        .current_dir(server.folder())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    Ok(child)
}

/// Readers who look at books and at the catalogue.
struct Readers {
    http: Client,
    url: String,
}

impl Readers {
    async fn ask(&self, time: Duration, seed: u64) -> Vec<Sample> {
        at_a_rate(RATE, time, seed, |chance| {
            let mut chance = Rng::with_seed(chance);
            let path = if chance.bool() {
                format!("/books/{}", Stock::id(chance.usize(..BOOKS)))
            } else {
                format!("/books?titlePrefix={}", chance.lowercase())
            };
            let request = self.http.get(format!("{}{path}", self.url)).send();
            async move {
                let Ok(answer) = request.await else { return Fate::Lost };
                let status = answer.status().as_u16();
                match (status, answer.bytes().await) {
                    (200, Ok(_)) => Fate::Answered,
                    (503, Ok(_)) => Fate::Refused,
                    (_, Ok(_)) => Fate::Wrong(status),
                    (_, Err(_)) => Fate::Lost,
                }
            }
        })
        .await
    }
}

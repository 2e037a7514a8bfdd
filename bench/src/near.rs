//! Measures how soon the search shows what was written: `cargo run -p bench -- near-real-time`.
//!
//! Books are added, changed, archived and deleted at an even rate, whatever the library takes for each. After the answer to each
//! a reader asks again and again, until the search shows it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use reqwest::Method;
use serde_json::json;
use tests::{Library, Person};
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::bootstrap::Failure;
use crate::search::books::{self, Book};
use crate::search::stock;

/// The pause between two questions.
const PAUSE: Duration = Duration::from_millis(10);
/// How long a reader asks at most.
const PATIENCE: Duration = Duration::from_secs(60);
/// Within this the search shows 99 of 100 writes.
const GOAL: Duration = Duration::from_secs(2);

/// Measures how soon the search shows what was written.
#[derive(Args)]
pub(crate) struct Arguments {
    /// A file with a book a line, as `bench/loc_records.py` writes it. Without it the books are made up.
    #[arg(long)]
    books: Option<PathBuf>,
    /// How many books the library has. Each is written at most once.
    #[arg(long, default_value_t = 2_000)]
    size: usize,
    /// How many writes there are a second.
    #[arg(long, default_value_t = 50)]
    rate: u32,
    /// For how many seconds.
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// Fails if 99 of 100 writes do not show within two seconds.
    #[arg(long)]
    check: bool,
}

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Deed {
    Added,
    Changed,
    Archived,
    Deleted,
}

impl Deed {
    fn of(number: usize) -> Self {
        match number % 10 {
            0..4 => Deed::Added,
            4..7 => Deed::Changed,
            7..9 => Deed::Archived,
            _ => Deed::Deleted,
        }
    }
}

/// A word that only one book has.
fn mark(letter: char, number: usize) -> String {
    format!("{letter}{number}")
}

/// Returns whether the goal was reached.
pub(crate) async fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let Arguments { books: file, size, rate, seconds, check } = arguments;
    let mut all = match file {
        Some(file) => books::read(file, *size)?,
        None => books::made_up(*size),
    };
    for (number, book) in all.iter_mut().enumerate() {
        book.title = format!("{} {}", mark('o', number), book.title);
    }
    let library = Library::own().start().await;
    let owner = Arc::new(library.reader().await);
    let model = stock::model(&library, &owner).await;
    stock::books(&library, &model, all.iter().enumerate().map(|(number, book)| (stock::id(number), book))).await;
    while library.local().call("indexer", json!({"task": "reindex"})).await?["more"] == true {}

    let mut ticks = interval(Duration::from_secs(1) / *rate);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let (begun, mut running) = (Instant::now(), Vec::new());
    for (number, book) in all.into_iter().take((rate * seconds) as usize).enumerate() {
        ticks.tick().await;
        let owner = Arc::clone(&owner);
        running.push(tokio::spawn(async move { (Deed::of(number), write(&owner, number, book).await) }));
    }
    let (writes, took) = (running.len(), begun.elapsed());
    let mut shown: BTreeMap<Deed, Vec<Duration>> = BTreeMap::new();
    for running in running {
        let (deed, after) = running.await?;
        shown.entry(deed).or_default().push(after);
    }
    println!("{writes} writes in {took:.1?}, {} in all, in a library of {size} books", begun.elapsed().as_secs());
    println!("\n| | n | shown after, p50 | p99 | most |\n|---|--:|--:|--:|--:|");
    let mut of_all: Vec<Duration> = shown.values().flatten().copied().collect();
    for (deed, times) in &mut shown {
        line(&format!("{deed:?}"), times);
    }
    let slowest = line("all", &mut of_all);
    Ok(slowest <= GOAL || !check)
}

/// Prints a line. Returns the 99th percentile.
fn line(name: &str, times: &mut [Duration]) -> Duration {
    times.sort();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
    let milli = |time: Duration| time.as_millis();
    println!("| {name} | {} | {} ms | {} ms | {} ms |", times.len(), milli(at(50)), milli(at(99)), milli(at(100)));
    at(99)
}

/// What the search shows in the end: where, for which word, and whether the book is there.
type Shown<'a> = (&'a str, &'a str, bool);

/// Writes something. Returns after how long the search shows it.
async fn write(owner: &Person, number: usize, book: Book) -> Duration {
    let id = stock::id(number).to_string();
    let (path, old, new) = (format!("/books/{id}"), mark('o', number), mark('n', number));
    match Deed::of(number) {
        Deed::Added => {
            let added = json!({"title": format!("{new} {}", book.title), "author": book.author});
            let added = owner.post("/books", added).await.expect(201).string("id");
            until(owner, &added, &[("/search", &new, true)]).await
        }
        Deed::Changed => {
            owner.patch(&path, json!({"title": new})).await.expect(200);
            until(owner, &id, &[("/search", &new, true), ("/search", &old, false)]).await
        }
        Deed::Archived => {
            owner.ask(Method::POST, &format!("{path}/archive")).await.expect(200);
            until(owner, &id, &[("/archive/search", &old, true), ("/search", &old, false)]).await
        }
        Deed::Deleted => {
            owner.delete(&path).await.expect(204);
            until(owner, &id, &[("/search", &old, false)]).await
        }
    }
}

/// Asks again and again, until the search shows a book so.
async fn until(reader: &Person, book: &str, shown: &[Shown<'_>]) -> Duration {
    let begun = Instant::now();
    for (path, word, is_there) in shown {
        let asked = format!("{path}?q={word}");
        while reader.get(&asked).await.expect(200).each("id").iter().any(|id| id == book) != *is_there {
            if begun.elapsed() > PATIENCE {
                return PATIENCE;
            }
            sleep(PAUSE).await;
        }
    }
    begun.elapsed()
}

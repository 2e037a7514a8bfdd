//! Keeps the Search table in step with the books. No API calls this function.
//!
//! It follows the stream of the Journal table: what is written about a book is brought in line with the book, whatever the
//! row says. So a row that comes twice, or late, has no effect. An operator can have all books gone through.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::runtime::app::App;
use shared::runtime::log::chain;
use shared::runtime::metrics;
use shared::runtime::stream::{Change, Failures, Record};
use shared::tables::journal::entry::ManyBooks;
use shared::tables::search::Reindexed;
use shared::tables::{Fault, Library, Search};
use shared::values::BookId;

/// How many books are processed at a time.
const AT_ONCE: usize = 8;
/// How many books a call processes. A hundred rows of imports are about thousands: a call that is cut off would leave the books
/// that it has reserved behind, and the rows would come again as a whole.
const MOST_BOOKS: usize = 500;
/// For how long a call goes through books. The template gives it a minute.
const REINDEXES_FOR: Duration = Duration::from_secs(30);

/// What this function needs beyond every function's [`App`].
#[derive(Clone)]
pub struct Indexer {
    app: App,
    library: Library,
    search: Search,
}

impl Indexer {
    /// Returns the state on the tables of `app`.
    pub fn new(app: App) -> Self {
        let (library, search) = (app.library(), app.search());
        Indexer { app, library, search }
    }
}

/// An event of this function.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Event {
    /// Rows of the stream.
    #[serde(rename_all = "PascalCase")]
    Stream {
        /// The rows, in the stream's order.
        records: Vec<Record>,
    },
    /// A task of an operator.
    Task {
        /// The task to run.
        task: Task,
    },
}

/// A task of an operator.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Task {
    /// Goes through the books for half a minute, from where the last call ended.
    Reindex,
}

/// The answer to an event.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// The answer to rows: those that failed.
    Stream(Failures),
    /// The answer to a task.
    Task(Reindexed),
}

/// Answers an event.
///
/// # Errors
/// If a task fails. Rows that fail are in the answer.
pub async fn handle(indexer: Indexer, event: Event) -> Result<Answer, shared::runtime::lambda::Error> {
    match event {
        Event::Stream { records } => Ok(Answer::Stream(Failures::of(index(&indexer, records).await))),
        Event::Task { task: Task::Reindex } => {
            let begun = Instant::now();
            let mut all = Reindexed { books: 0, written: 0, failed: 0, more: true };
            while all.more && begun.elapsed() < REINDEXES_FOR {
                all = all.and(indexer.search.reindex(&indexer.library, indexer.app.now()).await?);
            }
            tracing::info!(books = all.books, written = all.written, failed = all.failed, more = all.more, "reindexed");
            Ok(Answer::Task(all))
        }
    }
}

/// Processes the books that rows are about, each once, in the order of the rows. Returns the sequence numbers of the rows that
/// must come again: Lambda goes on with the first of them.
async fn index(indexer: &Indexer, records: Vec<Record>) -> Vec<String> {
    let (mut order, mut rows): (Vec<BookId>, HashMap<BookId, Vec<String>>) = Default::default();
    for Record { dynamodb: Change { sequence_number, new_image } } in records {
        let of_row = books_of(&new_image);
        if of_row.is_empty() {
            tracing::warn!(sequence_number, "a row is about no book");
        }
        for book in of_row {
            let rows = rows.entry(book).or_default();
            if rows.is_empty() {
                order.push(book);
            }
            rows.push(sequence_number.clone());
        }
    }
    let mut rows_of = |book| rows.remove(&book).unwrap_or_default();
    let later = order.split_off(order.len().min(MOST_BOOKS));
    let runs: Vec<_> = order.into_iter().map(|book| run(indexer, book, rows_of(book))).collect();
    let mut again = stream::iter(runs).buffer_unordered(AT_ONCE).concat().await;
    again.extend(later.into_iter().flat_map(rows_of));
    again
}

/// Returns the books that a row is about.
fn books_of(row: &Value) -> Vec<BookId> {
    let one = row["book"]["M"]["id"]["S"].as_str().and_then(|id| id.parse().ok());
    let many = row["books"]["S"].as_str().and_then(ManyBooks::read).unwrap_or_default();
    one.into_iter().chain(many.0).collect()
}

/// Processes a book. Returns its rows if they must come again.
async fn run(indexer: &Indexer, book: BookId, rows: Vec<String>) -> Vec<String> {
    match indexer.search.index(&indexer.library, book, indexer.app.now()).await {
        Ok(_) => Vec::new(),
        Err(fault @ Fault::Busy(_)) => {
            tracing::warn!(book = %book, error = chain(&fault), "indexing a book failed for now");
            rows
        }
        // It would fail again, and hold up all others.
        Err(fault) => {
            tracing::error!(book = %book, error = chain(&fault), "indexing a book failed");
            metrics::count(metrics::FAILED_ROWS);
            Vec::new()
        }
    }
}

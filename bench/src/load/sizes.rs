//! Whether lists and searches are as quick in a large library: `cargo run --profile runner -p bench -- sizes`.
//!
//! A small and a large library, filled by [`tests::Stock`], are asked the same in turns, so that whatever else the machine does
//! affects both. A hundred times as many books may make no more than twice the difference.

use std::time::{Duration, Instant};

use clap::Args;
use fastrand::Rng;
use serde_json::json;
use tests::{BookRow, Library, Person, Stock};
use tokio::time::sleep;

use super::{loads, met};
use crate::bootstrap::Failure;
use crate::search::books;

/// How much longer the 99th percentile of a large library may be.
const GOAL: f64 = 2.0;

/// Compares lists and searches of a small and of a large library.
#[derive(Args)]
pub(crate) struct Arguments {
    /// How many books the small library has.
    #[arg(long, default_value_t = 1_000)]
    small: usize,
    /// How many books the large one has.
    #[arg(long, default_value_t = 100_000)]
    large: usize,
    /// How often each is asked for each thing.
    #[arg(long, default_value_t = 500)]
    times: usize,
    /// Has no index of words made, which takes longer than all the rest.
    #[arg(long)]
    without_search: bool,
}

/// A library with so many books, and somebody who asks.
struct Filled {
    library: Library,
    stranger: Person,
    books: Vec<books::Book>,
}

/// What is asked for: its name, whether it needs the index, and the path.
type Asked = (&'static str, bool, fn(&Filled, &mut Rng) -> String);

const ASKED: [Asked; 8] = [
    ("a book", false, |of, chance| format!("/books/{}", Stock::id(chance.usize(..of.books.len())))),
    ("a page by title", false, |_, chance| {
        format!("/books?titlePrefix={}", ["k", "m", "r", "s", "p"][chance.usize(..5)])
    }),
    ("the newest", false, |_, _| "/books?sort=-createdAt".to_owned()),
    ("an author's books", false, |of, chance| format!("/books?author={}", of.book(chance).author.replace(' ', "%20"))),
    ("availability", false, |of, chance| format!("/books/{}/availability", Stock::id(chance.usize(..of.books.len())))),
    ("a search for a title", true, |of, chance| format!("/search?q={}", of.book(chance).title.replace(' ', "%20"))),
    ("a search for a word", true, |of, chance| format!("/search?q={}", of.word(chance))),
    ("suggestions", true, |of, chance| {
        format!("/search/suggest?q={}", of.word(chance).chars().take(4).collect::<String>())
    }),
];

impl Filled {
    async fn with(count: usize, is_indexed: bool) -> Result<Filled, Failure> {
        let (library, books, begun) = (Library::own().start().await, books::made_up(count), Instant::now());
        let row = |book: &books::Book| BookRow {
            title: book.title.clone(),
            author: book.author.clone(),
            copies: 1,
            ..BookRow::default()
        };
        Stock::of(library.dynamodb(), &library.admin().await).await.fill(books.iter().map(row)).await;
        println!("{count} books are there after {:.0?}", begun.elapsed());
        if is_indexed {
            loop {
                match library.local().call("indexer", json!({"task": "reindex"})).await {
                    Ok(done) if done["more"] == false => break,
                    Ok(_) => {}
                    // On a busy machine a call takes too long. The next one goes on where this one stopped.
                    Err(problem) => {
                        eprintln!("{problem}");
                        sleep(Duration::from_secs(1)).await;
                    }
                }
            }
            println!("  and indexed after {:.0?}", begun.elapsed());
        }
        let stranger = library.stranger();
        Ok(Filled { library, stranger, books })
    }

    fn book(&self, chance: &mut Rng) -> &books::Book {
        &self.books[chance.usize(..self.books.len())]
    }

    fn word(&self, chance: &mut Rng) -> &str {
        self.book(chance).title.split(' ').max_by_key(|word| word.len()).unwrap_or_default()
    }

    async fn time(&self, path: &str) -> Duration {
        let begun = Instant::now();
        self.stranger.get(path).await.expect(200);
        begun.elapsed()
    }
}

/// Returns whether the large library is as quick as it must be.
pub(crate) async fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let Arguments { small, large, times, without_search } = *arguments;
    let both = [Filled::with(small, !without_search).await?, Filled::with(large, !without_search).await?];
    println!(
        "\n{times} times each, in turns; {}\n\n| | p50 at {small} | at {large} | p99 at {small} | at {large} | ÷ |\n|---|--:|--:|--:|--:|--:|",
        loads()
    );
    let (mut chance, mut is_kept) = (Rng::with_seed(7), true);
    for (name, needs_index, path) in ASKED {
        if needs_index && without_search {
            continue;
        }
        let mut took = [Vec::new(), Vec::new()];
        for _ in 0..times {
            for (filled, took) in both.iter().zip(&mut took) {
                took.push(filled.time(&path(filled, &mut chance)).await);
            }
        }
        took.iter_mut().for_each(|took| took.sort());
        let milli = |of: usize, at: usize| took[of][(times - 1) * at / 100].as_secs_f64() * 1_000.0;
        let ratio = milli(1, 99) / milli(0, 99);
        is_kept &= ratio <= GOAL;
        println!(
            "| {name} | {:.1} ms | {:.1} ms | {:.1} ms | {:.1} ms | {ratio:.2} |",
            milli(0, 50),
            milli(1, 50),
            milli(0, 99),
            milli(1, 99)
        );
    }
    for filled in both {
        drop(filled.library);
    }
    println!("\nAt most {GOAL} times as long at the 99th percentile: {}; {}", met(is_kept), loads());
    Ok(is_kept)
}

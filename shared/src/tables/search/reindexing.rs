//! Goes through all books, and brings the lists in line with each.
//!
//! | question                | key                      | call            | units                          |
//! |-------------------------|--------------------------|-----------------|--------------------------------|
//! | which books are there   | index newest             | Query           | ½ R for 4 KB                   |
//! | which books are written | b#0 … b#f                | Query           | ½ R for 4 KB                   |
//! | how far has it come     | reindex                  | GetItem, PutItem, DeleteItem | 1 R, 1 W a step   |
//!
//! A book that is in line costs two reads and no write. Searching goes on meanwhile.

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::indexing::SHARDS;
use super::{Search, bytes, bytes_of};
use crate::runtime::log::chain;
use crate::tables::fault::{Fault, Result};
use crate::tables::key::{Key, item};
use crate::tables::library::Library;
use crate::tables::library::book::Store;
use crate::tables::table::Consistency::Strong;
use crate::tables::table::{Page, from_item, to_item, to_value};
use crate::values::BookId;

/// How many books a step goes through.
const STEP: usize = 100;
/// How many of them at a time.
const AT_ONCE: usize = 8;

/// What a step has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Reindexed {
    /// How many books it has gone through.
    pub books: usize,
    /// For how many of them something was written.
    pub written: usize,
    /// How many of them could not be brought in line. The log names each.
    pub failed: usize,
    /// Whether there are more.
    pub more: bool,
}

impl Reindexed {
    /// Adds what the next step has done.
    #[must_use]
    pub fn and(self, Reindexed { books, written, failed, more }: Reindexed) -> Reindexed {
        Reindexed { books: self.books + books, written: self.written + written, failed: self.failed + failed, more }
    }
}

/// How far a run has come: through the books of a store, then through what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Part {
    Books,
    Archive,
    Written(u8),
}

/// What became of a book.
#[derive(PartialEq, Eq)]
enum Outcome {
    Written,
    InLine,
    Failed,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Position {
    part: Part,
    /// The last book of it that is done.
    after: Option<BookId>,
}

fn position_key() -> Key {
    Key::of("reindex").and_bytes("-")
}

impl Part {
    fn next(self) -> Option<Part> {
        match self {
            Part::Books => Some(Part::Archive),
            Part::Archive => Some(Part::Written(0)),
            Part::Written(shard) => Some(shard + 1).filter(|shard| *shard < SHARDS).map(Part::Written),
        }
    }
}

impl Search {
    /// Goes on where the last step ended, or begins.
    ///
    /// # Errors
    /// A fault of the tables. The next step repeats this one.
    pub async fn reindex(&self, library: &Library, now: Timestamp) -> Result<Reindexed> {
        let position = self.0.get_item(position_key(), Strong).await?.map(from_item::<Position>).transpose()?;
        let Position { part, after } = position.unwrap_or(Position { part: Part::Books, after: None });
        let Page { items: books, next } = match part {
            Part::Books => library.walk(Store::Books, after, STEP).await?,
            Part::Archive => library.walk(Store::Archive, after, STEP).await?,
            Part::Written(shard) => self.written(shard, after).await?,
        };
        let runs: Vec<_> = books.iter().map(|&book| self.bring_in_line(library, book, now)).collect();
        let outcomes: Vec<Outcome> = stream::iter(runs).buffer_unordered(AT_ONCE).try_collect().await?;
        let count = |wanted| outcomes.iter().filter(|outcome| **outcome == wanted).count();
        let next = match next {
            Some(last) => Some(Position { part, after: Some(last) }),
            None => part.next().map(|part| Position { part, after: None }),
        };
        match &next {
            Some(position) => {
                let mut stored = to_item(position);
                stored.extend(position_key().into_item());
                self.0.put_item(stored).send().await?;
            }
            None => drop(self.0.delete(position_key()).send().await?),
        }
        Ok(Reindexed {
            books: books.len(),
            written: count(Outcome::Written),
            failed: count(Outcome::Failed),
            more: next.is_some(),
        })
    }

    /// A book that cannot be read must not keep the others from being found.
    async fn bring_in_line(&self, library: &Library, book: BookId, now: Timestamp) -> Result<Outcome> {
        match self.index(library, book, now).await {
            Ok(true) => Ok(Outcome::Written),
            Ok(false) => Ok(Outcome::InLine),
            Err(Fault::Broken(error)) => {
                tracing::error!(book = %book, error = chain(&*error), "indexing a book failed");
                Ok(Outcome::Failed)
            }
            Err(fault) => Err(fault),
        }
    }

    /// Returns the next books of which something is written.
    async fn written(&self, shard: u8, after: Option<BookId>) -> Result<Page<BookId, BookId>> {
        let pk = format!("b#{shard:x}");
        let start = after.map(|book| item([("pk", to_value(&pk)), ("sk", bytes(book.as_bytes()))]));
        let page = self.0.query("pk = :shard").value(":shard", &pk).only("sk").after(start).items(STEP).await?;
        let book = |item| <[u8; 16]>::try_from(bytes_of(item, "sk")).ok().map(BookId::from);
        Ok(Page { items: page.items.iter().filter_map(book).collect(), next: page.next.as_ref().and_then(book) })
    }
}

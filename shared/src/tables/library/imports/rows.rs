//! The rows of a part: which become books.
//!
//! | question                      | key                            | call                      | units                        |
//! |-------------------------------|--------------------------------|---------------------------|------------------------------|
//! | which rows are there already  | isbn#i, source#s, code#c; then book#b | BatchGetItem       | ½ R each                     |
//! | add up to 40 books            | book#b, isbn#i or source#s, its barcodes | one transaction | 10 W a book, and 4           |
//!
//! A book that came from a file has one marker: that of its ISBN or, without one, an item `source#…` of what named it where it came
//! from. The book and its marker are put together, and only if the marker does not exist. So the same row sent twice makes one book,
//! whoever sends it. What a row changes of a book that is there, say [`super::duplicates`]. The marker of an imported book also says of which row it is: a part that is sent again is told *added*, as the
//! first time. A `source#…` goes with its book, and an ISBN's marker does too.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep_until};

use super::duplicates::OnDuplicate;
use super::judge::{Claimed, Judged, There};
use crate::tables::fault::Result;
use crate::tables::journal::{Action, Actor, Entry};
use crate::tables::key::Key;
use crate::tables::library::Library;
use crate::tables::library::barcodes::Barcodes;
use crate::tables::library::book::{Details, Record, Store, book_key};
use crate::tables::library::books::{Edit, isbn_marker};
use crate::tables::library::codes::{Marker, claim, code_key};
use crate::tables::table::Consistency::{self, Eventual, Strong};
use crate::tables::write::{Committed, Write};
use crate::values::{AttemptId, Barcode, BookId, ImportId};

/// The most books of a transaction: with the journal's row, which names them in 1 KB, they cost 10.1 units each.
const AT_ONCE: usize = 40;
/// The most books that an import adds in a second: others write and read meanwhile. In AWS the indexes by title and by time have one
/// partition each, which takes 1,000 write units a second
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html>). On a laptop the index of words
/// follows at about this speed.
const MOST_A_SECOND: f64 = 300.0;
/// The most items of a transaction that are the books'. DynamoDB takes 100; the caller and the journal's row are two.
const ITEMS: usize = 98;
/// The most barcodes that a book brings along.
pub const MOST_BARCODES: usize = 90;

/// A row that could become a book.
#[derive(Debug, Clone)]
pub struct NewRow {
    /// Its number in the file, from 1.
    pub row: u64,
    /// The book.
    pub details: Details,
    /// What names it where it comes from, or what it is by title and author.
    pub source: String,
    /// The book of this library that it names.
    pub own: Option<BookId>,
    /// The barcodes of its copies.
    pub barcodes: Vec<Barcode>,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It became a book.
    Added {
        /// The book.
        book: BookId,
        /// The book that has its ISBN, under another title: this one came without.
        isbn_of: Option<Holder>,
        /// Barcodes that are on other things.
        taken: Vec<Barcode>,
    },
    /// The library has it.
    There(Holder),
    /// The library has it, and its book was changed.
    Updated(Holder),
    /// The library has it, and its book is another user's.
    NotYours(Holder),
    /// Its book is a new favorite.
    Favorite(BookId),
    /// The library has no book with its ISBN, and no book was to be added.
    Unknown,
}

/// How the rows of a part become books.
pub struct Importing<'a> {
    /// The import.
    pub import: ImportId,
    /// The request, which [`Library::claim_part`] has recorded.
    pub attempt: AttemptId,
    /// What becomes of rows that the library has.
    pub on_duplicate: OnDuplicate,
    /// Whether only to say what would happen.
    pub dry_run: bool,
    /// The actor, and the books that they may edit.
    pub edit: Edit<'a>,
}

/// What has an ISBN or a source already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// An earlier row of the same file.
    Row {
        /// Its number.
        row: u64,
        /// Its book.
        book: BookId,
    },
    /// A book.
    Book(BookId),
    /// A book of the archive.
    Archived(BookId),
}

/// The item that keeps a source unique.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Source {
    pk: String,
    sk: String,
    book: BookId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    import: Option<ImportId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    row: Option<u64>,
}

/// What a marker says.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Held {
    pub(super) pk: String,
    pub(super) book: Option<BookId>,
    pub(super) import: Option<ImportId>,
    pub(super) row: Option<u64>,
    /// The book that has it as a barcode.
    pub(super) barcode: Option<BookId>,
}

pub(super) const SOURCE: &str = "source";

pub(super) fn source_pk(source: &str) -> String {
    format!("source#{source}")
}

pub(super) fn source_key(source: &str) -> Key {
    Key::of(source_pk(source)).and(SOURCE)
}

impl Library {
    /// Returns the write that releases a source, which a book or a reader has as `source`.
    pub(crate) fn release_source(&self, source: &str) -> Write {
        self.table.delete(source_key(source))
    }

    /// Makes books of rows, in their order. What became of each is in the same order.
    ///
    /// # Errors
    /// A fault of the tables. Some of the rows may be books then; a second call makes books of the others.
    pub async fn import_rows(&self, importing: &Importing<'_>, rows: &[NewRow]) -> Result<Vec<Outcome>> {
        let mut outcomes = Vec::with_capacity(rows.len());
        let mut rest = rows;
        // What a dry run would have added.
        let mut claimed: HashMap<String, Claimed> = HashMap::new();
        while !rest.is_empty() {
            let (some, others) = rest.split_at(fitting(rest));
            rest = others;
            outcomes.extend(self.import_some(importing, some, &mut claimed).await?);
        }
        Ok(outcomes)
    }

    /// Does the same with as many rows as a transaction takes.
    async fn import_some(
        &self,
        importing: &Importing<'_>,
        rows: &[NewRow],
        claimed: &mut HashMap<String, Claimed>,
    ) -> Result<Vec<Outcome>> {
        let Importing { import, attempt, dry_run, .. } = *importing;
        let mut retry = self.retry();
        let mut consistency = Eventual;
        let judged = loop {
            let there = self.there(rows, consistency).await?;
            let mut within = claimed.clone();
            let judged: Vec<Judged> = rows.iter().map(|row| there.judge(import, row, attempt, &mut within)).collect();
            if dry_run || self.add_books(import, rows, &judged, importing.edit.actor).await? {
                *claimed = if dry_run { within } else { HashMap::new() };
                break judged;
            }
            // Somebody has added one of them in between.
            consistency = Strong;
            retry.again_or_busy().await?;
        };
        let mut outcomes = Vec::with_capacity(rows.len());
        for (row, judged) in rows.iter().zip(judged) {
            outcomes.push(match judged.outcome {
                Outcome::There(holder) => self.use_duplicate(importing, row, holder).await?,
                outcome => outcome,
            });
        }
        Ok(outcomes)
    }

    /// Reads which rows are there.
    async fn there(&self, rows: &[NewRow], consistency: Consistency) -> Result<There> {
        let isbns = rows.iter().filter_map(|row| row.details.isbn.as_ref()).map(isbn_marker);
        let sources = rows.iter().filter(|row| row.details.isbn.is_none()).map(source_of);
        let codes = rows.iter().flat_map(|row| &row.barcodes).map(|barcode| code_key(barcode.as_str()));
        let own = rows.iter().filter_map(|row| row.own).map(book_key);
        let mut there = There::default();
        let first = unique(isbns.chain(sources).chain(codes).chain(own));
        there.take(self.table.get_batch(first, consistency).await?);
        let holders: HashSet<BookId> = there.markers.values().filter_map(|held| held.book).collect();
        let holders = holders.into_iter().filter(|book| !there.books.contains_key(book)).map(book_key);
        // A row whose ISBN is another book's needs its source instead.
        let shared = rows.iter().filter(|row| {
            row.details.isbn.as_ref().is_some_and(|isbn| there.markers.contains_key(&format!("isbn#{isbn}")))
        });
        let second = unique(holders.chain(shared.map(source_of)));
        there.take(self.table.get_batch(second, consistency).await?);
        Ok(there)
    }

    /// Adds the books of the rows that are judged to become some. Returns false if one of them cannot any more.
    async fn add_books(&self, import: ImportId, rows: &[NewRow], judged: &[Judged], actor: &Actor) -> Result<bool> {
        let new: Vec<_> =
            rows.iter().zip(judged).filter_map(|(row, judged)| Some((row, judged.new.as_ref()?))).collect();
        if new.is_empty() {
            return Ok(true);
        }
        let over = Instant::now() + Duration::from_secs_f64(new.len() as f64 / MOST_A_SECOND);
        let mut transaction = self.sessions.transaction(actor);
        let ids = new.iter().map(|(_, new)| new.book).collect();
        transaction.add_all([self.journal.put(actor, Entry::of_books(Action::BooksImported, ids))]);
        for (row, new) in &new {
            let mut details = row.details.clone();
            details.isbn.clone_from(&new.isbn);
            let source = new.isbn.is_none().then(|| row.source.clone());
            let record = Record::new(new.book, details, actor.id, Store::Books, actor.at).of_source(source);
            transaction.add_all([self.table.put(&record).if_new()]);
            let (import, row_number) = (Some(import), Some(row.row));
            transaction.add_all([match &new.isbn {
                Some(isbn) => self.claim_isbn_of_row(isbn, new.book, import, row_number),
                None => {
                    let (pk, sk) = (source_pk(&row.source), SOURCE.into());
                    self.table.put(&Source { pk, sk, book: new.book, import, row: row_number }).if_new()
                }
            }]);
            if !new.barcodes.is_empty() {
                transaction.add_all([Barcodes::of(&self.table, new.book, &new.barcodes)]);
                let markers = new.barcodes.iter().map(|barcode| Marker::of_copy(barcode, new.book));
                transaction.add_all(markers.map(|marker| claim(&self.table, &marker, actor.at)));
            }
        }
        let is_done = matches!(transaction.commit().await?, Committed::Done);
        if is_done {
            sleep_until(over).await;
        }
        Ok(is_done)
    }
}

/// Returns the keys of the ISBNs of rows, each once.
pub(super) fn isbns_of(rows: &[NewRow]) -> Vec<Key> {
    unique(rows.iter().filter_map(|row| row.details.isbn.as_ref()).map(isbn_marker))
}

fn source_of(row: &NewRow) -> Key {
    source_key(&row.source)
}

/// Returns each key once: DynamoDB refuses a batch that has one twice.
fn unique(keys: impl Iterator<Item = Key>) -> Vec<Key> {
    let mut seen = HashSet::new();
    keys.filter(|key| seen.insert(key.text())).collect()
}

/// Returns how many of the rows a transaction takes.
fn fitting(rows: &[NewRow]) -> usize {
    let mut items = 0;
    let fits = |row: &&NewRow| {
        items += 2 + if row.barcodes.is_empty() { 0 } else { 1 + row.barcodes.len() };
        items <= ITEMS
    };
    rows.iter().take(AT_ONCE).take_while(fits).count().max(1)
}

//! Imports: files of books that come in part by part.
//!
//! | question                      | key                            | call                      | units                        |
//! |-------------------------------|--------------------------------|---------------------------|------------------------------|
//! | an import                     | imports#u / id                 | GetItem, strong           | 1 R                          |
//! | a user's imports              | imports#u                      | Query                     | ½ R for 4 KB                 |
//! | begin one                     | imports#u / id                 | PutItem                   | 1 W                          |
//! | how its file is read          | import#id / plan               | PutItem once, GetItem     | 1 W, then 1 R a part         |
//! | what became of a part         | import#id / part#n             | PutItem once, GetItem     | 1 W for 1 KB, 1 R for 4 KB   |
//! | a part is done                | imports#u / id                 | UpdateItem, conditional   | 1 W                          |
//! | how many rows a reader may send in a day | limit#import#u#w / limit | UpdateItem           | 1 W a part                   |
//! | which rows are there already  | isbn#i, source#s, code#c; then book#b | BatchGetItem       | ½ R each                     |
//! | add up to 40 books            | book#b, isbn#i or source#s, its barcodes | one transaction | 10 W a book, and 4           |
//!
//! A book that came from a file has one marker: that of its ISBN or, without one, an item `source#…` of what named it where it came
//! from. The book and its marker are put together, and only if the marker does not exist. So the same row sent twice makes one book, whoever sends
//! it. The marker of an imported book also says of which row it is: a part that is sent again is told *added*, as the first time.
//! A `source#…` goes with its book, and an ISBN's marker does too.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Library;
use super::barcodes::Barcodes;
use super::book::{Details, Record, Store, book_key};
use super::books::isbn_marker;
use super::codes::{Marker, claim, code_key};
use crate::tables::accounts::limits::{Limit, Reached};
use crate::tables::fault::{Failure, Result};
use crate::tables::journal::{Action, Actor, Entry};
use crate::tables::key::{Item, Key};
use crate::tables::table::Consistency::{self, Eventual, Strong};
use crate::tables::table::{Page, from_item, readable, to_value};
use crate::tables::write::{Committed, Write, Written};
use crate::values::{Barcode, BookId, ImportId, Isbn, Name, UserId, fold, milliseconds};

/// The most books of a transaction: with the journal's row, which names them in 1 KB, they cost 10.1 units each.
const AT_ONCE: usize = 40;
/// The most items of a transaction that are the books'. DynamoDB takes 100; the caller and the journal's row are two.
const ITEMS: usize = 98;
/// The most barcodes that a book brings along.
pub const MOST_BARCODES: usize = 90;
/// How long an import can be read.
const RETENTION: SignedDuration = SignedDuration::from_hours(90 * 24);
/// The rows that a user sends in a day who is no librarian.
const ROWS: Limit = Limit::new("import", 10_000, 86_400);

/// How an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It takes parts.
    Open,
    /// It takes no more.
    Finished,
}

/// An import.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// What its owner calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "goodreads_library_export.csv")]
    pub name: Option<Name>,
    /// Whether it takes parts.
    pub state: State,
    /// Whether it only says what would happen.
    pub dry_run: bool,
    /// The format, as named or found. Absent until the first part, if it was not named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "goodreads")]
    pub format: Option<String>,
    /// The number of the part that is expected next, from 1.
    #[schema(example = 3)]
    pub next_part: u32,
    /// How many bytes of the file are done: it goes on there.
    #[schema(example = 1_048_210)]
    pub bytes: u64,
    /// How many rows are done.
    pub rows: u64,
    /// How many of them became books.
    pub added: u64,
    /// How many of them were there already.
    pub skipped: u64,
    /// How many of them could not be taken.
    pub failed: u64,
    /// When it began.
    #[serde(serialize_with = "milliseconds")]
    pub created_at: Timestamp,
}

/// How a file is read: what the client said of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Wishes {
    /// The word of the format.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The label of the encoding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Columns by the fields that they are for.
    #[serde(default, skip_serializing_if = "HashMap::is_empty")]
    pub columns: HashMap<String, String>,
}

/// An import as stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    pk: String,
    sk: String,
    #[serde(flatten)]
    import: Import,
    wishes: Wishes,
    /// The line on which the next row begins.
    line: u64,
    expires_at: i64,
}

/// An import that takes a part.
#[derive(Debug, Clone)]
pub struct Open {
    /// The import.
    pub import: Import,
    /// What the client said of the file.
    pub wishes: Wishes,
    /// The line on which the next row begins.
    pub line: u64,
}

/// What became of a part, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Its rows.
    pub rows: u64,
    /// Those that became books.
    pub added: u64,
    /// Those that were there already.
    pub skipped: u64,
    /// Those that could not be taken.
    pub failed: u64,
}

/// A part that is done: its answer, and where the next one begins.
pub struct Done<'a> {
    /// The number of the part.
    pub part: u32,
    /// What identifies its bytes.
    pub digest: &'a str,
    /// Its answer and all its problems, packed by the function.
    pub report: Vec<u8>,
    /// Whether a row has a problem.
    pub has_problems: bool,
    /// The format.
    pub format: &'a str,
    /// The numbers.
    pub totals: Totals,
    /// The bytes before the next part.
    pub bytes: u64,
    /// The line on which it begins.
    pub line: u64,
}

/// What became of a part that was done before.
#[derive(Debug, Clone)]
pub struct Report {
    /// The number of the part.
    pub part: u32,
    /// What identifies its bytes.
    pub digest: String,
    /// What the function packed.
    pub packed: Vec<u8>,
}

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
}

/// What has an ISBN or a source already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// An earlier row of the same file.
    Row(u64),
    /// A book.
    Book(BookId),
    /// A book of the archive.
    Archived(BookId),
}

/// The item that keeps a source unique.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Source {
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
struct Held {
    pk: String,
    book: Option<BookId>,
    import: Option<ImportId>,
    row: Option<u64>,
    /// The book that has it as a barcode.
    barcode: Option<BookId>,
}

const SOURCE: &str = "source";
const PLAN: &str = "plan";

fn source_pk(source: &str) -> String {
    format!("source#{source}")
}

fn import_key(owner: UserId, id: ImportId) -> Key {
    Key::of(format!("imports#{owner}")).and(id)
}

fn part_key(id: ImportId, part: u32) -> Key {
    Key::of(format!("import#{id}")).and(format!("part#{part:06}"))
}

fn plan_key(id: ImportId) -> Key {
    Key::of(format!("import#{id}")).and(PLAN)
}

/// Returns the write that releases a source, which a book has as `source`.
pub(super) fn release_source(library: &Library, source: &str) -> Write {
    library.table.delete(Key::of(source_pk(source)).and(SOURCE))
}

impl Library {
    /// Begins an import.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn begin_import(
        &self,
        id: ImportId,
        name: Option<Name>,
        wishes: Wishes,
        dry_run: bool,
        actor: &Actor,
    ) -> Result<Import> {
        let import = Import {
            id,
            name,
            state: State::Open,
            dry_run,
            format: wishes.format.clone(),
            next_part: 1,
            bytes: 0,
            rows: 0,
            added: 0,
            skipped: 0,
            failed: 0,
            created_at: actor.at,
        };
        let (pk, sk) = (format!("imports#{}", actor.id), id.to_string());
        let expires_at = (actor.at + RETENTION).as_second();
        let stored = Stored { pk, sk, import, wishes, line: 1, expires_at };
        self.table.put(&stored).send().await?;
        Ok(stored.import)
    }

    /// Reads an import of a user.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn get_import(&self, owner: UserId, id: ImportId, now: Timestamp) -> Result<Option<Open>> {
        let stored: Option<Stored> = self.table.get(import_key(owner, id), Strong).await?;
        let stored = stored.filter(|stored| stored.expires_at > now.as_second());
        Ok(stored.map(|Stored { import, wishes, line, .. }| Open { import, wishes, line }))
    }

    /// Lists up to `limit` imports of a user after one, the newest first.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn list_imports(
        &self,
        owner: UserId,
        limit: usize,
        after: Option<ImportId>,
    ) -> Result<Page<Import, ImportId>> {
        let query = self.table.query("pk = :owner").value(":owner", format!("imports#{owner}")).backwards();
        let page = query.after(after.map(|id| import_key(owner, id).into_item())).items(limit + 1).await?;
        let mut items: Vec<Import> =
            page.items.into_iter().filter_map(readable::<Stored>).map(|stored| stored.import).collect();
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|last| last.id);
        Ok(Page { items, next })
    }

    /// Stores how the file of an import is read.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn put_plan(&self, id: ImportId, plan: &str, now: Timestamp) -> Result<()> {
        let mut item = plan_key(id).into_item();
        item.insert("text".into(), to_value(plan));
        item.insert("expiresAt".into(), to_value((now + RETENTION).as_second()));
        self.table.put_item(item).send().await.map(drop)
    }

    /// Reads how the file of an import is read.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn get_plan(&self, id: ImportId) -> Result<Option<String>> {
        let item = self.table.get_item(plan_key(id), Strong).await?;
        Ok(item.and_then(|item| item.get("text")?.as_s().ok().cloned()))
    }

    /// Reads what became of a part.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn get_part(&self, id: ImportId, part: u32) -> Result<Option<Report>> {
        Ok(self.table.get_item(part_key(id, part), Strong).await?.and_then(|item| report(&item)))
    }

    /// Reads up to `limit` parts of an import after one that have problems.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn list_parts(&self, id: ImportId, limit: usize, after: u32) -> Result<Page<Report, u32>> {
        let query =
            self.table.query("pk = :import AND begins_with(sk, :part)").value(":import", format!("import#{id}"));
        let start = (after > 0).then(|| part_key(id, after).into_item());
        let page = query.value(":part", "part#").after(start).items(limit).await?;
        let last = page.items.last().and_then(report).map(|report| report.part);
        let has_problems = |item: &&Item| item.contains_key("problems");
        let items = page.items.iter().filter(has_problems).filter_map(report).collect();
        Ok(Page { items, next: last.filter(|_| page.next.is_some()) })
    }

    /// Counts rows of a user.
    ///
    /// # Errors
    /// [`Reached`] if that many are too many today; a fault of the table.
    pub async fn count_rows(&self, user: UserId, rows: usize, now: Timestamp) -> Result<(), Failure<Reached>> {
        let key = ROWS.key(&user.to_string(), now).and("limit");
        let update = ROWS.count_some(&self.table, key, u32::try_from(rows).unwrap_or(u32::MAX), now);
        match update.send_once().await? {
            Written::Done(_) => Ok(()),
            Written::Refused(_) => Err(Failure::Refused(ROWS.reached(now))),
        }
    }

    /// Records that a part is done. Returns false if another request has recorded it.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn part_is_done(&self, owner: UserId, id: ImportId, done: Done<'_>, now: Timestamp) -> Result<bool> {
        let mut part = part_key(id, done.part).into_item();
        part.insert("digest".into(), to_value(done.digest));
        part.insert("report".into(), AttributeValue::B(Blob::new(done.report)));
        part.insert("expiresAt".into(), to_value((now + RETENTION).as_second()));
        if done.has_problems {
            part.insert("problems".into(), to_value(true));
        }
        // Before the import says so: a part that it counts has its answer.
        if let Written::Refused(_) = self.table.put_item(part).if_new().send().await? {
            let same = self.get_part(id, done.part).await?.is_some_and(|report| report.digest == done.digest);
            if !same {
                return Ok(false);
            }
        }
        let totals = "SET nextPart = :next, #format = :format, #bytes = :bytes, line = :line, #rows = #rows + :rows, \
            added = added + :added, skipped = skipped + :skipped, failed = failed + :failed";
        let update = self.table.update(import_key(owner, id), totals).when("nextPart = :part AND #state = :open");
        let update =
            update.name("#format", "format").name("#bytes", "bytes").name("#rows", "rows").name("#state", "state");
        let update = update.value(":next", done.part + 1).value(":part", done.part).value(":open", State::Open);
        let update = update.value(":format", done.format).value(":bytes", done.bytes).value(":line", done.line);
        let Totals { rows, added, skipped, failed } = done.totals;
        let update = update.value(":rows", rows).value(":added", added).value(":skipped", skipped);
        Ok(matches!(update.value(":failed", failed).send().await?, Written::Done(_)))
    }

    /// Ends an import: it takes no more parts.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn finish_import(&self, owner: UserId, id: ImportId) -> Result<Option<Import>> {
        let update = self.table.update(import_key(owner, id), "SET #state = :finished").name("#state", "state");
        match update.value(":finished", State::Finished).if_exists().send().await? {
            Written::Done(item) => from_item::<Stored>(item).map(|stored| Some(stored.import)),
            Written::Refused(_) => Ok(None),
        }
    }

    /// Makes books of rows, in their order. What became of each is in the same order.
    ///
    /// # Errors
    /// A fault of the tables. Some of the rows may be books then; a second call makes books of the others.
    pub async fn import_rows(
        &self,
        import: ImportId,
        rows: &[NewRow],
        dry_run: bool,
        actor: &Actor,
    ) -> Result<Vec<Outcome>> {
        let mut outcomes = Vec::with_capacity(rows.len());
        let mut rest = rows;
        // What a dry run would have added.
        let mut claimed: HashMap<String, Claimed> = HashMap::new();
        while !rest.is_empty() {
            let (some, others) = rest.split_at(fitting(rest));
            rest = others;
            outcomes.extend(self.import_some(import, some, dry_run, actor, &mut claimed).await?);
        }
        Ok(outcomes)
    }

    /// Does the same with as many rows as a transaction takes.
    async fn import_some(
        &self,
        import: ImportId,
        rows: &[NewRow],
        dry_run: bool,
        actor: &Actor,
        claimed: &mut HashMap<String, Claimed>,
    ) -> Result<Vec<Outcome>> {
        let mut retry = self.retry();
        let mut consistency = Eventual;
        loop {
            let there = self.there(rows, consistency).await?;
            let mut within = claimed.clone();
            let judged: Vec<Judged> = rows.iter().map(|row| there.judge(import, row, actor, &mut within)).collect();
            if dry_run || self.add_books(import, rows, &judged, actor).await? {
                *claimed = if dry_run { within } else { HashMap::new() };
                return Ok(judged.into_iter().map(|judged| judged.outcome).collect());
            }
            // Somebody has added one of them in between.
            consistency = Strong;
            retry.again_or_busy().await?;
        }
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
        Ok(matches!(transaction.commit().await?, Committed::Done))
    }
}

/// What a row has claimed: its number, and its title.
#[derive(Debug, Clone)]
struct Claimed {
    row: u64,
    title: String,
}

/// What there is of the rows.
#[derive(Default)]
struct There {
    /// Markers by their partitions.
    markers: HashMap<String, Held>,
    /// Folded titles, and whether they are in the archive.
    books: HashMap<BookId, (String, bool)>,
}

/// What a row becomes.
struct Judged {
    outcome: Outcome,
    new: Option<NewBookOfRow>,
}

/// A book to be added.
struct NewBookOfRow {
    book: BookId,
    isbn: Option<Isbn>,
    barcodes: Vec<Barcode>,
}

impl There {
    fn take(&mut self, items: Vec<Item>) {
        for item in items {
            let pk = item.get("pk").and_then(|pk| pk.as_s().ok()).cloned().unwrap_or_default();
            if pk.starts_with("book#") {
                if let Some(record) = readable::<Record>(item) {
                    let title = fold(record.details.title.as_str());
                    self.books.insert(record.pk.0, (title, record.is_in(Store::Archive)));
                }
            } else if let Some(held) = readable::<Held>(item) {
                self.markers.insert(held.pk.clone(), held);
            }
        }
    }

    fn holder(&self, import: ImportId, held: &Held) -> Option<Holder> {
        let book = held.book?;
        Some(match (held.row, self.books.get(&book)) {
            (Some(row), _) if held.import == Some(import) => Holder::Row(row),
            (_, Some((_, true))) => Holder::Archived(book),
            _ => Holder::Book(book),
        })
    }

    fn judge(&self, import: ImportId, row: &NewRow, actor: &Actor, claimed: &mut HashMap<String, Claimed>) -> Judged {
        let there = |holder| Judged { outcome: Outcome::There(holder), new: None };
        let is_this_row = |held: &Held| held.import == Some(import) && held.row == Some(row.row);
        let title = fold(row.details.title.as_str());
        let isbn_pk = row.details.isbn.as_ref().map(|isbn| format!("isbn#{isbn}"));
        let source_pk = source_pk(&row.source);
        // What was added before, by a request whose answer was lost.
        let own = isbn_pk.iter().chain([&source_pk]).filter_map(|pk| self.markers.get(pk));
        let own = own.filter(|held| is_this_row(held)).find_map(|held| held.book);
        if let Some(book) = row.own.filter(|book| self.books.contains_key(book)) {
            let is_old = self.books.get(&book).is_some_and(|(_, is_old)| *is_old);
            return there(if is_old { Holder::Archived(book) } else { Holder::Book(book) });
        }
        let mut isbn_of = None;
        if let Some(pk) = &isbn_pk {
            let in_file = claimed.get(pk).map(|claimed| (Holder::Row(claimed.row), claimed.title.clone()));
            let held = self.markers.get(pk).filter(|held| !is_this_row(held)).and_then(|held| {
                let (title, _) = held.book.and_then(|book| self.books.get(&book))?;
                Some((self.holder(import, held)?, title.clone()))
            });
            if let Some((holder, other)) = in_file.or(held) {
                if title.starts_with(&other) || other.starts_with(&title) {
                    return there(holder);
                }
                isbn_of = Some(holder);
            }
        }
        let isbn = row.details.isbn.clone().filter(|_| isbn_of.is_none());
        if isbn.is_none() {
            if let Some(claimed) = claimed.get(&source_pk) {
                return there(Holder::Row(claimed.row));
            }
            if let Some(held) = self.markers.get(&source_pk).filter(|held| !is_this_row(held))
                && let Some(holder) = self.holder(import, held)
            {
                return there(holder);
            }
        }
        let pk = isbn.as_ref().map_or(source_pk, |isbn| format!("isbn#{isbn}"));
        claimed.insert(pk, Claimed { row: row.row, title: title.clone() });
        let (mut barcodes, mut taken) = (Vec::new(), Vec::new());
        for barcode in &row.barcodes {
            let pk = format!("code#{barcode}");
            let is_others = self.markers.get(&pk).is_some_and(|held| own.is_none() || held.barcode != own);
            if is_others || claimed.contains_key(&pk) {
                taken.push(barcode.clone());
            } else {
                claimed.insert(pk, Claimed { row: row.row, title: title.clone() });
                barcodes.push(barcode.clone());
            }
        }
        let book = own.unwrap_or_else(|| book_id(actor.at, row.row, row, import));
        let new = own.is_none().then_some(NewBookOfRow { book, isbn, barcodes });
        Judged { outcome: Outcome::Added { book, isbn_of, taken }, new }
    }
}

/// Returns the id of a row's book. Within one millisecond, ids sort as the rows do: their first random bits are the row's number.
fn book_id(at: Timestamp, number: u64, row: &NewRow, import: ImportId) -> BookId {
    use sha2::{Digest, Sha256};
    let hash = Sha256::new().chain_update(import.as_bytes()).chain_update(number.to_be_bytes());
    let hash: [u8; 32] = hash.chain_update(row.details.title.as_str()).finalize().into();
    let mut random = [0; 10];
    random.copy_from_slice(&hash[..10]);
    let [.., high, low] = number.to_be_bytes();
    // The version takes the place of the first four bits.
    random[0] = high & 0x0f;
    random[1] = low;
    BookId::new(at, random)
}

fn source_of(row: &NewRow) -> Key {
    Key::of(source_pk(&row.source)).and(SOURCE)
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

fn report(part: &Item) -> Option<Report> {
    let number = part.get("sk")?.as_s().ok()?.strip_prefix("part#")?.parse().ok()?;
    let digest = part.get("digest")?.as_s().ok()?.clone();
    let packed = part.get("report")?.as_b().ok()?.as_ref().to_vec();
    Some(Report { part: number, digest, packed })
}

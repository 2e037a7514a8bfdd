//! Imports: files of books that come in part by part.
//!
//! | question                      | key                            | call                      | units                        |
//! |-------------------------------|--------------------------------|---------------------------|------------------------------|
//! | an import                     | imports#u / id                 | GetItem, strong           | 1 R                          |
//! | a user's imports              | imports#u                      | Query                     | ½ R for 4 KB                 |
//! | begin one                     | imports#u / id                 | PutItem                   | 1 W                          |
//! | how its file is read          | import#id / plan               | PutItem once, GetItem     | 1 W, then 1 R a part         |
//! | a part is claimed for its bytes | import#id / part#n           | PutItem, if it is new     | 1 W                          |
//! | what became of a part         | import#id / part#n             | PutItem, GetItem          | 1 W for 1 KB, 1 R for 4 KB   |
//! | a part is done                | imports#u / id                 | UpdateItem, conditional   | 1 W                          |
//! | how many rows a reader may send in a day | limit#import#u#w / limit | UpdateItem           | 1 W a part                   |
//!
//! [`rows`] makes books of the rows of a part, and `judge` says of each row whether the library has it already.

mod judge;
pub mod rows;

use std::collections::HashMap;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Library;
use crate::tables::accounts::limits::{Limit, Reached};
use crate::tables::fault::{Failure, Result};
use crate::tables::journal::Actor;
use crate::tables::key::{Item, Key};
use crate::tables::table::Consistency::Strong;
use crate::tables::table::{Page, from_item, readable, to_value};
use crate::tables::write::Written;
use crate::values::{ImportId, Name, UserId, milliseconds};

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

const PLAN: &str = "plan";

fn import_key(owner: UserId, id: ImportId) -> Key {
    Key::of(format!("imports#{owner}")).and(id)
}

fn part_key(id: ImportId, part: u32) -> Key {
    Key::of(format!("import#{id}")).and(format!("part#{part:06}"))
}

fn plan_key(id: ImportId) -> Key {
    Key::of(format!("import#{id}")).and(PLAN)
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

    /// Claims the number of a part for its bytes, before its rows become books: of two parts with one number, one comes in. Returns
    /// false if the number is claimed for other bytes.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn claim_part(&self, id: ImportId, part: u32, digest: &str, now: Timestamp) -> Result<bool> {
        let mut item = part_key(id, part).into_item();
        item.insert("digest".into(), to_value(digest));
        item.insert("expiresAt".into(), to_value((now + RETENTION).as_second()));
        match self.table.put_item(item).if_new().showing_item().send().await? {
            Written::Done(_) => Ok(true),
            Written::Refused(there) => Ok(there.is_some_and(|item| item.get("digest") == Some(&to_value(digest)))),
        }
    }

    /// Records that a claimed part is done. Returns false if another request has recorded it.
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
        let claimed = self.table.put_item(part).when("digest = :digest").value(":digest", done.digest);
        if let Written::Refused(_) = claimed.send().await? {
            return Ok(false);
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
}

fn report(part: &Item) -> Option<Report> {
    let number = part.get("sk")?.as_s().ok()?.strip_prefix("part#")?.parse().ok()?;
    let digest = part.get("digest")?.as_s().ok()?.clone();
    let packed = part.get("report")?.as_b().ok()?.as_ref().to_vec();
    Some(Report { part: number, digest, packed })
}

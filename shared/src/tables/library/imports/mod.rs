//! Imports: files of books that come in part by part.
//!
//! | question                      | key                            | call                      | units                        |
//! |-------------------------------|--------------------------------|---------------------------|------------------------------|
//! | an import                     | imports#u / id                 | GetItem, strong           | 1 R                          |
//! | a user's imports              | imports#u                      | Query                     | ½ R for 4 KB                 |
//! | begin one                     | imports#u / id                 | PutItem                   | 1 W                          |
//! | it takes no more parts        | imports#u / id                 | UpdateItem, conditional   | 1 W                          |
//! | how its file is read          | import#id / plan               | PutItem once, GetItem     | 1 W, then 1 R a part         |
//!
//! [`parts`] are the parts of its file, [`rows`] makes books of the rows of a part, and `judge` says of each row whether the library
//! has it already. [`duplicates`] says what such a row changes, and [`undo`] takes the books out again. `favorites` makes favorites of rows
//! instead. [`members`] is what this table has of readers that come from a file.

pub mod duplicates;
mod favorites;
pub(crate) mod judge;
pub mod members;
pub mod parts;
pub mod rows;
pub mod undo;

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use self::duplicates::OnDuplicate;
use self::undo::Undo;
use super::Library;
use crate::tables::fault::Result;
use crate::tables::journal::Actor;
use crate::tables::key::Key;
use crate::tables::table::Consistency::Strong;
use crate::tables::table::{Page, from_item, readable, to_value};
use crate::tables::write::Written;
use crate::values::{ImportId, Name, UserId, milliseconds};

/// How long an import can be read.
const RETENTION: SignedDuration = SignedDuration::from_hours(90 * 24);

/// How an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It takes parts.
    Open,
    /// It takes no more.
    Finished,
    /// It takes no more, and its books are being taken out of the library again.
    Undoing,
    /// Its books were taken out of the library again.
    Undone,
}

/// A list of a reader's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Shelf {
    /// Their favorites.
    Favorites,
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
    /// What becomes of rows that the library has.
    #[serde(default)]
    pub on_duplicate: OnDuplicate,
    /// Where the rows go, if not into the library.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub shelf: Option<Shelf>,
    /// Whether rows that lack a title or an author are filled with what was looked up by their ISBN.
    #[serde(default)]
    pub enrich: bool,
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
    /// How many of them became books, or favorites.
    pub added: u64,
    /// How many of them changed a book that was there already.
    #[serde(default)]
    pub updated: u64,
    /// How many of them were there already.
    pub skipped: u64,
    /// How many of them could not be taken.
    pub failed: u64,
    /// When it began.
    #[serde(serialize_with = "milliseconds")]
    pub created_at: Timestamp,
    /// What became of its books, if they are or were taken out of the library again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub undo: Option<Undo>,
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

/// An import that begins.
#[derive(Debug, Default)]
pub struct NewImport {
    /// What its owner calls it.
    pub name: Option<Name>,
    /// How the file is read.
    pub wishes: Wishes,
    /// Whether it only says what would happen.
    pub dry_run: bool,
    /// What becomes of rows that the library has.
    pub on_duplicate: OnDuplicate,
    /// Where the rows go, if not into the library.
    pub shelf: Option<Shelf>,
    /// Whether rows are filled with what was looked up by their ISBN.
    pub enrich: bool,
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
    /// How far the first letters to its readers are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    invited: Option<Invited>,
    expires_at: i64,
}

/// How far the first letters to the readers of an import are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Invited {
    /// The parts that are done.
    parts: u32,
    /// The rows of the file that are done.
    rows: u64,
}

impl Stored {
    /// TTL deletes expired items days late.
    fn is_live(&self, now: Timestamp) -> bool {
        self.expires_at > now.as_second()
    }
}

/// Returns when an import ends, and all that is stored of its file with it.
fn ends(id: ImportId) -> i64 {
    (id.created_at() + RETENTION).as_second()
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

const PLAN: &str = "plan";

fn import_key(owner: UserId, id: ImportId) -> Key {
    Key::of(format!("imports#{owner}")).and(id)
}

fn plan_key(id: ImportId) -> Key {
    Key::of(format!("import#{id}")).and(PLAN)
}

impl Library {
    /// Begins an import.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn begin_import(&self, id: ImportId, new: NewImport, actor: &Actor) -> Result<Import> {
        let NewImport { name, wishes, dry_run, on_duplicate, shelf, enrich } = new;
        let import = Import {
            id,
            name,
            state: State::Open,
            dry_run,
            on_duplicate,
            shelf,
            enrich,
            format: wishes.format.clone(),
            next_part: 1,
            bytes: 0,
            rows: 0,
            added: 0,
            updated: 0,
            skipped: 0,
            failed: 0,
            created_at: actor.at,
            undo: None,
        };
        let (pk, sk) = (format!("imports#{}", actor.id), id.to_string());
        let stored = Stored { pk, sk, import, wishes, line: 1, invited: None, expires_at: ends(id) };
        self.table.put(&stored).send().await?;
        Ok(stored.import)
    }

    /// Reads an import of a user.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn get_import(&self, owner: UserId, id: ImportId, now: Timestamp) -> Result<Option<Open>> {
        let stored: Option<Stored> = self.table.get(import_key(owner, id), Strong).await?;
        let stored = stored.filter(|stored| stored.is_live(now));
        Ok(stored.map(|Stored { import, wishes, line, .. }| Open { import, wishes, line }))
    }

    /// Lists up to `limit` imports of a user after one, the newest first. Expired ones are left out: they are the last.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn list_imports(
        &self,
        owner: UserId,
        limit: usize,
        after: Option<ImportId>,
        now: Timestamp,
    ) -> Result<Page<Import, ImportId>> {
        let query = self.table.query("pk = :owner").value(":owner", format!("imports#{owner}")).backwards();
        let page = query.after(after.map(|id| import_key(owner, id).into_item())).items(limit + 1).await?;
        let live = page.items.into_iter().filter_map(readable::<Stored>).filter(|stored| stored.is_live(now));
        let mut items: Vec<Import> = live.map(|stored| stored.import).collect();
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|last| last.id);
        Ok(Page { items, next })
    }

    /// Stores how the file of an import is read, for as long as the import.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn put_plan(&self, id: ImportId, plan: &str) -> Result<()> {
        let mut item = plan_key(id).into_item();
        item.insert("text".into(), to_value(plan));
        item.insert("expiresAt".into(), to_value(ends(id)));
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

    /// Ends an import: it takes no more parts. One that has ended, whichever way, stays as it is.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn finish_import(&self, owner: UserId, id: ImportId) -> Result<Option<Import>> {
        let update = self.table.update(import_key(owner, id), "SET #state = :finished").name("#state", "state");
        let update = update.value(":finished", State::Finished).when("#state = :open").value(":open", State::Open);
        match update.showing_item().send().await? {
            Written::Done(item) | Written::Refused(Some(item)) => {
                from_item::<Stored>(item).map(|stored| Some(stored.import))
            }
            Written::Refused(None) => Ok(None),
        }
    }
}

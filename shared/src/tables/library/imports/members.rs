//! Imports of readers: what of them is in the Library table. [`imported`](crate::tables::accounts::imported) makes their accounts.
//!
//! | question                       | key                              | call                         | units |
//! |--------------------------------|----------------------------------|------------------------------|-------|
//! | who has this id in their file  | source#s                         | part of a BatchGetItem       | ½ R   |
//! | a reader has it                | source#s                         | part of the reader's transaction | 2 W |
//! | what earlier requests have made of a part | import#id / part#n    | GetItem, strong              | 1 R   |
//! | it takes no more parts         | imports#u / id, and the journal  | one transaction              | 4 W   |
//! | how far the first letters are  | imports#u / id                   | GetItem, strong; UpdateItem  | 1 R, 1 W a step |

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::judge::member_id;
use super::parts::{Part, part_key};
use super::rows::{SOURCE, source_key, source_pk};
use super::{Import, Invited, State, Stored, import_key};
use crate::tables::fault::Result;
use crate::tables::journal::{Actor, Entry};
use crate::tables::key::{Item, Key};
use crate::tables::library::Library;
use crate::tables::library::lending::loans::loans_key;
use crate::tables::table::Consistency::{self, Strong};
use crate::tables::table::{from_item, is_at};
use crate::tables::write::{Committed, Transaction, Write, Written};
use crate::values::{AttemptId, ImportId, UserId};

/// The item that says which reader has an id in a file.
#[derive(Serialize, Deserialize)]
struct Source {
    pk: String,
    sk: String,
    reader: UserId,
}

/// Readers of a file to whom the first letter has not been written.
pub(crate) enum Uninvited {
    /// These, by rows. The step after them is at the second.
    Some(Vec<Vec<UserId>>, Invited),
    /// Their part may still be coming in.
    Later,
    /// None: all are done, or the import was undone.
    None,
}

/// Returns the key of the item of an id in a file.
pub(crate) fn key_of_source(source: &str) -> Key {
    source_key(source)
}

/// Returns the id of such an item and the reader who has it; `None` if the item is another one.
pub(crate) fn reader_of_source(item: Item) -> Result<Option<(String, UserId)>> {
    if !is_at(&item, SOURCE) {
        return Ok(None);
    }
    let Source { pk, reader, .. } = from_item(item)?;
    Ok(pk.strip_prefix("source#").map(|source| (source.to_owned(), reader)))
}

impl Library {
    /// Reads the items that keep cards and ids in files unique.
    pub(crate) async fn get_markers(&self, keys: Vec<Key>, consistency: Consistency) -> Result<Vec<Item>> {
        self.table.get_batch(keys, consistency).await
    }

    /// Returns the write that says that a reader has an id in a file. It is refused if somebody else has it; but who is `gone` does not
    /// exist any more.
    pub(crate) fn claim_source(&self, source: &str, reader: UserId, gone: Option<UserId>) -> Write {
        let put = self.table.put(&Source { pk: source_pk(source), sk: SOURCE.into(), reader });
        match gone {
            Some(gone) => put.when("(attribute_not_exists(pk) OR reader = :gone)").value(":gone", gone),
            None => put.if_new(),
        }
    }

    /// Returns the check that a reader has never reserved or borrowed a book.
    pub(crate) fn check_no_loans(&self, reader: UserId) -> Write {
        self.table.check(loans_key(reader)).when("attribute_not_exists(pk)")
    }

    /// Returns those of some readers who have reserved or borrowed a book, now or before.
    pub(crate) async fn have_borrowed(&self, readers: &[UserId]) -> Result<Vec<UserId>> {
        let keys = readers.iter().map(|reader| loans_key(*reader)).collect();
        let found = self.table.get_batch(keys, Strong).await?;
        let reader = |item: &Item| item.get("pk")?.as_s().ok()?.strip_prefix("user#")?.parse().ok();
        Ok(found.iter().filter_map(reader).collect())
    }

    /// Returns the ids that other requests may have given to the readers of a part, request by request, each with its row.
    ///
    /// # Errors
    /// A fault of the table.
    pub(crate) async fn members_of_other_attempts(
        &self,
        id: ImportId,
        part: u32,
        attempt: AttemptId,
    ) -> Result<Vec<(u64, UserId)>> {
        let Some(part) = self.table.get::<Part>(part_key(id, part), Strong).await? else { return Ok(Vec::new()) };
        let others = part.attempts().filter(|other| *other != attempt);
        Ok(others.flat_map(|other| part.numbers().map(move |row| (row, member_id(other, row)))).collect())
    }

    /// Ends an import of readers: it takes no more parts, and `entry` says so in the journal. One that has ended, whichever way, stays as
    /// it is. `None` if there is no such import.
    ///
    /// # Errors
    /// A fault of the tables.
    pub async fn finish_import_of_members(&self, id: ImportId, actor: &Actor) -> Result<Option<Import>> {
        let mut retry = self.retry();
        loop {
            let Some(open) = self.get_import(actor.id, id, actor.at).await? else { return Ok(None) };
            if open.import.state != State::Open {
                return Ok(Some(open.import));
            }
            let update = self.table.update(import_key(actor.id, id), "SET #state = :finished").name("#state", "state");
            let update = update.value(":finished", State::Finished).when("#state = :open AND nextPart = :part");
            let update = update.value(":open", State::Open).value(":part", open.import.next_part);
            let mut transaction = self.sessions.transaction(actor);
            transaction.add_all([update, self.journal.put(actor, Entry::of_finished_import(actor.id, id))]);
            if let Committed::Done = transaction.commit().await? {
                return Ok(Some(Import { state: State::Finished, ..open.import }));
            }
            // A part has come in, or the import has ended.
            retry.again_or_busy().await?;
        }
    }

    /// Reads which readers of a finished import get their first letter next: those of up to `most` rows of one part.
    pub(crate) async fn uninvited(&self, owner: UserId, id: ImportId, most: u64, now: Timestamp) -> Result<Uninvited> {
        let stored: Option<Stored> = self.table.get(import_key(owner, id), Strong).await?;
        let Some(stored) = stored.filter(|stored| stored.import.state == State::Finished) else {
            return Ok(Uninvited::None);
        };
        let at = stored.invited.unwrap_or_default();
        let Some(part) = self.table.get::<Part>(part_key(id, at.parts + 1), Strong).await? else {
            return Ok(Uninvited::None);
        };
        if part.is_coming_until(now).is_some() {
            return Ok(Uninvited::Later);
        }
        let rows: Vec<u64> = part.numbers().filter(|row| *row > at.rows).collect();
        let some = rows.iter().take(usize::try_from(most).unwrap_or(usize::MAX));
        let of_row = |row: &u64| part.attempts().map(|attempt| member_id(attempt, *row)).collect();
        let readers: Vec<_> = some.map(of_row).collect();
        let is_last = readers.len() == rows.len();
        let done = at.rows.max(part.before) + readers.len() as u64;
        Ok(Uninvited::Some(readers, Invited { parts: at.parts + u32::from(is_last), rows: done }))
    }

    /// Records how far the first letters are. Returns false if the import was undone meanwhile.
    pub(crate) async fn are_invited(&self, owner: UserId, id: ImportId, next: Invited) -> Result<bool> {
        let update = self.table.update(import_key(owner, id), "SET invited = :next").name("#state", "state");
        let update = update.value(":next", next).when("#state = :finished").value(":finished", State::Finished);
        Ok(matches!(update.send().await?, Written::Done(_)))
    }

    /// Counts a reader who is taken out by an undo, in the transaction that does it.
    pub(crate) fn count_removed(&self, transaction: &mut Transaction, owner: UserId, id: ImportId, some: usize) {
        let count = self.table.update(import_key(owner, id), "SET #undo.removed = #undo.removed + :removed");
        let count = count.when("#state = :undoing").value(":undoing", State::Undoing).value(":removed", some);
        transaction.add_all([count.name("#state", "state").name("#undo", "undo")]);
    }
}

//! Undoing an import: its books go out of the library again.
//!
//! | question                      | key                             | call                      | units                         |
//! |-------------------------------|---------------------------------|---------------------------|-------------------------------|
//! | it takes no more parts        | imports#u / id                  | UpdateItem, conditional   | 1 W                           |
//! | which rows, of which attempts | import#id / part#n              | GetItem, strong           | 1 R a part                    |
//! | are these books as they came  | book#b, its lending and barcodes | BatchGetItem, strong     | ≤ 3 R a row                   |
//! | take up to 24 books out       | these, isbn#i or source#s, code#c | one transaction         | 14 W a book, 2 a barcode, and 6 |
//! | a part is undone              | imports#u / id                  | UpdateItem, conditional   | 1 W                           |
//! | put a book back that it changed | import#id / was#b, book#b     | as for a change by its owner | 3 R, 12 W + indexes        |
//!
//! The state comes first. From then on no part is claimed, so the attempts of a part are all that there will be. One that has not
//! recorded its end may still add books: it is waited for, for as long as a request can take. The transactions are conditional on what
//! makes a book as it came, so a book that is changed or reserved in between stays. They count what they take out; what stays is
//! counted with the step to the next part, which happens once. Books that the import has only changed come last. So two requests at a
//! time, and one that is cut off, do no harm.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::duplicates::{Cause, WAS, Was, was_key};
use super::judge::book_id;
use super::parts::{Part, part_key, partition};
use super::{Import, Shelf, State, Stored, import_key};
use crate::tables::fault::{Failure, Result};
use crate::tables::journal::{Action, Actor, Entry};
use crate::tables::library::Library;
use crate::tables::library::barcodes::{BARCODES, Barcodes, barcodes_key};
use crate::tables::library::book::{BOOK, BookKey, Record, book_key};
use crate::tables::library::books::{Edit, NotEdited, Scope, Versions};
use crate::tables::library::lending::copies::lending_key;
use crate::tables::sessions::Needs;
use crate::tables::table::Consistency::Strong;
use crate::tables::table::{from_item, is_at, readable};
use crate::tables::write::{Committed, Transaction, Write, Written};
use crate::values::{BookId, ImportId, UserId};

/// How many rows a call looks at: about 10 s of a busy laptop. A call begins no further part after them.
const MOST_ROWS: u64 = 1_000;
/// What a part counts at least: it is read, and noted.
const LEAST_ROWS: u64 = 50;
/// The rows whose books are read at once, three items each: as many as a transaction takes out that have no barcodes.
const AT_ONCE: usize = 24;
/// The most items of a transaction that are the books'. DynamoDB takes 100; the caller, the import and the journal's row are three.
const ITEMS: usize = 97;
/// The most books that a call puts back, and the most favorites that it removes.
const MOST_PUT_BACK: usize = 200;
/// The longest that a request may add books: the function has 28 s, and its clock may differ.
const LONGEST_ATTEMPT: SignedDuration = SignedDuration::from_secs(60);
/// What became of the books or readers of an import that are taken out of the library again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Undo {
    /// How many were taken out of the library, or of the favorites.
    #[schema(example = 398)]
    pub removed: u64,
    /// How many books that it had only changed are as they were before.
    #[serde(default)]
    pub restored: u64,
    /// How many stay as they are, and why.
    pub kept: Kept,
    /// The number of the part that is looked at next. It is over after the last part that was begun.
    #[schema(example = 2)]
    pub next_part: u32,
}

/// How many books or readers of an import stay in the library, and why.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Kept {
    /// Somebody has reserved or borrowed them, now or before; or, of readers, they have.
    pub reserved: u64,
    /// Somebody has changed them since, moved them to the archive, or changed their barcodes; or they cannot be read.
    pub changed: u64,
    /// Of readers: they have chosen a password, or have got a role.
    #[serde(default)]
    pub signed_in: u64,
}

impl Kept {
    /// Adds what stays of something else.
    #[must_use]
    pub(crate) fn and(self, other: Kept) -> Kept {
        Kept {
            reserved: self.reserved + other.reserved,
            changed: self.changed + other.changed,
            signed_in: self.signed_in + other.signed_in,
        }
    }
}

/// How far an undo has come.
pub struct Undoing {
    /// The import. It is over if it is undone.
    pub import: Import,
    /// How long to wait before the next call: a part may still be coming in.
    pub wait: Option<SignedDuration>,
}

/// What a call of an undo does next.
pub(crate) enum Step {
    /// It takes out what came of the part of that number.
    Part(u32, Part),
    /// It ends: nothing is left that came of a part.
    AllParts(Import),
    /// Nothing more.
    Over(Undoing),
}

/// A book of the import, as it is now.
struct Now {
    record: Record,
    is_lent: bool,
    barcodes: Option<Barcodes>,
}

impl Part {
    /// Returns until when a request may still make books of its rows.
    pub(super) fn is_coming_until(&self, now: Timestamp) -> Option<Timestamp> {
        let ends = self.going().map(|attempt| attempt.created_at() + LONGEST_ATTEMPT);
        ends.filter(|end| *end > now).max()
    }

    /// Returns how many rows it counts among those that a call looks at.
    pub(crate) fn weight(&self) -> u64 {
        LEAST_ROWS + self.rows * self.attempts().count() as u64
    }

    /// Returns the ids that its books may have: those of each attempt, which have one millisecond.
    fn books(&self) -> impl Iterator<Item = Vec<BookId>> {
        self.attempts().map(|attempt| self.numbers().map(|row| book_id(attempt, row)).collect())
    }
}

impl Now {
    /// Returns how many items are about it.
    fn items(&self) -> usize {
        4 + self.barcodes.as_ref().map_or(0, |barcodes| barcodes.codes.len())
    }

    fn is_changed(&self) -> bool {
        !self.record.is_as_imported() || self.barcodes.as_ref().is_some_and(|barcodes| !barcodes.of_file)
    }
}

impl Library {
    /// Takes books of an import out of the library again: those that nobody has changed, reserved or borrowed since. A call does a
    /// part of the work; the next one goes on. `None` if there is no such import.
    ///
    /// # Errors
    /// A fault of the tables. What was taken out before it stays out.
    pub async fn undo_import(
        &self,
        owner: UserId,
        id: ImportId,
        (actor, scope): (&Actor, Scope),
    ) -> Result<Option<Undoing>> {
        let (mut rows, mut next) = (0, self.begin_undo(owner, id).await?);
        while let Some(import) = next {
            if import.shelf == Some(Shelf::Favorites) {
                return self.undo_favorites(owner, import, actor).await;
            }
            match self.step_of_undo(import, rows >= MOST_ROWS, actor.at).await? {
                Step::Over(undoing) => return Ok(Some(undoing)),
                Step::AllParts(import) => {
                    if !self.put_back_some(owner, id, (actor, scope)).await? {
                        return Ok(Some(Undoing { import, wait: None }));
                    }
                    return self.end_undo(owner, id).await;
                }
                Step::Part(number, part) => {
                    let mut kept = Kept::default();
                    for books in part.books() {
                        for some in books.chunks(AT_ONCE) {
                            kept = kept.and(self.take_out(owner, id, some, actor).await?);
                        }
                    }
                    rows += part.weight();
                    next = self.part_is_undone(owner, id, number, kept).await?;
                }
            }
        }
        Ok(None)
    }

    /// Returns the part of an import whose books or readers are taken out next. If the call `has_done_enough`, it is left to the next one.
    pub(crate) async fn step_of_undo(&self, import: Import, has_done_enough: bool, now: Timestamp) -> Result<Step> {
        let (State::Undoing, Some(Undo { next_part, .. })) = (import.state, import.undo) else {
            return Ok(Step::Over(Undoing { import, wait: None }));
        };
        if has_done_enough {
            return Ok(Step::Over(Undoing { import, wait: None }));
        }
        Ok(match self.table.get::<Part>(part_key(import.id, next_part), Strong).await? {
            // A dry run has added nothing.
            Some(part) if !import.dry_run => match part.is_coming_until(now) {
                Some(end) => Step::Over(Undoing { import, wait: Some(end.duration_since(now)) }),
                None => Step::Part(next_part, part),
            },
            _ => Step::AllParts(import),
        })
    }

    /// Removes favorites that came with an import.
    async fn undo_favorites(&self, owner: UserId, import: Import, actor: &Actor) -> Result<Option<Undoing>> {
        if import.state == State::Undone {
            return Ok(Some(Undoing { import, wait: None }));
        }
        // The last part that is done may have been sent twice, and one of the two may still be on its way.
        for number in [import.next_part - 1, import.next_part] {
            let part = self.table.get::<Part>(part_key(import.id, number), Strong).await?;
            if let Some(end) = part.and_then(|part| part.is_coming_until(actor.at)) {
                return Ok(Some(Undoing { import, wait: Some(end.duration_since(actor.at)) }));
            }
        }
        if self.remove_favorites_of(import.id, MOST_PUT_BACK, actor).await? {
            return self.end_undo(owner, import.id).await;
        }
        let now = self.get_import(owner, import.id, actor.at).await?;
        Ok(now.map(|open| Undoing { import: open.import, wait: None }))
    }

    /// Says that the import takes no more parts. Returns it as it is then.
    pub(crate) async fn begin_undo(&self, owner: UserId, id: ImportId) -> Result<Option<Import>> {
        let begun = Undo { removed: 0, restored: 0, kept: Kept::default(), next_part: 1 };
        let update = self.table.update(import_key(owner, id), "SET #state = :undoing, #undo = :begun");
        let update = update.value(":undoing", State::Undoing).value(":begun", begun);
        let update = update.when("attribute_exists(pk) AND attribute_not_exists(#undo)");
        changed(named(update)).await
    }

    /// Says that it is over.
    pub(crate) async fn end_undo(&self, owner: UserId, id: ImportId) -> Result<Option<Undoing>> {
        let update = self.table.update(import_key(owner, id), "SET #state = :undone").if_exists();
        let undone = changed(update.name("#state", "state").value(":undone", State::Undone)).await?;
        Ok(undone.map(|import| Undoing { import, wait: None }))
    }

    /// Counts what stays of a part, and goes on to the next one, unless another request has done so.
    pub(crate) async fn part_is_undone(
        &self,
        owner: UserId,
        id: ImportId,
        part: u32,
        kept: Kept,
    ) -> Result<Option<Import>> {
        let next = "SET #undo.nextPart = :next, #undo.kept.#reserved = #undo.kept.#reserved + :reserved, \
            #undo.kept.#changed = #undo.kept.#changed + :changed, \
            #undo.kept.signedIn = if_not_exists(#undo.kept.signedIn, :none) + :signedIn";
        let update =
            self.table.update(import_key(owner, id), next).when("#state = :undoing AND #undo.nextPart = :part");
        let update = update.name("#reserved", "reserved").name("#changed", "changed").value(":undoing", State::Undoing);
        let update = update.value(":reserved", kept.reserved).value(":changed", kept.changed);
        let update = update.value(":signedIn", kept.signed_in).value(":none", 0);
        changed(named(update.value(":next", part + 1).value(":part", part))).await
    }

    /// Takes those of the books out that are as they came. Returns how many stay.
    async fn take_out(&self, owner: UserId, id: ImportId, books: &[BookId], actor: &Actor) -> Result<Kept> {
        let mut retry = self.retry();
        loop {
            let mut kept = Kept::default();
            let mut out = Vec::new();
            let (found, unreadable) = self.books_now(books).await?;
            kept.changed += unreadable;
            for book in found {
                if book.is_lent {
                    kept.reserved += 1;
                } else if book.is_changed() {
                    kept.changed += 1;
                } else {
                    out.push(book);
                }
            }
            let mut are_out = true;
            let mut rest = out.as_slice();
            while are_out && !rest.is_empty() {
                let (some, others) = rest.split_at(fitting(rest));
                rest = others;
                are_out = self.remove_books(owner, id, some, actor).await?;
            }
            if are_out {
                return Ok(kept);
            }
            // Somebody has changed one of them in between, or another request is faster.
            retry.again_or_busy().await?;
        }
    }

    /// Puts some of the books back that the import has changed. Returns whether these were the last.
    async fn put_back_some(&self, owner: UserId, id: ImportId, (actor, scope): (&Actor, Scope)) -> Result<bool> {
        let query = self.table.query("pk = :import AND begins_with(sk, :was)").strong();
        let query = query.value(":import", partition(id)).value(":was", WAS);
        let page = query.items(MOST_PUT_BACK).await?;
        for was in page.items.into_iter().filter_map(readable::<Was>) {
            let edit = Edit { scope, versions: Versions::OneOf(vec![was.left]), actor };
            let cause = Cause::Undo { owner, import: id };
            let restored = match self.table.get_item(book_key(was.book), Strong).await? {
                // One that cannot be read holds up no other.
                Some(item) if readable::<Record>(item.clone()).is_none() => Err(Failure::Refused(NotEdited::Stale)),
                _ => self.change_because(was.book, |_| was.before.clone(), &edit, cause).await,
            };
            let stays = match restored {
                Ok(_) => continue,
                Err(Failure::Refused(NotEdited::InUse)) => "reserved",
                Err(Failure::Refused(_)) => "changed",
                Err(Failure::Fault(fault)) => return Err(fault),
            };
            let update = self.table.update(import_key(owner, id), "SET #undo.kept.#why = #undo.kept.#why + :one");
            let update = update.when("#state = :undoing").value(":undoing", State::Undoing).value(":one", 1);
            let mut transaction = Transaction::default();
            transaction.add_all([named(update.name("#why", stays)), self.forget_was(id, was.book)]);
            // A refusal means that another request has counted it.
            transaction.commit().await?;
        }
        Ok(page.next.is_none())
    }

    /// Returns the writes that go with putting a book back.
    pub(super) fn counted_as_restored(&self, owner: UserId, id: ImportId, book: BookId) -> Vec<Write> {
        let restored = "SET #undo.restored = if_not_exists(#undo.restored, :none) + :one";
        let count = self.table.update(import_key(owner, id), restored).when("#state = :undoing");
        let count = count.value(":undoing", State::Undoing).value(":none", 0).value(":one", 1);
        vec![named(count), self.forget_was(id, book)]
    }

    fn forget_was(&self, id: ImportId, book: BookId) -> Write {
        self.table.delete(was_key(id, book)).if_exists()
    }

    /// Reads those of the books that there are. Returns them, and how many cannot be read: these hold up no other.
    async fn books_now(&self, books: &[BookId]) -> Result<(Vec<Now>, u64)> {
        let keys = books.iter().flat_map(|book| [book_key(*book), lending_key(*book), barcodes_key(*book)]);
        let (mut found, mut lent, mut barcodes) = (Vec::new(), Vec::new(), HashMap::new());
        let mut unreadable = HashSet::new();
        for item in self.table.get_batch(keys.collect(), Strong).await? {
            let Some(pk) = item.get("pk").and_then(|pk| pk.as_s().ok()).cloned() else { continue };
            if is_at(&item, BOOK) {
                match readable::<Record>(item) {
                    Some(record) => found.push(record),
                    None => drop(unreadable.insert(pk)),
                }
            } else if is_at(&item, BARCODES) {
                match readable::<Barcodes>(item) {
                    Some(list) => drop(barcodes.insert(pk, list)),
                    None => drop(unreadable.insert(pk)),
                }
            } else {
                lent.push(pk);
            }
        }
        let now = |record: Record| {
            let pk = record.pk.to_string();
            Now { record, is_lent: lent.contains(&pk), barcodes: barcodes.remove(&pk) }
        };
        found.retain(|record| !unreadable.contains(&record.pk.to_string()));
        Ok((found.into_iter().map(now).collect(), unreadable.len() as u64))
    }

    /// Takes books out in one transaction. Returns false if one of them is not as it was read.
    async fn remove_books(&self, owner: UserId, id: ImportId, books: &[Now], actor: &Actor) -> Result<bool> {
        let mut transaction = self.sessions.transaction(&actor.on_what_is_of(owner, Needs::Librarian));
        let ids = books.iter().map(|book| book.record.pk.0).collect();
        transaction.add_all([self.journal.put(actor, Entry::of_books(Action::ImportUndone, ids))]);
        let count = self.table.update(import_key(owner, id), "SET #undo.removed = #undo.removed + :removed");
        let count = count.when("#state = :undoing").value(":undoing", State::Undoing).value(":removed", books.len());
        transaction.add_all([named(count)]);
        for Now { record, barcodes, .. } in books {
            let BookKey(book) = record.pk;
            transaction.add_all([self.table.delete(book_key(book)).if_version(record.version)]);
            transaction.add_all(self.close_lending(book, None));
            transaction.add_all(record.details.isbn.as_ref().map(|isbn| self.release_isbn(isbn)));
            transaction.add_all(record.source.as_ref().map(|source| self.release_source(source)));
            match barcodes {
                None => transaction.add_all([self.table.check(barcodes_key(book)).if_new()]),
                Some(barcodes) => {
                    transaction.add_all(barcodes.codes.iter().map(|code| self.release_barcode(code, book)));
                    let list = self.table.delete(barcodes_key(book)).when("ofFile = :true").value(":true", true);
                    transaction.add_all([list]);
                }
            }
        }
        Ok(matches!(transaction.commit().await?, Committed::Done))
    }
}

/// Names the attributes whose names DynamoDB has taken.
fn named(update: Write) -> Write {
    update.name("#state", "state").name("#undo", "undo")
}

/// Carries out an update of an import, and returns the import after it. If its condition fails, returns the import as it stands.
/// `None` if there is no such import.
async fn changed(update: Write) -> Result<Option<Import>> {
    match update.showing_item().send().await? {
        Written::Done(item) | Written::Refused(Some(item)) => {
            from_item::<Stored>(item).map(|stored| Some(stored.import))
        }
        Written::Refused(None) => Ok(None),
    }
}

/// Returns how many of the books a transaction takes.
fn fitting(books: &[Now]) -> usize {
    let mut items = 0;
    let fits = |book: &&Now| {
        items += book.items();
        items <= ITEMS
    };
    books.iter().take_while(fits).count().max(1)
}

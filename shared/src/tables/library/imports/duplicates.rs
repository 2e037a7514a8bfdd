//! Rows that the library has already: what they change of their books.
//!
//! | question                             | key                  | call                           | units            |
//! |--------------------------------------|----------------------|--------------------------------|------------------|
//! | fill the gaps of a book              | book#b               | as for a change by its owner   | 2 R, 8 W + indexes |
//! | how many copies do the rows say      | import#id / copies#b | UpdateItem, conditional        | 1 W              |
//! | a book before an import changed it   | import#id / was#b    | GetItem, strong; Put with the change | 1 R, 2 W   |
//!
//! The rows of a file that name one book say together how many copies there are. Each is counted once, and the book gets at least that
//! many, so the same rows sent again change nothing, and neither does the same file as another import.
//!
//! A book that came with the import itself remembers the version in which the import left it. Of every other book the import keeps
//! what it was before. [`super::undo`] reads both.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ends;
use super::parts::partition;
use super::rows::{Holder, Importing, NewRow, Outcome};
use crate::tables::fault::{Failure, Result};
use crate::tables::key::Key;
use crate::tables::library::Library;
use crate::tables::library::book::{BookKey, Details, Record, Store, book_key};
use crate::tables::library::books::{NotEdited, allowed};
use crate::tables::table::Consistency::{Eventual, Strong};
use crate::tables::table::{from_item, readable};
use crate::tables::write::{Write, Written};
use crate::values::{BookId, Copies, ImportId, UserId};

/// What becomes of a row that the library has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnDuplicate {
    /// Nothing: the row is skipped.
    #[default]
    Skip,
    /// What the book lacks is taken from the row: its year, country, language, pages, release date, shelf mark and subjects.
    Fill,
    /// The book gets as many copies as the rows of the file say together, if it has fewer.
    Copies,
}

/// Why a book changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::tables::library) enum Cause {
    /// Somebody edits it.
    Edit,
    /// The import that it came with changes it.
    ItsImport,
    /// An import changes it that it did not come with.
    OtherImport(ImportId),
    /// An import that has changed it is undone.
    Undo {
        /// Whose import it is.
        owner: UserId,
        /// The import.
        import: ImportId,
    },
}

/// A book before an import changed it that it did not come with.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Was {
    pk: String,
    sk: String,
    pub(super) book: BookId,
    pub(super) before: Details,
    /// The version in which the import left it.
    pub(super) left: u64,
    expires_at: i64,
}

/// How many copies of a book the rows of an import say.
#[derive(Deserialize)]
struct Tally {
    /// Those of the book before its first further row, if the book came with the import.
    base: u32,
    copies: u32,
}

pub(super) const WAS: &str = "was#";

pub(super) fn was_key(import: ImportId, book: BookId) -> Key {
    Key::of(partition(import)).and(format!("{WAS}{book}"))
}

impl Library {
    /// Changes the book of a row that the library has, as the import wants it.
    ///
    /// # Errors
    /// A fault of the tables. A second call does what is left.
    pub(super) async fn use_duplicate(
        &self,
        importing: &Importing<'_>,
        row: &NewRow,
        holder: Holder,
    ) -> Result<Outcome> {
        let Importing { import, on_duplicate, dry_run, edit, .. } = importing;
        let there = Ok(Outcome::There(holder));
        let (book, cause) = match holder {
            Holder::Row { book, .. } => (book, Cause::ItsImport),
            Holder::Book(book) => (book, Cause::OtherImport(*import)),
            Holder::Archived(_) => return there,
        };
        if *on_duplicate == OnDuplicate::Skip {
            return there;
        }
        // A book that cannot be read stays as it is, and fails no other row.
        let item = self.table.get_item(book_key(book), if *dry_run { Eventual } else { Strong }).await?;
        let record = item.and_then(readable::<Record>);
        let Some(record) = record else {
            // A dry run has not added the book of the earlier row.
            let is_copy = *dry_run && *on_duplicate == OnDuplicate::Copies;
            return if is_copy { Ok(Outcome::Updated(holder)) } else { there };
        };
        let record = match allowed(Some(record), Store::Books, edit) {
            Ok(record) => record,
            Err(Failure::Refused(NotEdited::NotYours)) => return Ok(Outcome::NotYours(holder)),
            Err(Failure::Refused(_)) => return there,
            Err(Failure::Fault(fault)) => return Err(fault),
        };
        let copies = match on_duplicate {
            OnDuplicate::Copies if *dry_run => Some(row.details.copies),
            OnDuplicate::Copies => {
                let base = if cause == Cause::ItsImport { record.copies() } else { 0 };
                Some(self.count_copies(*import, book, row, base).await?)
            }
            _ => None,
        };
        let change = |old: Details| match copies {
            Some(copies) if copies.get() > old.copies.get() => Details { copies, ..old },
            Some(_) => old,
            None => filled(old, &row.details),
        };
        if *dry_run {
            let changes = change(record.details.clone()) != record.details;
            return if changes { Ok(Outcome::Updated(holder)) } else { there };
        }
        match self.change_because(book, change, edit, cause).await {
            Ok((_, true)) => Ok(Outcome::Updated(holder)),
            Ok((_, false)) => there,
            Err(Failure::Refused(NotEdited::NotYours)) => Ok(Outcome::NotYours(holder)),
            // It has gone meanwhile.
            Err(Failure::Refused(_)) => there,
            Err(Failure::Fault(fault)) => Err(fault),
        }
    }

    /// Counts the copies of a row, once. Returns how many the rows of the import say together.
    async fn count_copies(&self, import: ImportId, book: BookId, row: &NewRow, base: u32) -> Result<Copies> {
        let key = Key::of(partition(import)).and(format!("copies#{book}"));
        let count = "SET #base = if_not_exists(#base, :base), expiresAt = :ends ADD #copies :copies, #rows :rows";
        let count = self.table.update(key, count).when("NOT contains(#rows, :row)");
        let count = count.name("#base", "base").name("#copies", "copies").name("#rows", "rows");
        let count = count.value(":base", base).value(":ends", ends(import)).value(":copies", row.details.copies);
        let count = count.attribute(":rows", AttributeValue::Ns(vec![row.row.to_string()])).value(":row", row.row);
        let tally = match count.showing_item().send().await? {
            Written::Done(item) | Written::Refused(Some(item)) => from_item::<Tally>(item)?,
            Written::Refused(None) => Tally { base, copies: 0 },
        };
        Ok(Copies::at_most(tally.base.saturating_add(tally.copies)))
    }

    /// Returns the writes that go with a change: what a book was before an import changed it is kept, or forgotten.
    pub(in crate::tables::library) async fn noted(
        &self,
        old: &Record,
        new: &Record,
        cause: Cause,
    ) -> Result<Vec<Write>> {
        let BookKey(book) = old.pk;
        let import = match cause {
            Cause::Edit | Cause::ItsImport => return Ok(Vec::new()),
            Cause::OtherImport(import) => import,
            Cause::Undo { owner, import } => return Ok(self.counted_as_restored(owner, import, book)),
        };
        // It is read after the book. So it belongs to this version of the book, if the book is not changed in between.
        let earlier: Option<Was> = self.table.get(was_key(import, book), Strong).await?;
        let earlier = earlier.filter(|was| was.left == old.version).map(|was| was.before);
        let (pk, sk) = (partition(import), format!("{WAS}{book}"));
        let before = earlier.unwrap_or_else(|| old.details.clone());
        let was = Was { pk, sk, book, before, left: new.version, expires_at: ends(import) };
        Ok(vec![self.table.put(&was)])
    }
}

/// Takes from the row what the book lacks.
fn filled(book: Details, row: &Details) -> Details {
    let row = row.clone();
    Details {
        publication_year: book.publication_year.or(row.publication_year),
        country: book.country.or(row.country),
        language: book.language.or(row.language),
        pages: book.pages.or(row.pages),
        release_date: book.release_date.or(row.release_date),
        shelf_mark: book.shelf_mark.or(row.shelf_mark),
        subjects: book.subjects.or(row.subjects),
        ..book
    }
}

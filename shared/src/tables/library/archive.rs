//! Books that move between the two stores, books and old books.
//!
//! | question                | key                  | call                          | units                 |
//! |-------------------------|----------------------|-------------------------------|-----------------------|
//! | archive a book          | book#b, its lending  | Query, strong; one transaction | 1 R, 6 W + 2 an index |
//! | restore it              | book#b               | Query, strong; one transaction | 1 R, 4 W + 2 an index |
//!
//! The book's own item stays where it is, and with it the favorites that point to it; what changes are the partitions that
//! list it. So it is never in both stores, nor in none. Its reservations would be in the way: while there are any, it
//! stays on the shelf.

use super::book::{Book, Record, Store, author_shelf, owner_shelf};
use super::books::{Edit, Refused, allowed, replace};
use super::lending::copies::close;
use super::lending::desk::{self, Tries};
use crate::tables::journal::{Deed, Entry};
use crate::tables::table::{Result, Table, Transacted, transact};
use crate::values::BookId;

/// Moves a book from one store to the other.
///
/// # Errors
/// When the table cannot be read or written.
pub async fn transfer(
    table: &Table,
    id: BookId,
    from: Store,
    to: Store,
    edit: &Edit<'_>,
) -> Result<Result<Book, Refused>> {
    // Whoever did not name a version gets it moved even if it is changed in between.
    let mut tries = Tries::default();
    loop {
        let (Some(record), lending) = desk::book(table, id).await? else { return Ok(Err(Refused::Absent)) };
        let record = match allowed(record, from, edit) {
            Ok(record) => record,
            Err(refused) => return Ok(Err(refused)),
        };
        let moved = moved(&record, to, edit);
        let what = if to == Store::Archive { Deed::BookArchived } else { Deed::BookRestored };
        let title = moved.details.title.clone();
        let mut items = vec![replace(table, &moved, record.version)?];
        items.push(edit.occasion.note(Entry::of_book(what, id, Some(title)))?);
        if to == Store::Archive {
            let Some(closed) = close(table, id, lending.as_ref())? else { return Ok(Err(Refused::InUse)) };
            items.push(closed);
        }
        if let Transacted::Done = transact(&table.client, items).await? {
            return Ok(Ok(moved.into()));
        }
        tries.again().await?;
    }
}

fn moved(record: &Record, to: Store, edit: &Edit<'_>) -> Record {
    Record {
        shelf: to.shelf().into(),
        author_shelf: author_shelf(to, record.details.author.as_str()),
        owner_shelf: owner_shelf(to, record.owner),
        updated_at: edit.occasion.at.as_millisecond(),
        version: record.version + 1,
        ..record.clone()
    }
}

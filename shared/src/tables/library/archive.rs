//! Moving books between the two stores: the catalogue and the archive.
//!
//! | question                | key                  | call                          | units                 |
//! |-------------------------|----------------------|-------------------------------|-----------------------|
//! | archive a book          | book#b, its lending  | Query, strong; one transaction | 1 R, 8 W + 2 an index |
//! | restore it              | book#b               | Query, strong; one transaction | 1 R, 6 W + 2 an index |
//!
//! The key of the book's item does not change, so favorites still find it. Only its index keys change, so a book is
//! always in exactly one store. A book with reservations cannot be archived.

use super::Library;
use super::book::{Book, Store};
use super::books::{Edit, NotEdited, allowed};
use crate::tables::fault::{Failure, as_a_reader};
use crate::tables::journal::{Action, Entry};
use crate::tables::sessions::Needs;
use crate::tables::write::Committed;
use crate::values::BookId;

impl Library {
    /// Moves a book to the archive.
    ///
    /// # Errors
    /// [`NotEdited`]; a fault of the tables.
    pub async fn archive_book(&self, id: BookId, edit: &Edit<'_>) -> Result<Book, Failure<NotEdited>> {
        self.move_book(id, Store::Books, Store::Archive, edit).await
    }

    /// Moves a book from the archive back to the catalogue.
    ///
    /// # Errors
    /// [`NotEdited`]; a fault of the tables.
    pub async fn restore_book(&self, id: BookId, edit: &Edit<'_>) -> Result<Book, Failure<NotEdited>> {
        self.move_book(id, Store::Archive, Store::Books, edit).await
    }

    async fn move_book(&self, id: BookId, from: Store, to: Store, edit: &Edit<'_>) -> Result<Book, Failure<NotEdited>> {
        // An edit without versions is carried out even if the book changes in between.
        let mut retry = self.retry();
        loop {
            let (record, lending) = self.current_book(id, edit.actor, &mut retry).await?;
            let record = allowed(record, from, edit)?;
            let moved = record.next(record.details.clone(), to, edit.actor.at);
            let action = if to == Store::Archive { Action::BookArchived } else { Action::BookRestored };
            let mut transaction = self.sessions.transaction(&edit.actor.on_what_is_of(record.owner, Needs::Librarian));
            transaction.add_all([
                self.replace_book(&moved, record.version),
                self.journal.put(edit.actor, Entry::of_book(action, id, Some(moved.details.title.clone()))),
            ]);
            if to == Store::Archive {
                let closed = self.close_lending(id, lending.as_ref()).ok_or(Failure::Refused(NotEdited::InUse))?;
                transaction.add(closed);
            }
            let committed = transaction.commit().await.map_err(as_a_reader(NotEdited::NotYours))?;
            if let Committed::Done = committed {
                return Ok(moved.into());
            }
            retry.again_or_busy().await?;
        }
    }
}

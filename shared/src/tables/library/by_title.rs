//! Deletion of a book by its title.
//!
//! | question                    | key               | call                                          | units              |
//! |-----------------------------|-------------------|-----------------------------------------------|--------------------|
//! | delete my book with a title | index owner-title | Query; then as a deletion by the book's id    | ½ R + the deletion |
//!
//! The index may be behind the table. So the listed version of the book is deleted, or none: if the book has another
//! version, it may have another title, and the index is read again.

use super::Library;
use super::book::Store;
use super::books::{Edit, NotEdited};
use super::catalogue::{Order, Selection, TitleMatch};
use crate::tables::fault::Failure;

/// Why no book was deleted by its title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotDeleted {
    /// No book of the actor in the catalogue has the title.
    Absent,
    /// Several books of the actor have the title.
    Several,
    /// The book with the title cannot be deleted.
    Refused(NotEdited),
}

impl Library {
    /// Deletes the one book of the actor in the catalogue that has a title.
    ///
    /// # Errors
    /// [`NotDeleted`]; a fault of the tables.
    pub async fn delete_book_by_title(&self, title: &str, edit: &Edit<'_>) -> Result<(), Failure<NotDeleted>> {
        let selection = Selection {
            store: Store::Books,
            author: None,
            owner: Some(edit.actor.id),
            title: TitleMatch::Equal(title.to_owned()),
            order: Order::Title,
        };
        let mut retry = self.retry();
        loop {
            let found = self.list_books(&selection, 1, None).await?;
            let book = match (found.items.first(), found.next) {
                (None, _) => return Err(Failure::Refused(NotDeleted::Absent)),
                (Some(_), Some(_)) => return Err(Failure::Refused(NotDeleted::Several)),
                (Some(book), None) => book,
            };
            match self.delete_version(book.id, Some(book.version), edit, &mut retry).await {
                Ok(true) => return Ok(()),
                Ok(false) => retry.again_or_busy().await?,
                Err(Failure::Refused(why)) => return Err(Failure::Refused(NotDeleted::Refused(why))),
                Err(Failure::Fault(fault)) => return Err(fault.into()),
            }
        }
    }
}

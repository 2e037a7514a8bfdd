//! Changes of a book.
//!
//! | question          | key                                 | call                           | units               |
//! |-------------------|-------------------------------------|--------------------------------|---------------------|
//! | change a book     | book#b                              | Query, strong; one transaction | 1 R, 6 W + indexes  |
//! | … and its ISBN    | also isbn#old, isbn#new             | the same                       | 1 R, ≤ 10 W + indexes |
//! | … and its copies  | also its lending                    | the same                       | 1 R, 8 W + indexes  |
//! | … by an import    | also import#id / was#b              | GetItem too                    | 2 R, 8 W + indexes  |

use super::Library;
use super::book::{Book, Details, Record, Store};
use super::books::{Edit, NotEdited, allowed};
use super::imports::duplicates::Cause;
use crate::tables::fault::{Failure, as_a_reader};
use crate::tables::journal::{Action, Entry};
use crate::tables::sessions::Needs;
use crate::tables::write::{Committed, Part, Transaction};
use crate::values::BookId;

impl Library {
    /// Changes a book of the catalogue. `change` computes the new details from the old ones. If they are equal, nothing is
    /// written.
    ///
    /// # Errors
    /// [`NotEdited`]; a fault of the tables.
    pub async fn change_book(
        &self,
        id: BookId,
        change: impl Fn(Details) -> Details,
        edit: &Edit<'_>,
    ) -> Result<Book, Failure<NotEdited>> {
        Ok(self.change_because(id, change, edit, Cause::Edit).await?.0)
    }

    /// Does the same, and keeps what undoing an import needs. Returns also whether the book was changed.
    ///
    /// # Errors
    /// [`NotEdited`]; a fault of the tables.
    pub(super) async fn change_because(
        &self,
        id: BookId,
        change: impl Fn(Details) -> Details,
        edit: &Edit<'_>,
        cause: Cause,
    ) -> Result<(Book, bool), Failure<NotEdited>> {
        // An edit without versions is carried out even if the book changes in between.
        let mut retry = self.retry();
        loop {
            let (record, mut lending) = self.book_and_copies(id).await?;
            let old = allowed(record, Store::Books, edit)?;
            let details = change(old.details.clone());
            if details == old.details {
                return Ok((old.into(), false));
            }
            if details.copies != old.details.copies
                && let Some(lending) = &mut lending
                && !self.settle(lending, edit.actor, &mut retry).await?
            {
                retry.again_or_busy().await?;
                continue;
            }
            let mut new = old.next(details, Store::Books, edit.actor.at);
            if cause == Cause::ItsImport && old.is_as_imported() {
                new.as_imported = Some(new.version);
            }
            let title = Some(new.details.title.clone());
            let mut transaction = self.sessions.transaction(&edit.actor.on_what_is_of(old.owner, Needs::Librarian));
            let replaced = transaction.add(self.replace_book(&new, old.version));
            transaction.add(self.journal.put(edit.actor, Entry::of_book(Action::BookChanged, id, title)));
            if new.details.copies != old.details.copies {
                let counted = self.set_copies(id, lending.as_ref(), new.copies(), edit.actor.at);
                transaction.add(counted.ok_or(Failure::Refused(NotEdited::InUse))?);
            }
            transaction.add_all(self.noted(&old, &new, cause).await?);
            let isbn = self.swap_isbn(&mut transaction, &old, &new);
            match transaction.commit().await.map_err(as_a_reader(NotEdited::NotYours))? {
                Committed::Done => return Ok((new.into(), true)),
                Committed::Refused(refusal) => {
                    let claim = isbn.and_then(|isbn| refusal.item(isbn)).filter(|_| !refusal.is_at(replaced));
                    if let Some(store) = self.store_of_holder(claim).await? {
                        return Err(Failure::Refused(NotEdited::IsbnTaken(store)));
                    }
                }
            }
            retry.again_or_busy().await?;
        }
    }

    /// Adds the writes that release the old ISBN and claim the new one, if it has changed. Returns the part that claims
    /// it.
    fn swap_isbn(&self, transaction: &mut Transaction, old: &Record, new: &Record) -> Option<Part> {
        if new.details.isbn == old.details.isbn {
            return None;
        }
        if let Some(isbn) = &old.details.isbn {
            transaction.add(self.release_isbn(isbn));
        }
        let isbn = new.details.isbn.as_ref()?;
        Some(transaction.add(self.claim_isbn(isbn, new.pk.0)))
    }
}

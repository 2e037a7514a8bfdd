//! Changes of a book.
//!
//! | question          | key                                 | call                           | units               |
//! |-------------------|-------------------------------------|--------------------------------|---------------------|
//! | change a book     | book#b                              | Query, strong; one transaction | 1 R, 4 W + indexes  |
//! | … and its ISBN    | also isbn#old, isbn#new             | the same                       | 1 R, ≤ 8 W + indexes |
//! | … and its copies  | also its lending                    | the same                       | 1 R, 6 W + indexes  |

use super::Library;
use super::book::{Book, Details, Record, Store};
use super::books::{Edit, NotEdited, allowed};
use crate::tables::fault::Failure;
use crate::tables::journal::{Action, Entry};
use crate::tables::write::{Committed, Part, Transaction};
use crate::values::BookId;

impl Library {
    /// Changes a book of the catalogue. `change` computes the new details from the old ones.
    ///
    /// # Errors
    /// [`NotEdited`]; a fault of the tables.
    pub async fn change_book(
        &self,
        id: BookId,
        change: impl Fn(Details) -> Details,
        edit: &Edit<'_>,
    ) -> Result<Book, Failure<NotEdited>> {
        // An edit without versions is carried out even if the book changes in between.
        let mut retry = self.retry();
        loop {
            let (record, lending) = self.book_and_copies(id).await?;
            let old = allowed(record, Store::Books, edit)?;
            let new = old.next(change(old.details.clone()), Store::Books, edit.actor.at);
            let title = Some(new.details.title.clone());
            let mut transaction = Transaction::default();
            let replaced = transaction.add(self.replace_book(&new, old.version));
            transaction.add(self.journal.put(edit.actor, Entry::of_book(Action::BookChanged, id, title)));
            if new.details.copies != old.details.copies {
                let counted = self.recount(id, lending.as_ref(), new.copies());
                transaction.add(counted.ok_or(Failure::Refused(NotEdited::InUse))?);
            }
            let isbn = self.swap_isbn(&mut transaction, &old, &new);
            match transaction.commit().await? {
                Committed::Done => return Ok(new.into()),
                Committed::Refused(refusal) => {
                    let is_taken = isbn.is_some_and(|isbn| refusal.is_at(isbn));
                    if is_taken && !refusal.is_at(replaced) {
                        return Err(Failure::Refused(NotEdited::IsbnTaken));
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

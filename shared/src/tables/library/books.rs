//! Single books.
//!
//! | question                    | key                     | call                              | units           |
//! |-----------------------------|-------------------------|-----------------------------------|-----------------|
//! | one book                    | book#b                  | GetItem                           | ½ R             |
//! | which book has this ISBN    | isbn#i, then book#b     | 2 GetItem                         | 1 R             |
//! | add a book                  | book#b, isbn#i          | one transaction                   | 4–6 W + indexes |
//! | delete a book               | book#b, isbn#i, its lending | Query, strong; one transaction | 1 R, 6–8 W + indexes |
//!
//! An item `isbn#…` contains the id of the book with this ISBN. It keeps the ISBN unique, and finds the book.

use serde::{Deserialize, Serialize};

use super::Library;
use super::book::{BOOK, Book, BookKey, Details, NewBook, Record, Store, book_key};
use super::idempotency::{Earlier, Request};
use crate::tables::fault::{Failure, Result};
use crate::tables::journal::{Action, Actor, Entry};
use crate::tables::key::Key;
use crate::tables::table::Consistency::{self, Eventual, Strong};
use crate::tables::write::{Committed, Transaction, Write};
use crate::values::{BookId, Isbn};

/// The versions of a book that an edit applies to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Versions {
    /// Every version.
    Any,
    /// These versions.
    OneOf(Vec<u64>),
    /// All but these versions.
    NoneOf(Vec<u64>),
}

impl Versions {
    /// Returns whether a version is one of them.
    pub fn allow(&self, version: u64) -> bool {
        match self {
            Versions::Any => true,
            Versions::OneOf(versions) => versions.contains(&version),
            Versions::NoneOf(versions) => !versions.contains(&version),
        }
    }
}

/// An edit of a book.
pub struct Edit<'a> {
    /// The books that the actor may edit.
    pub scope: Scope,
    /// The versions that it applies to.
    pub versions: Versions,
    /// The actor.
    pub actor: &'a Actor,
}

/// The books that an actor may edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Their own books, for a reader.
    Own,
    /// Every book, for a librarian.
    All,
}

/// Why a book was not changed, moved or deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotEdited {
    /// There is no such book in this store.
    Absent,
    /// The book belongs to another user.
    NotYours,
    /// The book has none of the versions that the edit applies to.
    Stale,
    /// Another book has that ISBN.
    IsbnTaken,
    /// Copies of it are reserved or checked out.
    InUse,
}

/// Why a book was not added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAdded {
    /// Another book has that ISBN.
    IsbnTaken,
    /// The Idempotency-Key was sent with another request.
    KeyReused,
}

/// The item that keeps an ISBN unique.
#[derive(Serialize, Deserialize)]
struct IsbnRecord {
    pk: String,
    sk: String,
    book: BookId,
}

const ISBN: &str = "isbn";

fn isbn_key(isbn: &Isbn) -> String {
    format!("isbn#{isbn}")
}

impl Library {
    /// Reads the book with that id, if it is in that store.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn get_book(&self, id: BookId, store: Store) -> Result<Option<Book>> {
        Ok(self.book_record(id, Eventual).await?.filter(|record| record.is_in(store)).map(Book::from))
    }

    /// Reads the book with that ISBN, if it is in that store.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn get_book_by_isbn(&self, isbn: &Isbn, store: Store) -> Result<Option<Book>> {
        match self.table.get::<IsbnRecord>(Key::of(isbn_key(isbn)).and(ISBN), Eventual).await? {
            Some(IsbnRecord { book, .. }) => self.get_book(book, store).await,
            None => Ok(None),
        }
    }

    /// Reads the book with that id strongly, from either store.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn find_book(&self, id: BookId) -> Result<Option<Book>> {
        Ok(self.book_record(id, Strong).await?.map(Book::from))
    }

    async fn book_record(&self, id: BookId, consistency: Consistency) -> Result<Option<Record>> {
        self.table.get(book_key(id), consistency).await
    }

    /// Adds a book to the catalogue. Its owner is the actor. If the same request was carried out before, returns the
    /// book that it added.
    ///
    /// # Errors
    /// [`NotAdded`]; a fault of the tables.
    pub async fn add_book(
        &self,
        id: BookId,
        new: NewBook,
        request: Option<&Request>,
        actor: &Actor,
    ) -> Result<Book, Failure<NotAdded>> {
        let record = Record::new(id, Details::from(new), actor.id, Store::Books, actor.at);
        let entry = Entry::of_book(Action::BookAdded, id, Some(record.details.title.clone()));
        let mut transaction = Transaction::of([self.table.put(&record).if_new(), self.journal.put(actor, entry)]);
        if let Some(isbn) = &record.details.isbn {
            transaction.add(self.claim_isbn(isbn, id));
        }
        let book = Book::from(record);
        let remembered = request.map(|request| transaction.add(self.remember(request, &book, actor.at)));
        let refusal = match transaction.commit().await? {
            Committed::Done => return Ok(book),
            Committed::Refused(refusal) => refusal,
        };
        // A repeated request is also refused by its own book's ISBN, so the earlier answer is checked first.
        if let (Some(request), Some(item)) = (request, remembered.and_then(|part| refusal.item(part))) {
            return match request.earlier(item.clone())? {
                Earlier::Same(book) => Ok(Book { version: 1, ..book }),
                Earlier::Other => Err(Failure::Refused(NotAdded::KeyReused)),
            };
        }
        Err(Failure::Refused(NotAdded::IsbnTaken))
    }

    /// Deletes a book of the catalogue. Its ISBN is free then.
    ///
    /// # Errors
    /// [`NotEdited`]; a fault of the tables.
    pub async fn delete_book(&self, id: BookId, edit: &Edit<'_>) -> Result<(), Failure<NotEdited>> {
        let mut retry = self.retry();
        loop {
            let (record, lending) = self.book_and_copies(id).await?;
            let record = allowed(record, Store::Books, edit)?;
            let closed = self.close_lending(id, lending.as_ref()).ok_or(Failure::Refused(NotEdited::InUse))?;
            let entry = Entry::of_book(Action::BookDeleted, id, Some(record.details.title));
            let delete = self.table.delete(book_key(id)).if_version(record.version);
            let mut transaction = Transaction::of([delete, closed, self.journal.put(edit.actor, entry)]);
            if let Some(isbn) = &record.details.isbn {
                transaction.add(self.release_isbn(isbn));
            }
            if let Committed::Done = transaction.commit().await? {
                return Ok(());
            }
            retry.again_or_busy().await?;
        }
    }

    /// Returns the write that replaces the version `old` of a book.
    pub(super) fn replace_book(&self, record: &Record, old: u64) -> Write {
        self.table.put(record).if_version(old)
    }

    /// Returns the write that claims an ISBN for a book.
    pub(super) fn claim_isbn(&self, isbn: &Isbn, book: BookId) -> Write {
        self.table.put(&IsbnRecord { pk: isbn_key(isbn), sk: ISBN.into(), book }).if_new()
    }

    /// Returns the write that releases an ISBN.
    pub(super) fn release_isbn(&self, isbn: &Isbn) -> Write {
        self.table.delete(Key::of(isbn_key(isbn)).and(ISBN))
    }

    /// Returns the check that refuses a transaction if the book does not have that version.
    pub(super) fn check_book(&self, BookKey(id): BookKey, version: u64) -> Write {
        self.table.check(Key::of(BookKey(id)).and(BOOK)).if_version(version)
    }
}

/// Returns the record of a book if it is in `store` and the edit is permitted.
///
/// # Errors
/// [`NotEdited`].
pub(super) fn allowed(record: Option<Record>, store: Store, edit: &Edit<'_>) -> Result<Record, Failure<NotEdited>> {
    let refused = |why| Err(Failure::Refused(why));
    let Some(record) = record.filter(|record| record.is_in(store)) else { return refused(NotEdited::Absent) };
    if edit.scope == Scope::Own && record.owner != edit.actor.id {
        return refused(NotEdited::NotYours);
    }
    if !edit.versions.allow(record.version) {
        return refused(NotEdited::Stale);
    }
    Ok(record)
}

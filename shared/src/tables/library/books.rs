//! Single books.
//!
//! | question                    | key                     | call                              | units           |
//! |-----------------------------|-------------------------|-----------------------------------|-----------------|
//! | one book                    | book#b                  | GetItem                           | ½ R             |
//! | some books                  | book#b, …               | BatchGetItem                      | ½ R each        |
//! | which book has this ISBN    | isbn#i, then book#b     | 2 GetItem                         | 1 R             |
//! | add a book                  | book#b, isbn#i          | one transaction                   | 6–8 W + indexes |
//! | delete a book               | book#b, isbn#i, its lending | Query, strong; one transaction | 1 R, 8–10 W + indexes |
//!
//! An item `isbn#…` contains the id of the book with this ISBN. It keeps the ISBN unique, and finds the book.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::book::{BOOK, Book, BookKey, Details, NewBook, Record, Store, book_key};
use super::idempotency::{Earlier, Request};
use super::{Library, PublicLibrary};
use crate::tables::fault::{Failure, Result, as_a_reader};
use crate::tables::journal::{Action, Actor, Entry};
use crate::tables::key::{Item, Key};
use crate::tables::retry::Retry;
use crate::tables::sessions::Needs;
use crate::tables::table::Consistency::{self, Eventual, Strong};
use crate::tables::table::{from_item, readable};
use crate::tables::write::{Committed, Write};
use crate::values::{BookId, ImportId, Isbn};

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
    /// Another book has that ISBN, and is in this store.
    IsbnTaken(Store),
    /// Copies of it are reserved or checked out.
    InUse,
}

/// Why a book was not added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAdded {
    /// Another book has that ISBN, and is in this store.
    IsbnTaken(Store),
    /// The Idempotency-Key was sent with another request.
    KeyReused,
}

/// The item that keeps an ISBN unique.
#[derive(Serialize, Deserialize)]
pub(super) struct IsbnRecord {
    pk: String,
    sk: String,
    book: BookId,
    /// The import and its row from which the book came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    import: Option<ImportId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    row: Option<u64>,
}

const ISBN: &str = "isbn";

fn isbn_key(isbn: &Isbn) -> String {
    format!("isbn#{isbn}")
}

/// Returns the key of the item that keeps an ISBN unique.
pub(super) fn isbn_marker(isbn: &Isbn) -> Key {
    Key::of(isbn_key(isbn)).and(ISBN)
}

impl PublicLibrary {
    /// Reads the book with that id, if it is in that store.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn get_book(&self, id: BookId, store: Store) -> Result<Option<Book>> {
        let record: Option<Record> = self.table.get(book_key(id), Eventual).await?;
        Ok(record.filter(|record| record.is_in(store)).map(Book::from))
    }
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
        match self.holder_of_isbn(isbn, Eventual).await? {
            Some(book) => self.get_book(book, store).await,
            None => Ok(None),
        }
    }

    /// Reads the books of up to 100 ids that are in that store, in the order of the ids.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn get_books(&self, ids: &[BookId], store: Store) -> Result<Vec<Book>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.table.get_batch(ids.iter().copied().map(book_key).collect(), Eventual).await?;
        let found = found.into_iter().filter_map(readable::<Record>).filter(|record| record.is_in(store));
        let mut books: HashMap<BookId, Book> = found.map(|record| (record.pk.0, Book::from(record))).collect();
        Ok(ids.iter().filter_map(|id| books.remove(id)).collect())
    }

    /// Reads the id of the book with that ISBN.
    pub(super) async fn holder_of_isbn(&self, isbn: &Isbn, consistency: Consistency) -> Result<Option<BookId>> {
        let holder: Option<IsbnRecord> = self.table.get(Key::of(isbn_key(isbn)).and(ISBN), consistency).await?;
        Ok(holder.map(|holder| holder.book))
    }

    /// Reads the book with that id strongly, from either store.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn find_book(&self, id: BookId) -> Result<Option<Book>> {
        Ok(self.book_record(id, Strong).await?.map(Book::from))
    }

    pub(super) async fn book_record(&self, id: BookId, consistency: Consistency) -> Result<Option<Record>> {
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
        let mut transaction = self.sessions.transaction(actor);
        transaction.add_all([self.table.put(&record).if_new(), self.journal.put(actor, entry)]);
        let isbn = record.details.isbn.as_ref().map(|isbn| transaction.add(self.claim_isbn(isbn, id)));
        let book = Book::from(record);
        let remembered = request.map(|request| transaction.add(self.remember(request, &book, actor.at)));
        let mut retry = self.retry();
        loop {
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
            if let Some(store) = self.store_of_holder(isbn.and_then(|part| refusal.item(part))).await? {
                return Err(Failure::Refused(NotAdded::IsbnTaken(store)));
            }
            retry.again_or_busy().await?;
        }
    }

    /// Returns the store of the book that holds an ISBN: `claim` is the item that refused [`Library::claim_isbn`]. `None`
    /// if the claim was not refused, or the book has released the ISBN in between.
    pub(super) async fn store_of_holder(&self, claim: Option<&Item>) -> Result<Option<Store>> {
        let Some(claim) = claim else { return Ok(None) };
        let IsbnRecord { book, .. } = from_item(claim.clone())?;
        let holder = self.book_record(book, Strong).await?;
        Ok(holder.map(|holder| if holder.is_in(Store::Archive) { Store::Archive } else { Store::Books }))
    }

    /// Deletes a book of the catalogue. Its ISBN is free then.
    ///
    /// # Errors
    /// [`NotEdited`]; a fault of the tables.
    pub async fn delete_book(&self, id: BookId, edit: &Edit<'_>) -> Result<(), Failure<NotEdited>> {
        self.delete_version(id, None, edit, &mut self.retry()).await.map(drop)
    }

    /// Deletes a book of the catalogue, if it has the version `listed`. Returns false if it has another version.
    pub(super) async fn delete_version(
        &self,
        id: BookId,
        listed: Option<u64>,
        edit: &Edit<'_>,
        retry: &mut Retry,
    ) -> Result<bool, Failure<NotEdited>> {
        loop {
            let (record, lending) = self.current_book(id, edit.actor, retry).await?;
            let actual = record.as_ref().filter(|record| record.is_in(Store::Books)).map(|record| record.version);
            if listed.is_some() && listed != actual {
                return Ok(false);
            }
            let record = allowed(record, Store::Books, edit)?;
            let closed = self.close_lending(id, lending.as_ref()).ok_or(Failure::Refused(NotEdited::InUse))?;
            let entry = Entry::of_book(Action::BookDeleted, id, Some(record.details.title));
            let delete = self.table.delete(book_key(id)).if_version(record.version);
            let mut transaction = self.sessions.transaction(&edit.actor.on_what_is_of(record.owner, Needs::Librarian));
            transaction.add_all([delete, closed, self.journal.put(edit.actor, entry)]);
            if let Some(isbn) = &record.details.isbn {
                transaction.add(self.release_isbn(isbn));
            }
            if let Some(source) = &record.source {
                transaction.add(self.release_source(source));
            }
            if record.cover.is_some() {
                transaction.add(self.write_cover(id, None));
            }
            let committed = transaction.commit().await.map_err(as_a_reader(NotEdited::NotYours))?;
            if let Committed::Done = committed {
                return Ok(true);
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
        self.claim_isbn_of_row(isbn, book, None, None)
    }

    /// Returns the same write for a book that came from a row of an import.
    pub(super) fn claim_isbn_of_row(
        &self,
        isbn: &Isbn,
        book: BookId,
        import: Option<ImportId>,
        row: Option<u64>,
    ) -> Write {
        let record = IsbnRecord { pk: isbn_key(isbn), sk: ISBN.into(), book, import, row };
        self.table.put(&record).if_new().showing_item()
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

//! Single books in the Library table.
//!
//! | question                    | key                     | call                              | units           |
//! |-----------------------------|-------------------------|-----------------------------------|-----------------|
//! | one book                    | book#b                  | GetItem                           | ½ R             |
//! | which book has this ISBN    | isbn#i, then book#b     | 2 GetItem                         | 1 R             |
//! | add a book                  | book#b, isbn#i          | one transaction                   | 4–6 W + indexes |
//! | delete a book               | book#b, isbn#i, its lending | Query, strong; one transaction | 1 R, 6–8 W + indexes |
//!
//! An item `isbn#…` holds the id of the one book that has this ISBN, which keeps it unique and finds the book.

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use serde::{Deserialize, Serialize};

use super::book::{BOOK, Book, NewBook, Record, Store, book_key};
use super::idempotency::{self, Earlier, Intention};
use super::lending::copies::close;
use super::lending::desk::{self, Tries};
use crate::tables::journal::{Deed, Entry, Occasion};
use crate::tables::table::{Result, Table, Transacted, from_item, number, put_new, string, to_item, transact};
use crate::values::BookId;
use crate::values::Isbn;

/// The versions of a book that an edit is meant for; `None` is any.
pub type Versions<'a> = Option<&'a [u64]>;

/// An edit of a book: by its owner or a librarian, of a certain version, on a certain occasion.
pub struct Edit<'a> {
    /// Whether it is a librarian's, who may change every book.
    pub is_admin: bool,
    /// Of which versions.
    pub versions: Versions<'a>,
    /// Whose, and when.
    pub occasion: &'a Occasion,
}

/// Why a book was not changed or deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// There is no such book in this store.
    Absent,
    /// It is another's.
    NotYours,
    /// It is at none of the versions that the change was meant for.
    Stale,
    /// Another book has that ISBN.
    IsbnTaken,
    /// Copies of it are reserved or out.
    InUse,
}

/// What became of adding a book.
pub enum Created {
    /// It is there; or was, if the same intention was sent before.
    Book(Box<Book>),
    /// Another book has that ISBN.
    IsbnTaken,
    /// The Idempotency-Key went with another request.
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

/// The book of that id, as it was a moment ago (an eventually consistent read).
///
/// # Errors
/// When the table cannot be read.
pub async fn get(table: &Table, id: BookId, store: Store) -> Result<Option<Book>> {
    Ok(record(table, id, false).await?.filter(|record| record.shelf == store.shelf()).map(Book::from))
}

/// The book with that ISBN.
///
/// # Errors
/// When the table cannot be read.
pub async fn get_by_isbn(table: &Table, isbn: &Isbn, store: Store) -> Result<Option<Book>> {
    let found =
        table.client.get_item().table_name(&*table.name).key("pk", string(isbn_key(isbn))).key("sk", string(ISBN));
    let Some(item) = found.send().await?.item else { return Ok(None) };
    let IsbnRecord { book, .. } = from_item(item)?;
    get(table, book, store).await
}

/// The book of that id in either store, as it is this moment.
///
/// # Errors
/// When the table cannot be read.
pub async fn get_now(table: &Table, id: BookId) -> Result<Option<Book>> {
    Ok(record(table, id, true).await?.map(Book::from))
}

pub(crate) async fn record(table: &Table, id: BookId, now: bool) -> Result<Option<Record>> {
    let found =
        table.client.get_item().table_name(&*table.name).key("pk", string(book_key(id))).key("sk", string(BOOK));
    found.consistent_read(now).send().await?.item.map(from_item).transpose()
}

/// Adds a book to the store of current books, whose owner is who the occasion is of.
///
/// # Errors
/// When the table cannot be written.
pub async fn create(
    table: &Table,
    id: BookId,
    new: NewBook,
    intention: Option<&Intention>,
    occasion: &Occasion,
) -> Result<Created> {
    let isbn = new.isbn.clone();
    let note = occasion.note(Entry::of_book(Deed::BookAdded, id, Some(new.title.clone())))?;
    let record = Record::new(id, new, occasion.who, Store::Books, occasion.at);
    let mut items = vec![put_new(table, to_item(&record)?)?, note];
    let book = Book::from(record);
    if let Some(isbn) = &isbn {
        items.push(claim_isbn(table, isbn, id)?);
    }
    if let Some(intention) = intention {
        items.push(idempotency::remember(table, intention, &book, occasion.at)?);
    }
    let mut reasons = match transact(&table.client, items).await? {
        Transacted::Done => return Ok(Created::Book(Box::new(book))),
        Transacted::Refused(reasons) => reasons,
    };
    // Sent again, the request meets its own book's ISBN too: the earlier answer goes first.
    if let (Some(intention), Some(Some(item))) = (intention, reasons.pop()) {
        return Ok(match idempotency::earlier(item, intention)? {
            Earlier::Same(book) => Created::Book(Box::new(Book { version: 1, ..book })),
            Earlier::Other => Created::KeyReused,
        });
    }
    Ok(Created::IsbnTaken)
}

/// Deletes one of the current books, which frees its ISBN.
///
/// # Errors
/// When the table cannot be read or written.
pub async fn delete(table: &Table, id: BookId, edit: &Edit<'_>) -> Result<Result<(), Refused>> {
    let mut tries = Tries::default();
    loop {
        let (Some(record), lending) = desk::book(table, id).await? else { return Ok(Err(Refused::Absent)) };
        let record = match allowed(record, Store::Books, edit) {
            Ok(record) => record,
            Err(refused) => return Ok(Err(refused)),
        };
        let Some(closed) = close(table, id, lending.as_ref())? else { return Ok(Err(Refused::InUse)) };
        let delete = Delete::builder()
            .table_name(&*table.name)
            .key("pk", string(&record.pk))
            .key("sk", string(&record.sk))
            .condition_expression("version = :version")
            .expression_attribute_values(":version", number(record.version))
            .build()?;
        let note = edit.occasion.note(Entry::of_book(Deed::BookDeleted, id, Some(record.details.title)))?;
        let mut items = vec![TransactWriteItem::builder().delete(delete).build(), closed, note];
        if let Some(isbn) = &record.details.isbn {
            items.push(release_isbn(table, isbn)?);
        }
        if let Transacted::Done = transact(&table.client, items).await? {
            return Ok(Ok(()));
        }
        tries.again().await?;
    }
}

/// Whether that edit of a book in `store` may be; if not, why.
pub(crate) fn allowed(record: Record, store: Store, edit: &Edit<'_>) -> Result<Record, Refused> {
    if record.shelf != store.shelf() {
        return Err(Refused::Absent);
    }
    if !edit.is_admin && record.owner != edit.occasion.who {
        return Err(Refused::NotYours);
    }
    if edit.versions.is_some_and(|versions| !versions.contains(&record.version)) {
        return Err(Refused::Stale);
    }
    Ok(record)
}

/// The write of `record` in the place of the version `old`.
pub(crate) fn replace(table: &Table, record: &Record, old: u64) -> Result<TransactWriteItem> {
    let put = Put::builder()
        .table_name(&*table.name)
        .set_item(Some(to_item(record)?))
        .condition_expression("version = :old")
        .expression_attribute_values(":old", number(old));
    Ok(TransactWriteItem::builder().put(put.build()?).build())
}

pub(crate) fn claim_isbn(table: &Table, isbn: &Isbn, book: BookId) -> Result<TransactWriteItem> {
    put_new(table, to_item(&IsbnRecord { pk: isbn_key(isbn), sk: ISBN.into(), book })?)
}

pub(crate) fn release_isbn(table: &Table, isbn: &Isbn) -> Result<TransactWriteItem> {
    let delete = Delete::builder().table_name(&*table.name).key("pk", string(isbn_key(isbn))).key("sk", string(ISBN));
    let delete = delete.build()?;
    Ok(TransactWriteItem::builder().delete(delete).build())
}

//! Single books in the Library table.
//!
//! | question                    | key                     | call                              | units           |
//! |-----------------------------|-------------------------|-----------------------------------|-----------------|
//! | one book                    | book#b                  | GetItem                           | ½ R             |
//! | which book has this ISBN    | isbn#i, then book#b     | 2 GetItem                         | 1 R             |
//! | add a book                  | book#b, isbn#i          | one transaction                   | 2–4 W + indexes |
//! | delete a book               | book#b, isbn#i          | GetItem + transaction             | 1 R, 2–4 W + indexes |
//!
//! An item `isbn#…` holds the id of the one book that has this ISBN, which keeps it unique and finds the book.

use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::book::{BOOK, Book, NewBook, Record, Store, book_key};
use super::idempotency::{self, Earlier, Intention};
use crate::isbn::Isbn;
use crate::table::{Fault, Result, Table, Transacted, from_item, number, put_new, string, to_item, transact};
use crate::types::{BookId, UserId};

/// Who changes a book: its owner, or an admin.
#[derive(Debug, Clone, Copy)]
pub struct Editor {
    /// The user.
    pub user: UserId,
    /// Whether they may change every book.
    pub is_admin: bool,
}

/// The versions of a book that a change is meant for; `None` is any.
pub type Versions<'a> = Option<&'a [u64]>;

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

/// Adds a book to the store of current books.
///
/// # Errors
/// When the table cannot be written.
pub async fn create(
    table: &Table,
    id: BookId,
    new: NewBook,
    owner: UserId,
    intention: Option<&Intention>,
    now: Timestamp,
) -> Result<Created> {
    let isbn = new.isbn.clone();
    let record = Record::new(id, new, owner, Store::Books, now);
    let mut items = vec![put_new(table, to_item(&record)?)?];
    let book = Book::from(record);
    if let Some(isbn) = &isbn {
        items.push(claim_isbn(table, isbn, id)?);
    }
    if let Some(intention) = intention {
        items.push(idempotency::remember(table, intention, &book, now)?);
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

/// Deletes a book of `store`, which frees its ISBN.
///
/// # Errors
/// When the table cannot be written.
pub async fn delete(
    table: &Table,
    id: BookId,
    store: Store,
    editor: Editor,
    versions: Versions<'_>,
) -> Result<Result<(), Refused>> {
    for _ in 0..4 {
        let Some(record) = record(table, id, true).await? else { return Ok(Err(Refused::Absent)) };
        let record = match allowed(record, store, editor, versions) {
            Ok(record) => record,
            Err(refused) => return Ok(Err(refused)),
        };
        let delete = Delete::builder()
            .table_name(&*table.name)
            .key("pk", string(&record.pk))
            .key("sk", string(&record.sk))
            .condition_expression("version = :version")
            .expression_attribute_values(":version", number(record.version))
            .build()?;
        let mut items = vec![TransactWriteItem::builder().delete(delete).build()];
        if let Some(isbn) = &record.details.isbn {
            items.push(release_isbn(table, isbn)?);
        }
        if let Transacted::Done = transact(&table.client, items).await? {
            return Ok(Ok(()));
        }
    }
    Err(Fault::Busy("the book keeps changing".into()))
}

/// Whether that editor may do something to that version of a book in `store`; if not, why.
pub(crate) fn allowed(record: Record, store: Store, editor: Editor, versions: Versions<'_>) -> Result<Record, Refused> {
    if record.shelf != store.shelf() {
        return Err(Refused::Absent);
    }
    if !editor.is_admin && record.owner != editor.user {
        return Err(Refused::NotYours);
    }
    if versions.is_some_and(|versions| !versions.contains(&record.version)) {
        return Err(Refused::Stale);
    }
    Ok(record)
}

pub(crate) fn claim_isbn(table: &Table, isbn: &Isbn, book: BookId) -> Result<TransactWriteItem> {
    put_new(table, to_item(&IsbnRecord { pk: isbn_key(isbn), sk: ISBN.into(), book })?)
}

pub(crate) fn release_isbn(table: &Table, isbn: &Isbn) -> Result<TransactWriteItem> {
    let delete = Delete::builder().table_name(&*table.name).key("pk", string(isbn_key(isbn))).key("sk", string(ISBN));
    let delete = delete.build()?;
    Ok(TransactWriteItem::builder().delete(delete).build())
}

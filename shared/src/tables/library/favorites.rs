//! Favorites in the Library table.
//!
//! | question                                 | key                       | call                  | units     |
//! |------------------------------------------|---------------------------|-----------------------|-----------|
//! | keep a book that exists                  | book#b, user#u favorite#b | GetItem, strong; one transaction | 1 R, 5 W  |
//! | a reader's favorites, newest first (20)  | index reader-newest       | Query, BatchGetItem   | ≤ 11 R    |
//! | let go of one                            | user#u favorite#b         | one transaction       | 5 W       |
//!
//! A favorite is a pointer: a book that is deleted is simply not found any more.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{Delete, DeleteRequest, TransactWriteItem, WriteRequest};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::book::{BOOK, Book, Record, book_key};
use super::books;
use crate::tables::journal::{Deed, Entry, Occasion};
use crate::tables::table::{Item, Result, Table, Transacted, from_item, get_batch, put_new, string, to_item, transact};
use crate::values::{BookId, UserId};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Favorite {
    pk: String,
    sk: String,
    reader: String,
    /// RFC 3339 with milliseconds, so that text sorts by time.
    added_at: String,
}

impl Favorite {
    fn book(&self) -> &str {
        self.sk.strip_prefix("favorite#").unwrap_or_default()
    }
}

/// A place in a reader's favorites: after a certain one.
#[derive(Debug, Clone, Copy)]
pub struct Position {
    added_at: Timestamp,
    book: BookId,
}

impl Position {
    /// The place that `text` names, as [`list`] gave it.
    pub fn read(text: &str) -> Option<Position> {
        let (added_at, book) = text.split_once(' ')?;
        Some(Position { added_at: added_at.parse().ok()?, book: book.parse().ok()? })
    }
}

fn reader_key(reader: UserId) -> String {
    format!("user#{reader}")
}

fn favorite_key(book: BookId) -> String {
    format!("favorite#{book}")
}

/// Keeps a book for whose the occasion is. Gives the book, and whether it was not kept before; `None` where there is none
/// such.
///
/// # Errors
/// When the table cannot be read or written.
pub async fn put(table: &Table, book: BookId, occasion: &Occasion) -> Result<Option<(Book, bool)>> {
    let Some(found) = books::get_now(table, book).await? else { return Ok(None) };
    let reader = occasion.who;
    let favorite = Favorite {
        pk: reader_key(reader),
        sk: favorite_key(book),
        reader: reader.to_string(),
        added_at: format!("{:.3}", occasion.at),
    };
    let note = occasion.note(Entry::of_book(Deed::FavoriteAdded, book, Some(found.title.clone())))?;
    let kept = transact(&table.client, vec![put_new(table, to_item(&favorite)?)?, note]).await?;
    Ok(Some((found, matches!(kept, Transacted::Done))))
}

/// Lets go of a book. Doing it twice does it once.
///
/// # Errors
/// When the table cannot be written.
pub async fn delete(table: &Table, book: BookId, occasion: &Occasion) -> Result<()> {
    let delete = Delete::builder()
        .table_name(&*table.name)
        .key("pk", string(reader_key(occasion.who)))
        .key("sk", string(favorite_key(book)))
        .condition_expression("attribute_exists(pk)")
        .build()?;
    let note = occasion.note(Entry::of_book(Deed::FavoriteRemoved, book, None))?;
    // Refused, it was not kept: nothing has been done, and there is nothing to note.
    transact(&table.client, vec![TransactWriteItem::builder().delete(delete).build(), note]).await?;
    Ok(())
}

/// Up to `limit` books that `reader` keeps, the newest favorite first, and where the list goes on if it does. A page
/// has fewer where books have been deleted since.
///
/// # Errors
/// When the table cannot be read.
pub async fn list(
    table: &Table,
    reader: UserId,
    limit: usize,
    after: Option<Position>,
) -> Result<(Vec<Book>, Option<String>)> {
    let mut query = table
        .client
        .query()
        .table_name(&*table.name)
        .index_name("reader-newest")
        .key_condition_expression("reader = :reader")
        .expression_attribute_values(":reader", string(reader.to_string()))
        .scan_index_forward(false)
        .limit(i32::try_from(limit + 1).unwrap_or(i32::MAX));
    if let Some(Position { book, added_at }) = after {
        query = query.set_exclusive_start_key(Some(Item::from([
            ("pk".to_owned(), string(reader_key(reader))),
            ("sk".to_owned(), string(favorite_key(book))),
            ("reader".to_owned(), string(reader.to_string())),
            ("addedAt".to_owned(), string(format!("{added_at:.3}"))),
        ])));
    }
    let mut favorites = Vec::new();
    for item in query.send().await?.items.unwrap_or_default() {
        favorites.push(from_item::<Favorite>(item)?);
    }
    let more = favorites.len() > limit;
    favorites.truncate(limit);
    let next = favorites.last().filter(|_| more).map(|last| format!("{} {}", last.added_at, last.book()));
    Ok((books_of(table, &favorites).await?, next))
}

/// The books of `favorites`, in that order, without those that are gone.
async fn books_of(table: &Table, favorites: &[Favorite]) -> Result<Vec<Book>> {
    let ids = favorites.iter().filter_map(|favorite| favorite.book().parse::<BookId>().ok());
    let ids: Vec<_> = ids.collect();
    let key = |id: &BookId| Item::from([("pk".into(), string(book_key(*id))), ("sk".into(), string(BOOK))]);
    let mut found: HashMap<BookId, Book> = HashMap::new();
    for item in get_batch(table, ids.iter().map(key).collect(), false).await? {
        let record: Record = from_item(item)?;
        let book = Book::from(record);
        found.insert(book.id, book);
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// Lets go of everything that `reader` keeps, for the end of their account.
///
/// # Errors
/// When the table cannot be read or written; what is gone by then stays gone, and the rest is for the next try.
pub async fn delete_all(table: &Table, reader: UserId) -> Result<()> {
    loop {
        let query = table
            .client
            .query()
            .table_name(&*table.name)
            .key_condition_expression("pk = :reader AND begins_with(sk, :favorite)")
            .expression_attribute_values(":reader", string(reader_key(reader)))
            .expression_attribute_values(":favorite", string("favorite#"))
            .projection_expression("pk, sk")
            .consistent_read(true)
            .limit(25);
        let keys = query.send().await?.items.unwrap_or_default();
        if keys.is_empty() {
            return Ok(());
        }
        let mut requests = Vec::new();
        for key in keys {
            let delete = DeleteRequest::builder().set_key(Some(key)).build()?;
            requests.push(WriteRequest::builder().delete_request(delete).build());
        }
        // What the database leaves unprocessed is found again.
        table.client.batch_write_item().request_items(&*table.name, requests).send().await?;
    }
}

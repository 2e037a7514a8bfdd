//! Favorites: books that a reader bookmarks.
//!
//! | question                                 | key                       | call                  | units     |
//! |------------------------------------------|---------------------------|-----------------------|-----------|
//! | add a book that exists                   | book#b, user#u favorite#b | GetItem, strong; one transaction | 1 R, 5 W  |
//! | a reader's favorites, newest first (20)  | index reader-newest       | Query, BatchGetItem   | ≤ 11 R    |
//! | remove one                               | user#u favorite#b         | one transaction       | 5 W       |
//!
//! A favorite contains only the id of its book. A deleted book is not found any more, and is left out.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{DeleteRequest, WriteRequest};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Library;
use super::book::{Book, Record, book_key};
use crate::tables::fault::Result;
use crate::tables::journal::{Action, Actor, Entry};
use crate::tables::key::{Item, Key, item, key, sortable};
use crate::tables::table::Consistency::Eventual;
use crate::tables::table::{Page, readable, to_value};
use crate::tables::write::{Committed, Transaction};
use crate::values::{BookId, UserId};

key!(
    /// The partition of a reader.
    ReaderKey(UserId) = "user#"
);
key!(
    /// A favorite of a reader.
    FavoriteKey(BookId) = "favorite#"
);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Favorite {
    pk: ReaderKey,
    sk: FavoriteKey,
    reader: UserId,
    /// RFC 3339 with milliseconds, so that text sorts by time.
    added_at: String,
}

/// A position in a reader's favorites: after a favorite.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Position {
    sk: FavoriteKey,
    added_at: Timestamp,
}

/// The outcome of adding a favorite.
#[derive(Debug)]
pub enum Added {
    /// The book is a new favorite.
    Now(Book),
    /// The book was a favorite already.
    Before(Book),
}

fn favorite_key(reader: UserId, book: BookId) -> Key {
    Key::of(ReaderKey(reader)).and(FavoriteKey(book))
}

impl Library {
    /// Adds a book to the actor's favorites. Idempotent. Returns `None` if there is no such book.
    ///
    /// # Errors
    /// A fault of the tables.
    pub async fn add_favorite(&self, book: BookId, actor: &Actor) -> Result<Option<Added>> {
        let Some(found) = self.find_book(book).await? else { return Ok(None) };
        let (pk, sk) = (ReaderKey(actor.id), FavoriteKey(book));
        let favorite = Favorite { pk, sk, reader: actor.id, added_at: sortable(actor.at) };
        let entry = Entry::of_book(Action::FavoriteAdded, book, Some(found.details.title.clone()));
        let transaction = Transaction::of([self.table.put(&favorite).if_new(), self.journal.put(actor, entry)]);
        Ok(Some(match transaction.commit().await? {
            Committed::Done => Added::Now(found),
            Committed::Refused(_) => Added::Before(found),
        }))
    }

    /// Removes a book from the actor's favorites. Idempotent.
    ///
    /// # Errors
    /// A fault of the tables.
    pub async fn remove_favorite(&self, book: BookId, actor: &Actor) -> Result<()> {
        let delete = self.table.delete(favorite_key(actor.id, book)).if_exists();
        let entry = self.journal.put(actor, Entry::of_book(Action::FavoriteRemoved, book, None));
        // A refusal means that it was not a favorite, so no row is needed.
        Transaction::of([delete, entry]).commit().await?;
        Ok(())
    }

    /// Lists up to `limit` favorite books of a reader after a position, the newest favorite first. A page has fewer
    /// books if some were deleted.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn list_favorites(
        &self,
        reader: UserId,
        limit: usize,
        after: Option<Position>,
    ) -> Result<Page<Book, Position>> {
        let query = self.table.query("reader = :reader").index("reader-newest").value(":reader", reader).backwards();
        let after = after.map(|position| start_key(reader, &position));
        let page = query.after(after).page::<Favorite, Position>(limit).await?;
        Ok(Page { items: self.books_of(&page.items).await?, next: page.next })
    }

    /// Reads the books of `favorites`, in their order. Deleted books are left out.
    async fn books_of(&self, favorites: &[Favorite]) -> Result<Vec<Book>> {
        let keys = favorites.iter().map(|favorite| book_key(favorite.sk.0)).collect();
        let found = self.table.get_batch(keys, Eventual).await?.into_iter().filter_map(readable::<Record>);
        let mut books: HashMap<BookId, Book> = found.map(|record| (record.pk.0, Book::from(record))).collect();
        Ok(favorites.iter().filter_map(|favorite| books.remove(&favorite.sk.0)).collect())
    }

    /// Removes all favorites of a reader whose account was deleted.
    ///
    /// # Errors
    /// A fault of the table. Favorites that were removed before it stay removed, and a retry removes the rest.
    pub async fn remove_all_favorites(&self, reader: UserId) -> Result<()> {
        let mut retry = self.retry();
        loop {
            let query = self.table.query("pk = :reader AND begins_with(sk, :favorite)").only("pk, sk").strong();
            let query = query.value(":reader", ReaderKey(reader)).value(":favorite", "favorite#");
            let keys = query.items(25).await?.items;
            if keys.is_empty() {
                return Ok(());
            }
            // The next Query finds the unprocessed items again.
            let unprocessed = self.delete_batch(keys).await?;
            if unprocessed > 0 {
                retry.again_or_busy().await?;
            }
        }
    }

    /// Deletes up to 25 items, and returns how many DynamoDB left unprocessed.
    async fn delete_batch(&self, keys: Vec<Item>) -> Result<usize> {
        let request = |key| {
            let delete = DeleteRequest::builder().set_key(Some(key)).build().expect("the key is set");
            WriteRequest::builder().delete_request(delete).build()
        };
        let requests: Vec<_> = keys.into_iter().map(request).collect();
        let batch = self.table.client.batch_write_item().request_items(&*self.table.name, requests).send().await?;
        Ok(batch.unprocessed_items.into_iter().flat_map(|tables| tables.into_values().flatten()).count())
    }
}

/// Returns the index key after which the list continues.
fn start_key(reader: UserId, Position { sk, added_at }: &Position) -> Item {
    let (pk, added_at) = (ReaderKey(reader), sortable(*added_at));
    item([("pk", to_value(pk)), ("sk", to_value(sk)), ("reader", to_value(reader)), ("addedAt", to_value(added_at))])
}

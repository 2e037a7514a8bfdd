//! What a deleted account leaves in this table: its imports are deleted, and its books are the library's.
//!
//! | question                       | key                       | call                  | units                    |
//! |--------------------------------|---------------------------|-----------------------|--------------------------|
//! | delete the imports of a user   | imports#u, import#id      | Query, BatchWriteItem | ½ R a 4 KB, 1 W a KB     |
//! | give the books to the library  | index owner-newest, book#b | Query, UpdateItem each | ½ R a 4 KB, 10 W a book |
//!
//! An account may have a hundred thousand of either. So a call takes some, and says whether there are more. Each step has no effect
//! the second time, and a call that ends in between is made up for by the next one.

use futures_util::{StreamExt, TryStreamExt, stream};

use super::Library;
use super::book::{BookKey, Store, book_key, owner_shelf};
use crate::tables::fault::Result;
use crate::tables::key::Item;
use crate::tables::write::Written;
use crate::values::UserId;

/// The most items that a call deletes, and the most books that it gives to the library.
const SOME: usize = 500;
/// How many are read at once.
const PAGE: usize = 25;
/// How many books are written at the same time.
const AT_ONCE: usize = 8;

impl Library {
    /// Deletes imports of a user whose account was deleted, with what became of their rows, and gives books of the user to the
    /// library. Returns whether nothing is left.
    ///
    /// # Errors
    /// A fault of the table. A second call goes on.
    pub async fn erase_some(&self, user: UserId) -> Result<bool> {
        Ok(self.remove_some_imports(user).await? && self.take_over_some_books(user).await?)
    }

    async fn remove_some_imports(&self, user: UserId) -> Result<bool> {
        let mut left = SOME;
        loop {
            let imports = self.keys_of(format!("imports#{user}")).await?;
            if imports.is_empty() {
                return Ok(true);
            }
            for import in imports {
                let id = import.get("sk").and_then(|id| id.as_s().ok()).cloned().unwrap_or_default();
                // The import last: by it the others are found.
                loop {
                    let parts = self.keys_of(format!("import#{id}")).await?;
                    if parts.is_empty() {
                        break;
                    }
                    if left < parts.len() {
                        return Ok(false);
                    }
                    left -= parts.len();
                    self.table.delete_batch(parts).await?;
                }
                if left == 0 {
                    return Ok(false);
                }
                left -= 1;
                self.table.delete_batch(vec![import]).await?;
            }
        }
    }

    /// Reads the keys of the first items of a partition.
    async fn keys_of(&self, partition: String) -> Result<Vec<Item>> {
        let query = self.table.query("pk = :partition").value(":partition", partition).only("pk, sk").strong();
        Ok(query.items(PAGE).await?.items)
    }

    /// A book that its owner's account has left is the library's: librarians may change it, as they may change any.
    async fn take_over_some_books(&self, user: UserId) -> Result<bool> {
        let mut left = SOME;
        for store in [Store::Books, Store::Archive] {
            let (old, new) = (owner_shelf(store, user), owner_shelf(store, UserId::of_the_library()));
            loop {
                let query = self.table.query("ownerShelf = :shelf").index("owner-newest").value(":shelf", &old);
                let books: Vec<BookKey> = query.only("pk").items(PAGE).await?.items.iter().filter_map(key).collect();
                if books.is_empty() {
                    break;
                }
                if left < books.len() {
                    return Ok(false);
                }
                // The index may show a book that was taken over a moment ago: it counts as well, so that this comes to an end.
                left -= books.len();
                let take_over = |book: BookKey| self.take_over(book, &old, &new);
                stream::iter(books).map(take_over).buffer_unordered(AT_ONCE).try_collect::<Vec<_>>().await?;
            }
        }
        Ok(true)
    }

    async fn take_over(&self, BookKey(book): BookKey, old: &str, new: &str) -> Result<Written> {
        // The version covers all that a book shows.
        let changes = "SET #owner = :library, ownerShelf = :new, version = version + :one";
        let update = self.table.update(book_key(book), changes).when("ownerShelf = :old").name("#owner", "owner");
        let update = update.value(":library", UserId::of_the_library()).value(":new", new).value(":old", old);
        update.value(":one", 1).send().await
    }
}

fn key(item: &Item) -> Option<BookKey> {
    item.get("pk")?.as_s().ok()?.parse().ok()
}

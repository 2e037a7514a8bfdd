//! Favorites: books that a reader bookmarks.
//!
//! | question                                 | key                       | call                  | units     |
//! |------------------------------------------|---------------------------|-----------------------|-----------|
//! | add a book that exists                   | book#b, user#u favorite#b | GetItem, strong; one transaction | 1 R, 7 W  |
//! | a reader's favorites, newest first (20)  | index reader-newest       | Query, BatchGetItem   | ≤ 11 R    |
//! | … by their titles, for a file (100)      | index reader-newest       | Query, BatchGetItem   | ≤ 52 R    |
//! | one of them                              | user#u favorite#b, book#b | BatchGetItem, strong  | 2 R       |
//! | which of these are favorites             | user#u favorite#b         | BatchGetItem          | ½ R each  |
//! | remove one                               | user#u favorite#b         | one transaction       | 7 W       |
//!
//! A favorite contains only the id of its book. A deleted book is not found any more, and is left out. If all books of a
//! page were deleted, the list reads on, up to five times a hundred favorites (51 R each).

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Library;
use super::book::{BOOK, Book, Record, book_key};
use crate::tables::fault::{Fault, Result};
use crate::tables::journal::entry::BookName;
use crate::tables::journal::{Action, Actor, Entry};
use crate::tables::key::{Item, Key, item, key, sortable};
use crate::tables::table::Consistency::{Eventual, Strong};
use crate::tables::table::{Page, from_item, is_at, readable, to_value};
use crate::tables::write::Committed;
use crate::values::{BookId, ImportId, Title, UserId, milliseconds};

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
    /// The row of an import that it came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    import: Option<OfRow>,
}

/// A row of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct OfRow {
    pub(super) id: ImportId,
    pub(super) row: u64,
}

impl Favorite {
    fn position(&self) -> Result<Position> {
        let added_at = self.added_at.parse().map_err(|error: jiff::Error| Fault::Broken(error.into()))?;
        Ok(Position { sk: self.sk, added_at })
    }
}

/// A position in a reader's favorites: after a favorite.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Position {
    sk: FavoriteKey,
    added_at: Timestamp,
}

/// A favorite, also of a book that was deleted.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Bookmark {
    /// The book. It has no title if it was deleted.
    pub book: BookName,
    /// When it became a favorite.
    #[serde(serialize_with = "milliseconds")]
    pub added_at: Timestamp,
}

/// How many favorites a list reads at once, if all books of its page were deleted.
const FURTHER_PAGE: usize = 100;
/// How often it does so.
const MOST_FURTHER_PAGES: usize = 5;
/// The most deletions of a batch.
const MOST_DELETIONS: usize = 25;

/// The outcome of adding a favorite.
#[derive(Debug)]
pub enum Added {
    /// The book is a new favorite.
    Now(Book),
    /// The book was a favorite already.
    Before(Book),
}

pub(super) fn favorite_key(reader: UserId, book: BookId) -> Key {
    Key::of(ReaderKey(reader)).and(FavoriteKey(book))
}

impl Library {
    /// Adds a book to the actor's favorites. Idempotent. Returns `None` if there is no such book.
    ///
    /// # Errors
    /// A fault of the tables.
    pub async fn add_favorite(&self, book: BookId, actor: &Actor) -> Result<Option<Added>> {
        self.add_favorite_of(None, book, actor).await
    }

    /// Does the same for an import.
    pub(super) async fn add_favorite_of(
        &self,
        import: Option<OfRow>,
        book: BookId,
        actor: &Actor,
    ) -> Result<Option<Added>> {
        let Some(found) = self.find_book(book).await? else { return Ok(None) };
        let (pk, sk) = (ReaderKey(actor.id), FavoriteKey(book));
        let favorite = Favorite { pk, sk, reader: actor.id, added_at: sortable(actor.at), import };
        let entry = Entry::of_book(Action::FavoriteAdded, book, Some(found.details.title.clone()));
        let mut transaction = self.sessions.transaction(actor);
        transaction.add_all([self.table.put(&favorite).if_new(), self.journal.put(actor, entry)]);
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
        let mut transaction = self.sessions.transaction(actor);
        transaction.add_all([delete, entry]);
        transaction.commit().await?;
        Ok(())
    }

    /// Returns which of the books are favorites of a reader, and the rows of imports that they came with.
    pub(super) async fn which_are_favorites(
        &self,
        reader: UserId,
        books: &HashSet<BookId>,
    ) -> Result<HashMap<BookId, Option<OfRow>>> {
        let keys = books.iter().map(|book| favorite_key(reader, *book)).collect();
        let found = self.table.get_batch(keys, Eventual).await?.into_iter().filter_map(readable::<Favorite>);
        Ok(found.map(|favorite| (favorite.sk.0, favorite.import)).collect())
    }

    /// Removes up to `limit` favorites of a reader that came with an import, and counts them there. Returns whether none is left.
    pub(super) async fn remove_favorites_of(&self, import: ImportId, limit: usize, actor: &Actor) -> Result<bool> {
        let mut tried = 0;
        let mut after = None;
        loop {
            let query = self.table.query("pk = :reader AND begins_with(sk, :favorite)").strong();
            let query = query.value(":reader", ReaderKey(actor.id)).value(":favorite", "favorite#");
            let page = query.after(after).items(FURTHER_PAGE).await?;
            let of_import = page.items.into_iter().filter_map(readable::<Favorite>);
            for favorite in of_import.filter(|favorite| favorite.import.is_some_and(|of| of.id == import)) {
                let FavoriteKey(book) = favorite.sk;
                let delete = self.table.delete(favorite_key(actor.id, book)).when("#import.id = :import");
                let entry = self.journal.put(actor, Entry::of_book(Action::FavoriteRemoved, book, None));
                let mut transaction = self.sessions.transaction(actor);
                transaction.add_all([delete.name("#import", "import").value(":import", import), entry]);
                self.count_removed(&mut transaction, actor.id, import, 1);
                // A refusal means that it is gone, or that another request has removed it.
                transaction.commit().await?;
                tried += 1;
                if tried >= limit {
                    return Ok(false);
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(true);
            }
        }
    }

    /// Lists up to `limit` favorite books of a reader after a position, the newest favorite first. A page has fewer
    /// books if some were deleted. An empty page has no next one.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn list_favorites(
        &self,
        reader: UserId,
        limit: usize,
        after: Option<Position>,
    ) -> Result<Page<Book, Position>> {
        let (mut after, mut width) = (after, limit);
        for _ in 0..=MOST_FURTHER_PAGES {
            let start = after.map(|position| start_key(reader, &position));
            let query = self.table.query("reader = :reader").index("reader-newest").value(":reader", reader);
            let page = query.backwards().after(start).page::<Favorite, Position>(width).await?;
            let mut kept = self.books_of(page.items).await?;
            let next = match kept.get(limit - 1).filter(|_| kept.len() > limit) {
                Some((last, _)) => Some(last.position()?),
                None => page.next,
            };
            kept.truncate(limit);
            if !kept.is_empty() || next.is_none() {
                return Ok(Page { items: kept.into_iter().map(|(_, book)| book).collect(), next });
            }
            (after, width) = (next, FURTHER_PAGE);
        }
        Ok(Page { items: Vec::new(), next: None })
    }

    /// Lists up to `limit` favorites of a reader after a position, the newest first. Those of deleted books are listed as well.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn list_bookmarks(
        &self,
        reader: UserId,
        limit: usize,
        after: Option<Position>,
    ) -> Result<Page<Bookmark, Position>> {
        let start = after.map(|position| start_key(reader, &position));
        let query = self.table.query("reader = :reader").index("reader-newest").value(":reader", reader);
        let page = query.backwards().after(start).page::<Favorite, Position>(limit).await?;
        let keys = page.items.iter().map(|favorite| book_key(favorite.sk.0)).collect();
        let found = self.table.get_batch(keys, Eventual).await?.into_iter().filter_map(readable::<Record>);
        let mut titles: HashMap<BookId, Title> = found.map(|record| (record.pk.0, record.details.title)).collect();
        let bookmark = |favorite: Favorite| {
            let Position { sk: FavoriteKey(book), added_at } = favorite.position().ok()?;
            Some(Bookmark { book: BookName::new(book, titles.remove(&book)), added_at })
        };
        Ok(Page { items: page.items.into_iter().filter_map(bookmark).collect(), next: page.next })
    }

    /// Reads a favorite book of a reader; `None` if it is not one of their favorites, or was deleted.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn get_favorite(&self, reader: UserId, book: BookId) -> Result<Option<Book>> {
        let found = self.table.get_batch(vec![favorite_key(reader, book), book_key(book)], Strong).await?;
        let (mut record, mut is_favorite) = (None, false);
        for item in found {
            if is_at(&item, BOOK) {
                record = Some(from_item::<Record>(item)?);
            } else {
                is_favorite = true;
            }
        }
        Ok(record.filter(|_| is_favorite).map(Book::from))
    }

    /// Reads the books of `favorites`, in their order. Deleted books are left out.
    async fn books_of(&self, favorites: Vec<Favorite>) -> Result<Vec<(Favorite, Book)>> {
        let keys = favorites.iter().map(|favorite| book_key(favorite.sk.0)).collect();
        let found = self.table.get_batch(keys, Eventual).await?.into_iter().filter_map(readable::<Record>);
        let mut books: HashMap<BookId, Book> = found.map(|record| (record.pk.0, Book::from(record))).collect();
        let kept = favorites.into_iter().filter_map(|favorite| Some((books.remove(&favorite.sk.0)?, favorite)));
        Ok(kept.map(|(book, favorite)| (favorite, book)).collect())
    }

    /// Removes all favorites of a reader whose account was deleted.
    ///
    /// # Errors
    /// A fault of the table. Favorites that were removed before it stay removed, and a retry removes the rest.
    pub async fn remove_all_favorites(&self, reader: UserId) -> Result<()> {
        loop {
            let query = self.table.query("pk = :reader AND begins_with(sk, :favorite)").only("pk, sk").strong();
            let query = query.value(":reader", ReaderKey(reader)).value(":favorite", "favorite#");
            let keys = query.items(MOST_DELETIONS).await?.items;
            if keys.is_empty() {
                return Ok(());
            }
            self.table.delete_batch(keys).await?;
        }
    }
}

/// Returns the index key after which the list continues.
fn start_key(reader: UserId, Position { sk, added_at }: &Position) -> Item {
    let (pk, added_at) = (ReaderKey(reader), sortable(*added_at));
    item([("pk", to_value(pk)), ("sk", to_value(sk)), ("reader", to_value(reader)), ("addedAt", to_value(added_at))])
}

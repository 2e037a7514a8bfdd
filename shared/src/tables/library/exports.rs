//! Books one after the other, for files.
//!
//! | question                    | key                         | call       | units            |
//! |-----------------------------|-----------------------------|------------|------------------|
//! | up to a thousand books      | index newest or owner-newest | one Query | ½ R for each 4 KB, at most 128 R |
//! | may there be a page more; count it | limit#export#of#w    | UpdateItem | 1 W              |
//!
//! They come in the order of their ids, which never change. A Query reads at most 1 MB, so a page of large books has fewer.
//!
//! A page reads as much of one partition as a hundred requests of other readers, so they are counted. The counts of the other
//! limits are in Accounts, which this function must not know.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Library;
use super::book::{BOOK, Book, BookKey, Record, Store, owner_shelf};
use crate::tables::accounts::limits::{Limit, Reached};
use crate::tables::fault::{Failure, Result};
use crate::tables::key::item;
use crate::tables::table::{Page, cut, to_value};
use crate::tables::write::Written;
use crate::values::{Address, BookId, UserId};

/// The pages that one user, or one network address without a session, gets in a minute.
const PAGES: Limit = Limit::new("export", 120, 60);

/// A position: after a book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    pk: BookKey,
}

impl Position {
    /// Returns the position after that book.
    pub fn after(book: BookId) -> Self {
        Position { pk: BookKey(book) }
    }
}

/// Whose books are exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// All.
    Everybody,
    /// Those that a user added.
    Of(UserId),
}

impl Library {
    /// Reads up to `limit` books of a store after a position, the oldest first.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn export_books(
        &self,
        store: Store,
        whose: Whose,
        limit: usize,
        after: Option<Position>,
    ) -> Result<Page<Book, Position>> {
        let (index, attribute, partition) = match whose {
            Whose::Everybody => ("newest", "shelf", store.shelf().to_owned()),
            Whose::Of(owner) => ("owner-newest", "ownerShelf", owner_shelf(store, owner)),
        };
        let start = after.map(|Position { pk }| {
            item([("pk", to_value(pk)), ("sk", to_value(BOOK)), (attribute, to_value(&partition))])
        });
        let query = self.table.query(format!("{attribute} = :partition")).index(index).value(":partition", &partition);
        // One more than `limit`, to find out whether the list continues.
        let found = query.after(start).items_within(limit + 1, 1).await?;
        let page: Page<Record, Position> = cut(found, limit)?;
        Ok(Page { items: page.items.into_iter().map(Book::from).collect(), next: page.next })
    }

    /// Counts a page of a user or, without one, of a network address.
    ///
    /// # Errors
    /// [`Reached`] if there may be no more in this minute; a fault of the table.
    pub async fn count_export(
        &self,
        user: Option<UserId>,
        from: &Address,
        now: Timestamp,
    ) -> Result<(), Failure<Reached>> {
        let of = user.map_or_else(|| from.as_str().to_owned(), |user| user.to_string());
        let key = PAGES.key(&of, now).and("limit");
        match PAGES.count(&self.table, key, now).send_once().await? {
            Written::Done(_) => Ok(()),
            Written::Refused(_) => Err(Failure::Refused(PAGES.reached(now))),
        }
    }
}

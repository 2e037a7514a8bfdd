//! Lists of books.
//!
//! | question                                        | index         | key condition                        |
//! |-------------------------------------------------|---------------|--------------------------------------|
//! | all books, by title; titles that begin so; equal | title         | shelf, titleKey begins with          |
//! | all books, newest first                         | newest        | shelf                                |
//! | an author's books, by title                     | author-title  | authorShelf, titleKey begins with    |
//! | an author's books, newest first                 | author-newest | authorShelf                          |
//! | a user's books, by title                        | owner-title   | ownerShelf, titleKey begins with     |
//! | a user's books, newest first                    | owner-newest  | ownerShelf                           |
//!
//! Each list is one Query of one index, which contains whole books. 20 books cost 1–1.5 units, in a library of any
//! size. Only a list of one author's books of one owner may need more Queries. A newer book has a greater id, so the
//! key `pk` sorts by age. The indexes are eventually consistent.

use serde::{Deserialize, Serialize};

use super::Library;
use super::book::{
    BOOK, Book, BookKey, END, LONGEST, LONGEST_KEY, Record, Store, author_shelf, owner_shelf, title_stem,
};
use crate::tables::fault::Result;
use crate::tables::key::{Item, item};
use crate::tables::table::{Page, Query, cut, to_value};
use crate::values::{UserId, fold};

/// The selection of a list, and its order.
#[derive(Debug, Clone)]
pub struct Selection {
    /// The store.
    pub store: Store,
    /// Only books by this author, regardless of case and accents.
    pub author: Option<String>,
    /// Only books of this owner.
    pub owner: Option<UserId>,
    /// Only these titles.
    pub title: TitleMatch,
    /// The order.
    pub order: Order,
}

/// A condition on titles, regardless of case and accents.
#[derive(Debug, Clone)]
pub enum TitleMatch {
    /// Every title.
    Any,
    /// This title.
    Equal(String),
    /// Titles that begin with this text.
    Prefix(String),
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By title; equal titles by age.
    Title,
    /// The newest first. Not for the beginning of a title, because all these books would have to be sorted.
    Newest,
}

/// The most Queries for a page of an author's books with one owner. The page may have fewer than `limit` books then.
const MOST_QUERIES: usize = 5;

/// A position in a list: after a book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Position {
    pk: BookKey,
    // Not skipped while it is missing: a cursor's format has no names.
    #[serde(default)]
    title_key: Option<String>,
}

impl Selection {
    /// Returns whether a position belongs to this list. DynamoDB refuses any other position.
    pub fn has(&self, Position { pk, title_key }: &Position) -> bool {
        let plan = Plan::new(self);
        match title_key {
            None => !plan.by_title,
            Some(title_key) => {
                let begins = plan.beginning.as_ref().is_none_or(|beginning| title_key.starts_with(beginning));
                let id = title_key.rsplit_once(END).map(|(_, id)| id);
                plan.by_title && begins && id == Some(&pk.0.to_string()) && title_key.len() <= LONGEST_KEY
            }
        }
    }
}

impl Library {
    /// Lists up to `limit` of the selected books after a position, which [`Selection::has`] must accept.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn list_books(
        &self,
        selection: &Selection,
        limit: usize,
        after: Option<Position>,
    ) -> Result<Page<Book, Position>> {
        let plan = Plan::new(selection);
        let after = after.map(|position| plan.start_key(position));
        // One more than `limit`, to find out whether the list continues.
        let found = plan.query(self).after(after).items_within(limit + 1, MOST_QUERIES).await?;
        let page: Page<Record, Position> = cut(found, limit)?;
        let next = page.next.map(|position| plan.position(position));
        Ok(Page { items: page.items.into_iter().map(Book::from).collect(), next })
    }
}

/// The Query of a selection.
struct Plan {
    index: &'static str,
    /// The partition's attribute and value.
    partition: (&'static str, String),
    /// The beginning of the title key.
    beginning: Option<String>,
    condition: String,
    /// The owner, by which an author's books are filtered.
    owner: Option<String>,
    by_title: bool,
    ascending: bool,
}

impl Plan {
    fn new(selection: &Selection) -> Self {
        let Selection { store, author, owner, title, order } = selection;
        let beginning = match title {
            TitleMatch::Any => None,
            TitleMatch::Equal(title) => Some(title_stem(title)),
            TitleMatch::Prefix(prefix) => Some(beginning(prefix)),
        };
        // The keys of equal titles end with the ids, so the newest come first in descending order.
        let by_title = *order == Order::Title || beginning.is_some();
        let (partition, by_title_index, by_age_index) = match (author, owner) {
            (Some(author), _) => (("authorShelf", author_shelf(*store, author)), "author-title", "author-newest"),
            (None, Some(owner)) => (("ownerShelf", owner_shelf(*store, *owner)), "owner-title", "owner-newest"),
            (None, None) => (("shelf", store.shelf().to_owned()), "title", "newest"),
        };
        let title_condition = if beginning.is_some() { " AND begins_with(titleKey, :beginning)" } else { "" };
        Plan {
            index: if by_title { by_title_index } else { by_age_index },
            condition: format!("{} = :partition{title_condition}", partition.0),
            partition,
            beginning,
            owner: author.as_ref().and(*owner).map(|owner| owner_shelf(*store, owner)),
            by_title,
            ascending: *order == Order::Title,
        }
    }

    fn query(&self, library: &Library) -> Query {
        let query = library.table.query(&self.condition).index(self.index).value(":partition", &self.partition.1);
        let query = if self.ascending { query } else { query.backwards() };
        let query = match &self.beginning {
            Some(beginning) => query.value(":beginning", beginning),
            None => query,
        };
        match &self.owner {
            Some(owner) => query.filter("ownerShelf = :owner").value(":owner", owner),
            None => query,
        }
    }

    /// Returns the index key after which the list continues.
    fn start_key(&self, Position { pk, title_key }: Position) -> Item {
        let partition = to_value(&self.partition.1);
        let mut key = item([("pk", to_value(pk)), ("sk", to_value(BOOK)), (self.partition.0, partition)]);
        key.extend(title_key.map(|title_key| ("titleKey".to_owned(), to_value(title_key))));
        key
    }

    /// Returns a position without the title, if the index sorts by age.
    fn position(&self, position: Position) -> Position {
        Position { title_key: position.title_key.filter(|_| self.by_title), ..position }
    }
}

/// Returns the beginning of the title keys of titles that begin with `prefix`.
fn beginning(prefix: &str) -> String {
    let mut folded = fold(prefix);
    folded.truncate(folded.floor_char_boundary(LONGEST));
    folded
}

/// Returns whether a book that was found by its ISBN belongs to a selection.
pub fn contains(selection: &Selection, book: &Book) -> bool {
    let title = title_stem(book.details.title.as_str());
    let title_fits = match &selection.title {
        TitleMatch::Any => true,
        TitleMatch::Equal(wanted) => title == title_stem(wanted),
        TitleMatch::Prefix(wanted) => title.trim_end_matches(END).starts_with(&beginning(wanted)),
    };
    let author_fits = selection.author.as_ref().is_none_or(|author| fold(author) == fold(book.details.author.as_str()));
    title_fits && author_fits && selection.owner.is_none_or(|owner| owner == book.owner)
}

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
//! Each is one Query of one index that holds whole books: 20 books cost 1–1.5 units, in a library of any size. A book
//! is newer than another if its id is greater, so the key `pk` gives the order of age. The indexes follow the table
//! within moments (they are eventually consistent).

use super::book::{BOOK, Book, END, LONGEST, Record, Store, author_shelf, book_key, owner_shelf, title_stem};
use crate::tables::table::{Item, Result, Table, from_item, string};
use crate::values::fold;
use crate::values::{BookId, UserId};

/// Which books, in which order.
#[derive(Debug, Clone)]
pub struct Selection {
    /// From which store.
    pub store: Store,
    /// Only this author's, whatever the case and accents.
    pub author: Option<String>,
    /// Only this user's.
    pub owner: Option<UserId>,
    /// Only these titles.
    pub title: TitleMatch,
    /// In which order.
    pub order: Order,
}

/// Which titles, whatever the case and accents.
#[derive(Debug, Clone)]
pub enum TitleMatch {
    /// Every title.
    Any,
    /// This one.
    Equal(String),
    /// Those that begin so.
    Prefix(String),
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By title; equal titles by age.
    Title,
    /// Newest first. Goes with any selection but a title's beginning: that would mean to sort all that begin so.
    Newest,
}

/// Rounds at most for a page of an author's books that are one owner's: the answer may then be a short page.
const MOST_ROUNDS: usize = 5;

/// A place in a list: after a certain book.
#[derive(Debug, Clone)]
pub struct Position(Item);

impl Position {
    /// The place in the list of `selection` that `text` names, as [`list`] gave it. Nothing else is one: whatever was
    /// made up by somebody else, DynamoDB would not take it.
    pub fn read(selection: &Selection, text: &str) -> Option<Position> {
        let plan = Plan::new(selection);
        let (title_key, id) = match text.rsplit_once(END) {
            Some((_, id)) if plan.by_title => (Some(text), id),
            None if !plan.by_title => (None, text),
            _ => return None,
        };
        let id: BookId = id.parse().ok()?;
        if title_key.is_some_and(|key| !plan.beginning.as_ref().is_none_or(|beginning| key.starts_with(beginning))) {
            return None;
        }
        let mut key = Item::from([
            ("pk".to_owned(), string(book_key(id))),
            ("sk".to_owned(), string(BOOK)),
            (plan.partition.0.to_owned(), string(&plan.partition.1)),
        ]);
        key.extend(title_key.map(|title_key| ("titleKey".to_owned(), string(title_key))));
        Some(Position(key))
    }
}

/// Up to `limit` books after `after`, and where the list goes on if it does ([`Position::read`]).
///
/// # Errors
/// When the table cannot be read.
pub async fn list(
    table: &Table,
    selection: &Selection,
    limit: usize,
    after: Option<Position>,
) -> Result<(Vec<Book>, Option<String>)> {
    let query = Plan::new(selection);
    let mut start = after.map(|Position(key)| key);
    let mut found: Vec<Record> = Vec::new();
    for _ in 0..MOST_ROUNDS {
        // One more than asked for tells whether there is more.
        let wanted = limit + 1 - found.len();
        let request = table
            .client
            .query()
            .table_name(&*table.name)
            .index_name(query.index)
            .key_condition_expression(&query.condition)
            .set_filter_expression(query.owner.is_some().then(|| "ownerShelf = :owner".into()))
            .set_expression_attribute_values(Some(query.values()))
            .scan_index_forward(query.ascending)
            .set_exclusive_start_key(start.take())
            .limit(i32::try_from(wanted).unwrap_or(i32::MAX));
        let page = request.send().await?;
        for item in page.items.unwrap_or_default() {
            found.push(from_item(item)?);
        }
        start = page.last_evaluated_key;
        if start.is_none() || found.len() > limit {
            break;
        }
    }
    let next = if found.len() > limit {
        found.truncate(limit);
        found.last().map(|last| query.place(last))
    } else {
        start.as_ref().and_then(|last| query.place_of_key(last))
    };
    Ok((found.into_iter().map(Book::from).collect(), next))
}

/// A selection as DynamoDB is asked for it.
struct Plan {
    index: &'static str,
    /// The partition's attribute and value.
    partition: (&'static str, String),
    /// What the title key begins with.
    beginning: Option<String>,
    condition: String,
    /// What has to be filtered out of an author's books.
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
            TitleMatch::Prefix(prefix) => Some(beginning(prefix)).filter(|beginning| !beginning.is_empty()),
        };
        // Keys of equal titles go on with their ids, so their newest come first when read backwards.
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

    fn values(&self) -> Item {
        let mut values = Item::from([(":partition".to_owned(), string(&self.partition.1))]);
        values.extend(self.beginning.iter().map(|beginning| (":beginning".to_owned(), string(beginning))));
        values.extend(self.owner.iter().map(|owner| (":owner".to_owned(), string(owner))));
        values
    }

    /// What [`Position::read`] reads: the title's key, which ends in the id, or the id alone.
    fn place(&self, last: &Record) -> String {
        if self.by_title { last.title_key.clone() } else { last.id().to_string() }
    }

    /// The same of a key, where the last book that was looked at is not among those found.
    fn place_of_key(&self, last: &Item) -> Option<String> {
        let text = |name: &str| last.get(name).and_then(|value| value.as_s().ok()).cloned();
        if self.by_title { text("titleKey") } else { text("pk")?.strip_prefix("book#").map(ToOwned::to_owned) }
    }
}

/// What the keys of titles that begin so begin with. Empty where nothing is left of marks without letters.
fn beginning(prefix: &str) -> String {
    let mut folded = fold(prefix);
    folded.truncate(folded.floor_char_boundary(LONGEST));
    folded
}

/// Whether a book is among the selected: for one that was found by other means.
pub fn contains(selection: &Selection, book: &Book) -> bool {
    let title = title_stem(book.title.as_str());
    let title_fits = match &selection.title {
        TitleMatch::Any => true,
        TitleMatch::Equal(wanted) => title == title_stem(wanted),
        TitleMatch::Prefix(wanted) => title.trim_end_matches(END).starts_with(&beginning(wanted)),
    };
    let author_fits = selection.author.as_ref().is_none_or(|author| fold(author) == fold(book.author.as_str()));
    title_fits && author_fits && selection.owner.is_none_or(|owner| owner == book.owner)
}

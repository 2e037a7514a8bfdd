//! What a book is: as clients send it, as they get it, and as it is stored.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::values::Isbn;
use crate::values::fold;
use crate::values::{BookId, Bounded, Day, Name, Text, UserId, removable, required};

/// A book's title.
pub type Title = Text<500>;
/// Who wrote it.
pub type Author = Text<200>;
/// A year, negative before our era.
pub type Year = Bounded<-9999, 9999>;
/// How many pages.
pub type Pages = Bounded<1, 100_000>;
/// How many copies the library has.
pub type Copies = Bounded<1, 10_000>;

/// A book as a client sends it whole.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewBook {
    /// The title.
    #[schema(example = "Kindred")]
    pub title: Title,
    /// Who wrote it.
    #[schema(example = "Octavia E. Butler")]
    pub author: Author,
    /// ISBN-10 or ISBN-13, with or without hyphens. No two books have the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable)]
    pub isbn: Option<Isbn>,
    /// When the work was first published, negative before our era.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 1979)]
    pub publication_year: Option<Year>,
    /// The country that the work is from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "United States")]
    pub country: Option<Name>,
    /// The language it is written in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "English")]
    pub language: Option<Name>,
    /// How many pages it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 264)]
    pub pages: Option<Pages>,
    /// The day this edition came out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_date: Option<Day>,
    /// How many copies the library has.
    #[serde(default = "one_copy")]
    #[schema(required = false, example = 1)]
    pub copies: Copies,
}

fn one_copy() -> Copies {
    Copies::of::<1>()
}

/// A change of a book (JSON Merge Patch, RFC 7396): what is named is set, or removed by `null`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BookPatch {
    /// The title.
    #[serde(default, deserialize_with = "required", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub title: Option<Title>,
    /// Who wrote it.
    #[serde(default, deserialize_with = "required", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub author: Option<Author>,
    /// ISBN-10 or ISBN-13.
    #[serde(default, deserialize_with = "removable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Isbn>)]
    pub isbn: Option<Option<Isbn>>,
    /// When the work was first published.
    #[serde(default, deserialize_with = "removable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Year>)]
    pub publication_year: Option<Option<Year>>,
    /// The country that the work is from.
    #[serde(default, deserialize_with = "removable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Name>)]
    pub country: Option<Option<Name>>,
    /// The language it is written in.
    #[serde(default, deserialize_with = "removable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Name>)]
    pub language: Option<Option<Name>>,
    /// How many pages it has.
    #[serde(default, deserialize_with = "removable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Pages>)]
    pub pages: Option<Option<Pages>>,
    /// The day this edition came out.
    #[serde(default, deserialize_with = "removable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Day>)]
    pub release_date: Option<Option<Day>>,
    /// How many copies the library has.
    #[serde(default, deserialize_with = "required", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub copies: Option<Copies>,
}

impl From<NewBook> for BookPatch {
    /// The change that makes any book this one: every field named.
    fn from(book: NewBook) -> Self {
        BookPatch {
            title: Some(book.title),
            author: Some(book.author),
            isbn: Some(book.isbn),
            publication_year: Some(book.publication_year),
            country: Some(book.country),
            language: Some(book.language),
            pages: Some(book.pages),
            release_date: Some(book.release_date),
            copies: Some(book.copies),
        }
    }
}

/// A book of the library.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Book {
    /// The book's id.
    pub id: BookId,
    /// The title.
    #[schema(example = "Kindred")]
    pub title: Title,
    /// Who wrote it.
    #[schema(example = "Octavia E. Butler")]
    pub author: Author,
    /// The ISBN in its 13 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub isbn: Option<Isbn>,
    /// When the work was first published, negative before our era.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 1979)]
    pub publication_year: Option<Year>,
    /// The country that the work is from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "United States")]
    pub country: Option<Name>,
    /// The language it is written in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "English")]
    pub language: Option<Name>,
    /// How many pages it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 264)]
    pub pages: Option<Pages>,
    /// The day this edition came out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub release_date: Option<Day>,
    /// How many copies the library has.
    #[schema(example = 1)]
    pub copies: Copies,
    /// There, and `true`, if it is one of the old books.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub archived: bool,
    /// Who added it, and may change it.
    pub owner: UserId,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts its changes; the `ETag`.
    #[serde(skip)]
    pub version: u64,
}

/// One of the two stores of the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// The books that can be borrowed.
    Books,
    /// The old books, kept for the record.
    Archive,
}

impl Store {
    /// The partition of the whole-store indexes, and the first part of the others'.
    pub(crate) fn shelf(self) -> &'static str {
        match self {
            Store::Books => "books",
            Store::Archive => "archive",
        }
    }
}

/// A book as stored. Its age is in its id; everything else that an index needs is spelt out.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record {
    pub(crate) pk: String,
    pub(crate) sk: String,
    pub(crate) shelf: String,
    pub(crate) author_shelf: String,
    pub(crate) owner_shelf: String,
    pub(crate) title_key: String,
    #[serde(flatten)]
    pub(crate) details: NewBook,
    pub(crate) owner: UserId,
    /// Milliseconds since 1970.
    pub(crate) updated_at: i64,
    pub(crate) version: u64,
}

impl Record {
    pub(crate) fn new(id: BookId, details: NewBook, owner: UserId, store: Store, now: Timestamp) -> Self {
        Record {
            pk: book_key(id),
            sk: BOOK.into(),
            shelf: store.shelf().into(),
            author_shelf: author_shelf(store, details.author.as_str()),
            owner_shelf: owner_shelf(store, owner),
            title_key: title_key(details.title.as_str(), id),
            details,
            owner,
            updated_at: now.as_millisecond(),
            version: 1,
        }
    }

    /// How many copies the library has.
    pub(crate) fn copies(&self) -> u32 {
        self.details.copies.get().unsigned_abs()
    }

    pub(crate) fn id(&self) -> BookId {
        // Only ids go into keys, so this cannot fail; if it could, the nil id would name no book.
        self.pk.strip_prefix("book#").and_then(|id| id.parse().ok()).unwrap_or_else(|| [0; 16].into())
    }
}

impl From<Record> for Book {
    fn from(record: Record) -> Self {
        let id = record.id();
        let NewBook { title, author, isbn, publication_year, country, language, pages, release_date, copies } =
            record.details;
        Book {
            id,
            title,
            author,
            isbn,
            publication_year,
            country,
            language,
            pages,
            release_date,
            copies,
            archived: record.shelf == Store::Archive.shelf(),
            owner: record.owner,
            created_at: id.created_at(),
            updated_at: Timestamp::from_millisecond(record.updated_at).unwrap_or_default(),
            version: record.version,
        }
    }
}

/// The sort key of a book's own item.
pub(crate) const BOOK: &str = "book";

pub(crate) fn book_key(id: BookId) -> String {
    format!("book#{id}")
}

pub(crate) fn author_shelf(store: Store, author: &str) -> String {
    format!("{}#{}", store.shelf(), shorten(fold(author)))
}

pub(crate) fn owner_shelf(store: Store, owner: UserId) -> String {
    format!("{}#{owner}", store.shelf())
}

/// Ends a folded title in its key: below every letter, so that "Emma" sorts before "Emma Bovary", and never part of
/// a title, so that looking for all keys that begin so finds equal titles only.
pub(crate) const END: char = '\u{1f}';

/// The sort key of the title order: the folded title, and the id, which gives equal titles the order of their age.
pub(crate) fn title_key(title: &str, id: BookId) -> String {
    format!("{}{id}", title_stem(title))
}

/// What the keys of all books of a title begin with, and no other's.
pub(crate) fn title_stem(title: &str) -> String {
    let mut stem = shorten(fold(title));
    stem.push(END);
    stem
}

/// The most bytes of folded text in a key: DynamoDB takes 1,024 in all of a sort key.
pub(crate) const LONGEST: usize = 900;

/// What is cut off a longer text counts by its hash, so that different texts stay different.
fn shorten(mut folded: String) -> String {
    if folded.len() > LONGEST {
        let hash = Sha256::digest(folded.as_bytes());
        folded.truncate(folded.floor_char_boundary(LONGEST));
        folded.extend(hash[..8].iter().map(|byte| format!("{byte:02x}")));
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::{Store, author_shelf, title_key, title_stem};

    #[test]
    fn a_title_comes_before_the_longer_ones_that_begin_with_it() {
        let id = [0xff; 16].into();
        assert!(title_key("Emma", id) < title_key("Emma Bovary", [0; 16].into()));
        assert!(title_key("Emma", id) < title_key("Emma!", [0; 16].into()));
    }

    #[test]
    fn letters_that_fold_into_many_still_fit() {
        assert!(author_shelf(Store::Books, &"\u{fdfa}".repeat(200)).len() <= 1_024);
    }

    #[test]
    fn the_longest_titles_fit_and_differ_by_their_ends() {
        let [one, other] = ["a", "b"].map(|end| format!("{}{end}", "龍".repeat(499)));
        assert!(title_key(&one, [0; 16].into()).len() <= 1_024);
        assert_ne!(title_stem(&one), title_stem(&other));
    }
}

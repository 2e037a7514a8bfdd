//! The types of a book: in requests ([`NewBook`], [`BookPatch`]), in answers ([`Book`]), and as stored. [`Details`] is
//! the common part of the last two.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::tables::key::{Key, key};
use crate::values::{
    Author, BookId, Copies, Day, Isbn, Name, Pages, Patch, ShelfMark, Subjects, Title, UserId, Year, fold,
    milliseconds, required, stored,
};

/// A book as a client sends it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewBook {
    /// The title.
    #[schema(example = "Kindred")]
    pub title: Title,
    /// Who wrote it.
    #[schema(example = "Octavia E. Butler")]
    pub author: Author,
    /// ISBN-10 or ISBN-13, with or without hyphens. It is unique.
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
    /// Where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "SF BUT")]
    pub shelf_mark: Option<ShelfMark>,
    /// What it is about. An empty list means that it has no subjects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable)]
    pub subjects: Option<Subjects>,
    /// How many copies the library has.
    #[serde(default = "one_copy")]
    #[schema(required = false, example = 1)]
    pub copies: Copies,
}

fn one_copy() -> Copies {
    Copies::of::<1>()
}

/// A change of a book (JSON Merge Patch, RFC 7396). `null` removes a field. Absent fields do not change.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BookPatch {
    /// The title.
    #[serde(default, deserialize_with = "required")]
    #[schema(nullable = false)]
    pub title: Option<Title>,
    /// Who wrote it.
    #[serde(default, deserialize_with = "required")]
    #[schema(nullable = false)]
    pub author: Option<Author>,
    /// ISBN-10 or ISBN-13.
    #[serde(default)]
    #[schema(value_type = Option<Isbn>)]
    pub isbn: Patch<Isbn>,
    /// When the work was first published.
    #[serde(default)]
    #[schema(value_type = Option<Year>)]
    pub publication_year: Patch<Year>,
    /// The country that the work is from.
    #[serde(default)]
    #[schema(value_type = Option<Name>)]
    pub country: Patch<Name>,
    /// The language it is written in.
    #[serde(default)]
    #[schema(value_type = Option<Name>)]
    pub language: Patch<Name>,
    /// How many pages it has.
    #[serde(default)]
    #[schema(value_type = Option<Pages>)]
    pub pages: Patch<Pages>,
    /// The day this edition came out.
    #[serde(default)]
    #[schema(value_type = Option<Day>)]
    pub release_date: Patch<Day>,
    /// Where it stands.
    #[serde(default)]
    #[schema(value_type = Option<ShelfMark>)]
    pub shelf_mark: Patch<ShelfMark>,
    /// What it is about. The list replaces the former one.
    #[serde(default)]
    #[schema(value_type = Option<Subjects>)]
    pub subjects: Patch<Subjects>,
    /// How many copies the library has.
    #[serde(default, deserialize_with = "required")]
    #[schema(nullable = false)]
    pub copies: Option<Copies>,
}

impl BookPatch {
    /// Applies the change to the details of a book.
    pub fn apply(self, mut details: Details) -> Details {
        details.title = self.title.unwrap_or(details.title);
        details.author = self.author.unwrap_or(details.author);
        self.isbn.apply(&mut details.isbn);
        self.publication_year.apply(&mut details.publication_year);
        self.country.apply(&mut details.country);
        self.language.apply(&mut details.language);
        self.pages.apply(&mut details.pages);
        self.release_date.apply(&mut details.release_date);
        self.shelf_mark.apply(&mut details.shelf_mark);
        self.subjects.apply(&mut details.subjects);
        details.subjects = details.subjects.filter(|subjects| !subjects.is_empty());
        details.copies = self.copies.unwrap_or(details.copies);
        details
    }
}

/// The details of a book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Details {
    /// The title.
    #[serde(default, deserialize_with = "stored::required")]
    #[schema(required = true, example = "Kindred")]
    pub title: Title,
    /// Who wrote it.
    #[serde(default, deserialize_with = "stored::required")]
    #[schema(required = true, example = "Octavia E. Butler")]
    pub author: Author,
    /// The ISBN as 13 digits.
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub isbn: Option<Isbn>,
    /// When the work was first published, negative before our era.
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 1979)]
    pub publication_year: Option<Year>,
    /// The country that the work is from.
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "United States")]
    pub country: Option<Name>,
    /// The language it is written in.
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "English")]
    pub language: Option<Name>,
    /// How many pages it has.
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 264)]
    pub pages: Option<Pages>,
    /// The day this edition came out.
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub release_date: Option<Day>,
    /// Where it stands.
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "SF BUT")]
    pub shelf_mark: Option<ShelfMark>,
    /// What it is about.
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub subjects: Option<Subjects>,
    /// How many copies the library has.
    #[serde(default, deserialize_with = "stored::required")]
    #[schema(required = true, example = 1)]
    pub copies: Copies,
}

impl From<NewBook> for Details {
    fn from(new: NewBook) -> Self {
        let NewBook {
            title,
            author,
            isbn,
            publication_year,
            country,
            language,
            pages,
            release_date,
            shelf_mark,
            subjects,
            copies,
        } = new;
        let subjects = subjects.filter(|subjects| !subjects.is_empty());
        Details {
            title,
            author,
            isbn,
            publication_year,
            country,
            language,
            pages,
            release_date,
            shelf_mark,
            subjects,
            copies,
        }
    }
}

/// A book of the library.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Book {
    /// The book's id.
    pub id: BookId,
    /// The details.
    #[serde(flatten)]
    pub details: Details,
    /// The version of its cover, which `GET /books/{bookId}/cover?version=` returns. Absent if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "5f0c1f2a9b3d4e6f8a7b6c5d")]
    pub cover: Option<String>,
    /// Present and `true` if the book is in the archive.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub archived: bool,
    /// The user who added it. They and librarians may change it. `00000000-0000-0000-0000-000000000000` if that account was
    /// deleted: then it is the library's.
    pub owner: UserId,
    /// When it was added.
    #[serde(serialize_with = "milliseconds")]
    pub created_at: Timestamp,
    /// When it was last changed.
    #[serde(serialize_with = "milliseconds")]
    pub updated_at: Timestamp,
    /// Counts its changes; the `ETag`.
    #[serde(skip)]
    pub version: u64,
}

/// One of the two stores of the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// The catalogue: books that readers can reserve.
    Books,
    /// The archive: books that were taken out of the catalogue.
    Archive,
}

impl Store {
    /// Returns the partition of the indexes `title` and `newest`, and the first part of those of the other indexes.
    pub(super) fn shelf(self) -> &'static str {
        match self {
            Store::Books => "books",
            Store::Archive => "archive",
        }
    }
}

/// A book as stored. Its id contains its age. Every other index key is an attribute of its own.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Record {
    pub(super) pk: BookKey,
    pub(super) sk: String,
    shelf: String,
    author_shelf: String,
    owner_shelf: String,
    title_key: String,
    #[serde(flatten)]
    pub(super) details: Details,
    pub(super) owner: UserId,
    /// The tag of its cover, which has an item of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cover: Option<String>,
    /// What its marker `source#…` is called, if it came from a file without an ISBN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<String>,
    /// Its version after the last change by the import that it came with, if nobody else has changed it before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) as_imported: Option<u64>,
    /// Milliseconds since 1970.
    updated_at: i64,
    pub(super) version: u64,
}

impl Record {
    pub(super) fn new(id: BookId, details: Details, owner: UserId, store: Store, now: Timestamp) -> Self {
        Record {
            pk: BookKey(id),
            sk: BOOK.into(),
            shelf: store.shelf().into(),
            author_shelf: author_shelf(store, details.author.as_str()),
            owner_shelf: owner_shelf(store, owner),
            title_key: title_key(details.title.as_str(), id),
            details,
            owner,
            cover: None,
            source: None,
            as_imported: None,
            updated_at: now.as_millisecond(),
            version: 1,
        }
    }

    /// Returns the same book with the marker of a source.
    pub(super) fn of_source(self, source: Option<String>) -> Self {
        Record { source, ..self }
    }

    /// Returns the next version of this book, with these details and in that store.
    pub(super) fn next(&self, details: Details, store: Store, now: Timestamp) -> Self {
        let (version, cover, source) = (self.version + 1, self.cover.clone(), self.source.clone());
        Record { version, cover, source, ..Record::new(self.pk.0, details, self.owner, store, now) }
    }

    /// Returns the next version of this book, with the cover of that tag or without one.
    pub(super) fn with_cover(&self, cover: Option<String>, now: Timestamp) -> Self {
        Record { cover, version: self.version + 1, updated_at: now.as_millisecond(), ..self.clone() }
    }

    /// Returns the title key and the author's shelf that the book has now, if they differ from the stored ones.
    pub(super) fn other_keys(&self, store: Store) -> Option<(String, String)> {
        let title_key = title_key(self.details.title.as_str(), self.pk.0);
        let author_shelf = author_shelf(store, self.details.author.as_str());
        (title_key != self.title_key || author_shelf != self.author_shelf).then_some((title_key, author_shelf))
    }

    /// Returns whether a book that came with an import is as that import left it.
    pub(super) fn is_as_imported(&self) -> bool {
        self.version == self.as_imported.unwrap_or(1)
    }

    pub(super) fn is_in(&self, store: Store) -> bool {
        self.shelf == store.shelf()
    }

    /// Returns the number of copies.
    pub(super) fn copies(&self) -> u32 {
        self.details.copies.get().unsigned_abs()
    }
}

impl From<Record> for Book {
    fn from(record: Record) -> Self {
        let archived = record.is_in(Store::Archive);
        let Record { pk: BookKey(id), details, owner, cover, version, updated_at, .. } = record;
        let created_at = id.created_at();
        let updated_at = Timestamp::from_millisecond(updated_at).unwrap_or(created_at);
        Book { id, details, cover, archived, owner, created_at, updated_at, version }
    }
}

key!(
    /// The partition of a book: its own item, its lending and its reservations.
    BookKey(BookId) = "book#"
);

/// The sort key of a book's own item.
pub(super) const BOOK: &str = "book";

/// Returns the key of a book's own item.
pub(super) fn book_key(id: BookId) -> Key {
    Key::of(BookKey(id)).and(BOOK)
}

pub(super) fn author_shelf(store: Store, author: &str) -> String {
    format!("{}#{}", store.shelf(), shorten(fold(author)))
}

pub(super) fn owner_shelf(store: Store, owner: UserId) -> String {
    format!("{}#{owner}", store.shelf())
}

/// Ends a folded title in its key. It sorts before every letter, so that "Emma" comes before "Emma Bovary". It is never
/// part of a title, so that a search for keys that begin with a title and END finds only equal titles.
pub(super) const END: char = '\u{1f}';

/// Returns the sort key of the title order: the folded title, and the id, which sorts equal titles by age.
pub(super) fn title_key(title: &str, id: BookId) -> String {
    format!("{}{id}", title_stem(title))
}

/// Returns the beginning of the title keys of all books with a title, and of no other book.
pub(super) fn title_stem(title: &str) -> String {
    let mut stem = shorten(fold(title));
    stem.push(END);
    stem
}

/// The most bytes of a sort key.
pub(super) const LONGEST_KEY: usize = 1_024;

/// The most bytes of folded text in a key, which has a hash and an id as well.
pub(super) const LONGEST: usize = 900;

/// Shortens a text that is too long, and adds its hash, so that different texts stay different.
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
    use super::{LONGEST_KEY, Store, author_shelf, title_key, title_stem};

    #[test]
    fn a_title_sorts_before_longer_titles_that_begin_with_it() {
        let id = [0xff; 16].into();
        assert!(title_key("Emma", id) < title_key("Emma Bovary", [0; 16].into()));
        assert!(title_key("Emma", id) < title_key("Emma!", [0; 16].into()));
    }

    #[test]
    fn an_author_whose_letters_fold_into_many_fits_into_a_key() {
        assert!(author_shelf(Store::Books, &"\u{fdfa}".repeat(200)).len() <= LONGEST_KEY);
    }

    #[test]
    fn long_titles_fit_into_a_key_and_stay_different() {
        let [one, other] = ["a", "b"].map(|end| format!("{}{end}", "龍".repeat(499)));
        assert!(title_key(&one, [0; 16].into()).len() <= LONGEST_KEY);
        assert_ne!(title_stem(&one), title_stem(&other));
    }
}

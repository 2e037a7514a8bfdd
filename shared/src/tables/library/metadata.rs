//! What the catalogues of others said about an ISBN: stored, so that none is asked again soon.
//!
//! | question                         | key           | call             | units |
//! |----------------------------------|---------------|------------------|-------|
//! | what is known of this ISBN       | metadata#isbn | GetItem          | 0.5 R |
//! | and of those of a file           | metadata#isbn | BatchGetItem     | 1 R each |
//! | a catalogue answered             | metadata#isbn | PutItem          | 1 W   |

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::tables::fault::Result;
use crate::tables::key::Key;
use crate::tables::table::Consistency::{Eventual, Strong};
use crate::tables::table::{Table, readable};
use crate::values::{Author, Day, Isbn, Name, Pages, Subjects, Title, Year, stored};

/// The sort key.
const METADATA: &str = "metadata";

/// How long the record of a book is good for.
const RETENTION: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How long it is good for that no catalogue has the book, or its author: new books come in every day.
const RETENTION_OF_NOTHING: SignedDuration = SignedDuration::from_hours(24);
/// How long a record without an author is good for, if a catalogue that may know it did not answer: an import reads it meanwhile.
const RETENTION_OF_A_PART: SignedDuration = SignedDuration::from_mins(15);

/// What a catalogue says about a book. What it does not say, or what does not fit the library's rules, is absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CatalogueRecord {
    /// The ISBN that was asked for, as 13 digits.
    pub isbn: Isbn,
    /// The catalogue: `dnb` is the German National Library, `openlibrary` is Open Library.
    #[schema(example = "openlibrary")]
    pub source: String,
    /// The title.
    #[serde(deserialize_with = "stored::required")]
    #[schema(required = true, example = "Kindred")]
    pub title: Title,
    /// Who wrote it.
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Octavia E. Butler")]
    pub author: Option<Author>,
    /// When this edition came out, or the work was first published.
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 1979)]
    pub publication_year: Option<Year>,
    /// The country that it is from.
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
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
    /// What it is about.
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub subjects: Option<Subjects>,
}

impl CatalogueRecord {
    /// Returns whether title and author are known.
    pub fn is_whole(&self) -> bool {
        self.author.is_some()
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    pk: String,
    sk: String,
    /// `None`: no catalogue has the book.
    record: Option<CatalogueRecord>,
    /// Seconds since 1970. DynamoDB deletes the item days later.
    expires_at: i64,
}

/// The stored answers of catalogues.
#[derive(Clone)]
pub struct Records(Table);

impl Records {
    pub(crate) fn new(table: Table) -> Self {
        Records(table)
    }

    /// Returns what is known of an ISBN: `None` if no catalogue was asked lately, `Some(None)` if none has the book.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn find(&self, isbn: &Isbn, now: Timestamp) -> Result<Option<Option<CatalogueRecord>>> {
        let answer: Option<Answer> = self.0.get(Key::of(pk(isbn)).and(METADATA), Eventual).await?;
        Ok(answer.filter(|answer| answer.expires_at > now.as_second()).map(|answer| answer.record))
    }

    /// Returns what is known of ISBNs: those of which no catalogue was asked lately are left out. What was stored just before is seen.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn find_all(&self, isbns: &[Isbn], now: Timestamp) -> Result<HashMap<Isbn, Option<CatalogueRecord>>> {
        let keys = isbns.iter().map(|isbn| Key::of(pk(isbn)).and(METADATA)).collect();
        let items = self.0.get_batch(keys, Strong).await?;
        let live =
            items.into_iter().filter_map(readable::<Answer>).filter(|answer| answer.expires_at > now.as_second());
        let isbn = |answer: &Answer| answer.pk.strip_prefix(PREFIX)?.parse().ok();
        Ok(live.filter_map(|answer| Some((isbn(&answer)?, answer.record))).collect())
    }

    /// Stores what the catalogues said. `None`: none has the book. `all_answered` is false if a catalogue did not answer that may
    /// know more.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn store(
        &self,
        isbn: &Isbn,
        record: Option<&CatalogueRecord>,
        all_answered: bool,
        now: Timestamp,
    ) -> Result<()> {
        let retention = match record {
            Some(record) if record.is_whole() => RETENTION,
            _ if all_answered => RETENTION_OF_NOTHING,
            _ => RETENTION_OF_A_PART,
        };
        let expires_at = (now + retention).as_second();
        let answer = Answer { pk: pk(isbn), sk: METADATA.into(), record: record.cloned(), expires_at };
        self.0.put(&answer).send().await.map(drop)
    }
}

/// What the keys of records begin with.
const PREFIX: &str = "metadata#";

fn pk(isbn: &Isbn) -> String {
    format!("{PREFIX}{}", isbn.as_str())
}

//! What a row becomes: plain values, which the importing function parses with the rules of `shared`.

use serde::Serialize;

/// A book, as far as a row says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Book {
    /// What names the record where it comes from: `goodreads#42036538`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The title: never empty, at most 500 characters.
    pub title: String,
    /// Its authors, joined by `; `: never empty, at most 200 characters.
    pub author: String,
    /// The ISBN as 13 digits; the last is right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub isbn: Option<String>,
    /// When the work was first published, else this edition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publication_year: Option<i32>,
    /// The country that the work is from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The language, by its English name where the code is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// How many pages it has: 1 to 100,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pages: Option<u32>,
    /// The day this edition came out: `2019-03-05`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release_date: Option<String>,
    /// Where it stands: at most 20 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shelf_mark: Option<String>,
    /// What it is about: at most 20 subjects of at most 100 characters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<String>,
    /// How many copies the row says; 0 to 10,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copies: Option<u32>,
    /// The barcodes of its copies: 4 to 32 letters and digits, in upper case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub barcodes: Vec<String>,
}

/// A member, as far as a row says. One of the names is there, and one of card, email and id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// What names the record where it comes from: `members#7`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The first name. Empty if the file has no first name.
    pub first_name: String,
    /// The last name. Empty if the file has no last name.
    pub last_name: String,
    /// The email address, trimmed and in lower case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The number of the card: text, with its zeros.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card: Option<String>,
    /// The id of the group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// What a row was read as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Draft {
    /// A book.
    Book(Box<Book>),
    /// A member.
    Member(Member),
}

impl Draft {
    /// Returns the book, if it is one.
    pub fn book(&self) -> Option<&Book> {
        match self {
            Draft::Book(book) => Some(book),
            Draft::Member(_) => None,
        }
    }
}

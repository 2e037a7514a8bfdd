//! Many books, written to the tables as an import writes them, without its requests: a million would take it a day.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use shared::values::fold;

use crate::Person;
use crate::database::Client;

/// The most writes of a batch.
const BATCH: usize = 25;
/// How many batches are on their way at once. The database takes one after the other; the next one is ready then.
const AT_ONCE: usize = 4;

/// A row of a file of books.
#[derive(Debug, Clone, Default)]
pub struct BookRow {
    /// The title.
    pub title: String,
    /// Who wrote it.
    pub author: String,
    /// 13 digits.
    pub isbn: Option<String>,
    /// When it was published.
    pub year: Option<i32>,
    /// The language it is written in.
    pub language: Option<String>,
    /// How many pages it has.
    pub pages: Option<u32>,
    /// What it is about.
    pub subjects: Vec<String>,
    /// How many copies there are.
    pub copies: u32,
}

impl BookRow {
    /// Returns the row of a number: with and without an ISBN, and with more or fewer details.
    pub fn of(number: usize) -> BookRow {
        let letter = char::from(b'a' + u8::try_from(number % 26).unwrap_or_default());
        let even = number.is_multiple_of(2);
        BookRow {
            title: format!("{} Title of its Own, number {number}", letter.to_ascii_uppercase()),
            author: format!("Émile N. Author {}", number % 97),
            isbn: even.then(|| isbn(number)),
            year: (!number.is_multiple_of(3)).then(|| 1800 + i32::try_from(number % 220).unwrap_or_default()),
            language: number.is_multiple_of(5).then(|| "French".to_owned()),
            pages: (!number.is_multiple_of(4)).then(|| 80 + u32::try_from(number % 700).unwrap_or_default()),
            subjects: (0..number % 4).map(|subject| format!("Subject {}", (number + subject) % 31)).collect(),
            copies: 1 + u32::try_from(number % 3).unwrap_or_default(),
        }
    }

    /// Returns the row of a number that says little more than it must.
    pub fn plain(number: usize) -> BookRow {
        let letter = char::from(b'a' + u8::try_from(number % 26).unwrap_or_default());
        let title = format!("{letter} title of its own, number {number}");
        BookRow { title, author: "A. N. Author".to_owned(), isbn: Some(isbn(number)), copies: 1, ..BookRow::default() }
    }

    /// Returns it as a line of a file in JSON Lines.
    pub fn line(&self) -> String {
        let BookRow { title, author, isbn, year, language, pages, subjects, copies } = self;
        let mut line = json!({"title": title, "author": author, "copies": copies});
        let mut set = |name: &str, value: Value| {
            if !value.is_null() {
                line[name] = value;
            }
        };
        set("isbn", json!(isbn));
        set("publicationYear", json!(year));
        set("language", json!(language));
        set("pages", json!(pages));
        set("subjects", if subjects.is_empty() { Value::Null } else { json!(subjects) });
        format!("{line}\n")
    }
}

/// Returns the ISBN of a number, with its check digit.
fn isbn(number: usize) -> String {
    let digits = format!("9791{number:08}");
    let sum: u32 = digits.bytes().zip([1, 3].into_iter().cycle()).map(|(digit, by)| u32::from(digit - b'0') * by).sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// Where books are written.
pub struct Stock {
    database: Client,
    owner: String,
    import: String,
}

impl Stock {
    /// Returns the stock of a library whose books `owner` brings in.
    pub async fn of(database: Client, owner: &Person) -> Stock {
        let import = owner.post("/imports", json!({})).await.expect(201).string("id");
        let id = owner.get("/users/me").await.expect(200).string("id");
        Stock { database, owner: id, import }
    }

    /// Returns the id of the book of a number. Those of greater numbers are newer.
    pub fn id(number: usize) -> String {
        format!("0192f3a4-5b6c-7d8e-9f01-{number:012x}")
    }

    /// Writes a book for each row, with its marker. They are numbered from 0, are not indexed, and the log has no row of them.
    pub async fn fill(&self, rows: impl IntoIterator<Item = BookRow>) {
        let rows = Mutex::new(rows.into_iter().enumerate());
        let workers = (0..AT_ONCE).map(async |_| {
            loop {
                let some: Vec<(usize, BookRow)> =
                    rows.lock().unwrap_or_else(PoisonError::into_inner).by_ref().take(BATCH / 2).collect();
                if some.is_empty() {
                    return;
                }
                let items = some.iter().flat_map(|(number, row)| self.items(*number, row));
                // Two rows of one title and author have one marker, and a batch takes each item once.
                let items: BTreeMap<String, Value> = items.map(|item| (item["pk"].to_string(), item)).collect();
                let puts: Vec<Value> = items.values().map(|item| json!({"PutRequest": {"Item": item}})).collect();
                let batch = json!({"RequestItems": {"carrel-library": puts}});
                let written = self.database.call("BatchWriteItem", &batch).await;
                assert_eq!(written["UnprocessedItems"], json!({}));
            }
        });
        futures_util::future::join_all(workers).await;
    }

    /// Returns the items of a book: its own, and the marker of its ISBN or of what else names it.
    pub fn items(&self, number: usize, row: &BookRow) -> [Value; 2] {
        let BookRow { title, author, isbn, year, language, pages, subjects, copies } = row;
        let (id, owner) = (Self::id(number), &self.owner);
        let first = author.split("; ").next().unwrap_or_default();
        let source = format!("print#{}", digest(&format!("{}\n{}", fold(title), fold(first))));
        let mut book = json!({
            "pk": {"S": format!("book#{id}")}, "sk": {"S": "book"}, "shelf": {"S": "books"},
            "authorShelf": {"S": format!("books#{}", fold(author))}, "ownerShelf": {"S": format!("books#{owner}")},
            "titleKey": {"S": format!("{}\u{1f}{id}", fold(title))}, "title": {"S": title}, "author": {"S": author},
            "copies": {"N": copies.to_string()}, "owner": {"S": owner}, "updatedAt": {"N": "1767225600000"},
            "version": {"N": "1"}});
        let mut set = |name: &str, kind: &str, value: Option<Value>| {
            if let Some(value) = value {
                book[name] = json!({kind: value});
            }
        };
        set("isbn", "S", isbn.as_ref().map(|isbn| json!(isbn)));
        set("source", "S", isbn.is_none().then(|| json!(source)));
        set("publicationYear", "N", year.map(|year| json!(year.to_string())));
        set("language", "S", language.as_ref().map(|language| json!(language)));
        set("pages", "N", pages.map(|pages| json!(pages.to_string())));
        let of_text = |text: &String| json!({"S": text});
        set("subjects", "L", (!subjects.is_empty()).then(|| subjects.iter().map(of_text).collect()));
        let (pk, sk) = match isbn {
            Some(isbn) => (format!("isbn#{isbn}"), "isbn"),
            None => (format!("source#{source}"), "source"),
        };
        let marker = json!({"pk": {"S": pk}, "sk": {"S": sk}, "book": {"S": id}, "import": {"S": self.import},
            "row": {"N": (number + 1).to_string()}});
        [book, marker]
    }
}

/// Returns the digest of a text, in hexadecimal.
fn digest(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

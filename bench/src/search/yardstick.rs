//! SQLite's FTS5 over the same books: what finds, and ranks, without a bound.

use rusqlite::{Connection, params};

use super::books::Book;
use crate::bootstrap::Failure;

/// The books in a table of FTS5, by their numbers.
pub(super) struct Yardstick(Connection);

impl Yardstick {
    pub(super) fn with(books: &[Book]) -> Result<Self, Failure> {
        let mut database = Connection::open_in_memory()?;
        database.execute_batch(
            "CREATE VIRTUAL TABLE books USING fts5(title, author, subjects, tokenize='unicode61 remove_diacritics 2')",
        )?;
        let all = database.transaction()?;
        {
            let mut insert = all.prepare("INSERT INTO books (rowid, title, author, subjects) VALUES (?, ?, ?, ?)")?;
            for (number, book) in books.iter().enumerate() {
                insert.execute(params![number as i64, book.title, book.author, book.subjects.join(" ; ")])?;
            }
        }
        all.commit()?;
        Ok(Yardstick(database))
    }

    /// Returns the numbers of the books that have all words, the best first.
    pub(super) fn find(&self, text: &str, most: usize) -> Result<Vec<usize>, Failure> {
        let words = text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric));
        let words: Vec<String> = words.map(|word| format!("\"{}\"", word.replace('"', ""))).collect();
        let mut query = self.0.prepare_cached(
            "SELECT rowid FROM books WHERE books MATCH ? ORDER BY bm25(books, 10, 5, 1), rowid LIMIT ?",
        )?;
        let found = query.query_map(params![words.join(" AND "), most as i64], |row| row.get::<_, i64>(0))?;
        found.map(|number| Ok(usize::try_from(number?)?)).collect()
    }
}

//! What the runner itself keeps, in one SQLite file of the data folder: the mail that has arrived, the dead letters, how
//! far each stream is read, whether the first books are added. What was written is there after a kill.

mod import;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;

/// The most items that a list keeps: the newest.
const LIST_LIMIT: usize = 1000;

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE IF NOT EXISTS items (
        number INTEGER PRIMARY KEY, list TEXT NOT NULL, key TEXT NOT NULL, item TEXT NOT NULL, UNIQUE (list, key));
    CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, value TEXT NOT NULL);";

/// A list of the file.
#[derive(Debug, Clone, Copy)]
pub(crate) enum List {
    Mail,
    DeadLetters,
}

impl List {
    fn name(self) -> &'static str {
        match self {
            List::Mail => "mail",
            List::DeadLetters => "dead letters",
        }
    }
}

/// The open file. Every call waits for the disk.
pub(crate) struct Records(Mutex<Connection>);

impl Records {
    /// Opens the file of a data folder, and imports the files of an older version once. Without a folder the records end
    /// with the process.
    pub(crate) fn open(folder: Option<&Path>) -> Result<Self, Error> {
        let failed = || Error::file("runner.sqlite in the data folder");
        let Some(folder) = folder else {
            let connection = Connection::open_in_memory().map_err(failed())?;
            connection.execute_batch(SCHEMA).map_err(failed())?;
            return Ok(Records(Mutex::new(connection)));
        };
        let mut connection = Connection::open(folder.join("runner.sqlite")).map_err(failed())?;
        connection.busy_timeout(Duration::from_secs(5)).map_err(failed())?;
        connection.execute_batch(SCHEMA).map_err(failed())?;
        import::older_files(&mut connection, folder)?;
        Ok(Records(Mutex::new(connection)))
    }

    /// Adds an item to a list, unless the list has one with that key.
    pub(crate) fn add(&self, list: List, key: &str, item: &impl Serialize) -> Result<()> {
        let text =
            serde_json::to_string(item).map_err(|problem| rusqlite::Error::ToSqlConversionFailure(problem.into()))?;
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        insert(&transaction, list, key, &text)?;
        transaction.commit()
    }

    /// Returns all items of a list, the newest first.
    pub(crate) fn newest_first<T: DeserializeOwned>(&self, list: List) -> Result<Vec<T>> {
        let connection = self.connection();
        let mut query = connection.prepare_cached("SELECT item FROM items WHERE list = ?1 ORDER BY number DESC")?;
        query.query_map([list.name()], |row| parsed(row.get(0)?))?.collect()
    }

    /// Returns the item of a list with that key.
    pub(crate) fn item<T: DeserializeOwned>(&self, list: List, key: &str) -> Result<Option<T>> {
        let connection = self.connection();
        let mut query = connection.prepare_cached("SELECT item FROM items WHERE list = ?1 AND key = ?2")?;
        query.query_row([list.name(), key], |row| parsed(row.get(0)?)).optional()
    }

    /// Returns what a mark was last set to.
    pub(crate) fn mark(&self, name: &str) -> Result<Option<String>> {
        let connection = self.connection();
        connection.query_row("SELECT value FROM marks WHERE name = ?1", [name], |row| row.get(0)).optional()
    }

    /// Sets a mark.
    pub(crate) fn set_mark(&self, name: &str, value: &str) -> Result<()> {
        self.connection().execute("INSERT OR REPLACE INTO marks VALUES (?1, ?2)", [name, value]).map(drop)
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // A panic in another thread rolls its transaction back: the connection is usable.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn insert(connection: &Connection, list: List, key: &str, item: &str) -> Result<()> {
    let add = "INSERT OR IGNORE INTO items (list, key, item) VALUES (?1, ?2, ?3)";
    connection.prepare_cached(add)?.execute([list.name(), key, item])?;
    let forget = "DELETE FROM items WHERE list = ?1 AND number <=
                  (SELECT number FROM items WHERE list = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)";
    connection.prepare_cached(forget)?.execute((list.name(), LIST_LIMIT)).map(drop)
}

fn parsed<T: DeserializeOwned>(item: String) -> Result<T> {
    let failed = |problem: serde_json::Error| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, problem.into())
    };
    serde_json::from_str(&item).map_err(failed)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::folder::tests::Scratch;

    fn all(records: &Records) -> Vec<String> {
        records.newest_first(List::Mail).expect("the records can be read")
    }

    fn add(records: &Records, text: &str) {
        records.add(List::Mail, text, &text).expect("the item is added");
    }

    #[test]
    fn an_item_is_added_once_and_is_there_after_a_kill() {
        let scratch = Scratch::create();
        let records = Records::open(Some(&scratch.0)).expect("the records open");
        ["a", "b", "a", "c\nd"].iter().for_each(|item| add(&records, item));
        records.set_mark("position", "17").expect("the mark is set");
        // A killed process closes nothing.
        std::mem::forget(records);
        let records = Records::open(Some(&scratch.0)).expect("the records open");
        assert_eq!(all(&records), ["c\nd", "b", "a"]);
        assert_eq!(records.item(List::Mail, "b").expect("it is read"), Some("b".to_owned()));
        assert_eq!(records.item::<String>(List::DeadLetters, "b").expect("it is read"), None);
        assert_eq!(records.mark("position").expect("it is read").as_deref(), Some("17"));
        assert_eq!(records.mark("another").expect("it is read"), None);
    }

    #[test]
    fn a_list_keeps_its_newest_thousand_items() {
        let records = Records::open(None).expect("the records open");
        records.add(List::DeadLetters, "0", &"dead").expect("the item is added");
        (0..LIST_LIMIT + 2).for_each(|number| add(&records, &number.to_string()));
        let kept = all(&records);
        assert_eq!((kept.len(), kept[0].as_str(), kept[LIST_LIMIT - 1].as_str()), (LIST_LIMIT, "1001", "2"));
        assert_eq!(records.newest_first::<String>(List::DeadLetters).expect("it is read"), ["dead"]);
    }

    #[test]
    fn the_file_is_closed_without_a_log_beside_it() {
        let scratch = Scratch::create();
        add(&Records::open(Some(&scratch.0)).expect("the records open"), "a");
        let files = fs::read_dir(&scratch.0).expect("the folder is there").count();
        assert_eq!(files, 1);
    }
}

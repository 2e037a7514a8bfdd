//! Parked rows: what dispatch could not finish. They hold up no other row. A letter that the mail service did not take
//! for now is tried again by the schedule; any other row waits until an operator has it tried again.
//!
//! | question                | key                 | call            | units      |
//! |-------------------------|---------------------|-----------------|------------|
//! | park a row              | parked#key          | PutItem         | 2 W        |
//! | the rows that are due   | index events        | Query           | ½ R a 4 KB |
//! | read a parked row       | entry#id            | GetItem, strong | 1 R        |
//! | take a row off the list | parked#key          | DeleteItem      | 2 W        |
//!
//! The list shares the index of the events, with a partition of its own. Its number is the second in which a row is
//! due.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Journal;
use super::entry::{Row, RowKey};
use crate::tables::fault::Result;
use crate::tables::key::{Item, Key};
use crate::tables::table::Consistency::Strong;
use crate::tables::table::{Page, from_item, readable};

/// The partition of the list.
const FEED: &str = "parked";

/// The number of a row that waits for an operator: later than every due time.
const NEVER: i64 = 253_402_300_799;

/// When a parked row is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// By the schedule, from this time on.
    At(Timestamp),
    /// When an operator says so.
    OnRequest,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    pk: String,
    feed: String,
    number: i64,
    /// Why it is parked, in a few words without personal data.
    why: String,
    /// Seconds since 1970.
    expires_at: i64,
}

/// A key of the list.
#[derive(Deserialize)]
struct Listed {
    pk: String,
}

fn parked_key(row: &str) -> String {
    format!("parked#{row}")
}

/// Returns the key of the row with that id.
pub fn key_of(row: Uuid) -> String {
    RowKey(row).to_string()
}

impl Journal {
    /// Parks the row with that key. A row that is parked already gets the new time and reason.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn park(&self, row: &str, why: &str, again: Again, now: Timestamp) -> Result<()> {
        let number = match again {
            Again::At(time) => time.as_second(),
            Again::OnRequest => NEVER,
        };
        let expires_at = (now + self.retention).as_second();
        let record = Record { pk: parked_key(row), feed: FEED.into(), number, why: why.into(), expires_at };
        self.table.put(&record).send().await?;
        Ok(())
    }

    /// Lists the keys of up to 100 parked rows after a position: those that are due, or all.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn list_parked(&self, due: Option<Timestamp>, after: Option<Item>) -> Result<Page<String, Item>> {
        let until = due.map_or(NEVER, Timestamp::as_second);
        let query = self.table.query("feed = :feed AND #number <= :until").name("#number", "number").index("events");
        let found = query.value(":feed", FEED).value(":until", until).after(after).items(100).await?;
        let row = |Listed { pk }| pk.strip_prefix("parked#").map(ToOwned::to_owned);
        let items = found.items.into_iter().filter_map(readable::<Listed>).filter_map(row).collect();
        Ok(Page { items, next: found.next })
    }

    /// Reads the row with that key. `None` if it has expired.
    ///
    /// # Errors
    /// A fault of the table; [`Fault::Broken`](crate::tables::Fault::Broken) if the row is unreadable.
    pub async fn row(&self, key: &str) -> Result<Option<Row>> {
        self.table.get_item(Key::of(key), Strong).await?.map(from_item).transpose()
    }

    /// Takes a row off the list. Idempotent.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn unpark(&self, row: &str) -> Result<()> {
        self.table.delete(Key::of(parked_key(row))).send().await?;
        Ok(())
    }
}

//! Indexes for the stream records of the embedded DynamoDB. It stores them in a table without an index, which it reads at
//! every write: after ten thousand records a write takes 32 ms instead of 0.5 ms. So the indexes are added from outside, and
//! records are removed after a day, as in DynamoDB.
//!
//! The table is private to dynoxide, whose version is pinned for this reason. A test fails if the table changes. A database in
//! memory has the indexes too, but keeps its records: it lives too short to need more.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Connection;

use crate::error::{Error, Result};

const INDEXES: &str = "
    CREATE INDEX IF NOT EXISTS carrel_stream_by_table
        ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
    CREATE INDEX IF NOT EXISTS carrel_stream_by_shard
        ON _stream_records (table_name, shard_id, CAST(sequence_number AS INTEGER));";

/// The retention of a stream record: one day.
const RETENTION_SECONDS: i64 = 24 * 60 * 60;

/// How many records are removed at once. In between the lock is free for requests.
const BATCH: usize = 1000;

/// Adds the indexes that are missing.
pub(super) fn prepare(file: &Path) -> Result<()> {
    open(file).and_then(|connection| connection.execute_batch(INDEXES)).map_err(Error::database)
}

/// Removes the records that are older than a day.
pub(super) fn trim(file: &Path) -> Result<()> {
    let before = Timestamp::now().as_second() - RETENTION_SECONDS;
    remove(file, before).map_err(Error::database)
}

fn remove(file: &Path, before: i64) -> rusqlite::Result<()> {
    let connection = open(file)?;
    // Ids rise with time, so the oldest records are the first. The newest record of each table stays: dynoxide counts the next
    // sequence number from it, and a smaller number would be skipped by consumers.
    let oldest = format!(
        "DELETE FROM _stream_records WHERE created_at < ?1
         AND id IN (SELECT id FROM _stream_records ORDER BY id LIMIT {BATCH})
         AND id NOT IN (SELECT MAX(id) FROM _stream_records GROUP BY table_name)"
    );
    while connection.execute(&oldest, [before])? > 0 {}
    Ok(())
}

fn open(file: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(file)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    Ok(connection)
}

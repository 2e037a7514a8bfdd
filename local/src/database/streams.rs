//! The embedded DynamoDB keeps its streams in a table without an index, which it reads at every write: after some
//! ten thousand records a write takes 32 ms instead of half a one. So the index is added from outside, and old
//! records are removed, which DynamoDB does after a day as well.
//!
//! The table is private to dynoxide, whose version is pinned for this. A test notices when it changes. A database in
//! memory has the indexes too, but keeps its records: it does not live long enough.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Connection;

use super::failed;
use crate::error::Result;

const INDEXES: &str = "
    CREATE INDEX IF NOT EXISTS carrel_stream_by_table
        ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
    CREATE INDEX IF NOT EXISTS carrel_stream_by_shard
        ON _stream_records (table_name, shard_id, CAST(sequence_number AS INTEGER));";

/// A stream's records live for a day.
const KEPT_SECONDS: i64 = 24 * 60 * 60;

/// Removed at once: the lock is given back in between, for requests to have their turn.
const BATCH: usize = 1000;

/// Adds the indexes where they are missing.
pub(super) fn prepare(file: &Path) -> Result<()> {
    open(file).and_then(|connection| connection.execute_batch(INDEXES)).map_err(failed)
}

/// Removes the records that are older than a day.
pub(super) fn trim(file: &Path) -> Result<()> {
    let before = Timestamp::now().as_second() - KEPT_SECONDS;
    remove(file, before).map_err(failed)
}

fn remove(file: &Path, before: i64) -> rusqlite::Result<()> {
    let connection = open(file)?;
    // Ids rise with time, so the oldest records are the first ones. Each table keeps its newest: the next one's number
    // is counted from it, and would fall behind what readers have seen if meanwhile the system's clock was set back.
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

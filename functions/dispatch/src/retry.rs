//! Tries parked rows again: the schedule those that are due, an operator all of them.

use std::time::Duration;

use jiff::Timestamp;
use shared::runtime::log::chain;
use shared::tables::Fault;
use shared::tables::journal::parked::key_of;
use tokio::time::Instant;

use crate::Dispatch;
use crate::rows::{Outcome, process_rows};

/// After this time no further page is begun, so that the function ends before its time limit.
const BEGUN_WITHIN: Duration = Duration::from_secs(30);

/// Tries the parked rows again that are due, or all of them. Returns how many are done.
pub(crate) async fn parked(dispatch: &Dispatch, due: Option<Timestamp>) -> Result<usize, Fault> {
    let (begun, mut done, mut after) = (Instant::now(), 0, None);
    loop {
        let page = dispatch.journal.list_parked(due, after).await?;
        done += these(dispatch, page.items).await?;
        after = page.next;
        if after.is_none() || begun.elapsed() > BEGUN_WITHIN {
            return Ok(done);
        }
    }
}

/// Processes the rows with these keys, parked or not. Returns how many are done.
pub(crate) async fn these(dispatch: &Dispatch, keys: Vec<String>) -> Result<usize, Fault> {
    let mut rows = Vec::new();
    for key in keys {
        match dispatch.journal.row(&key).await {
            Ok(Some(row)) => rows.push(row),
            // It has expired.
            Ok(None) => dispatch.journal.unpark(&key).await?,
            Err(error @ Fault::Busy(_)) => return Err(error),
            Err(error) => tracing::error!(row = key, error = chain(&error), "reading a row failed"),
        }
    }
    let mut done = 0;
    for (row, outcome) in process_rows(dispatch, rows).await {
        if outcome == Outcome::Done {
            dispatch.journal.unpark(&key_of(row)).await?;
            done += 1;
        }
    }
    Ok(done)
}

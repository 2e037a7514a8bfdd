//! Processes the rows of the journal.

use std::collections::HashMap;

use futures_util::{StreamExt, stream};
use serde::Deserialize;
use serde_json::Value;
use shared::runtime::log::chain;
use shared::tables::Fault;
use shared::tables::journal::{Action, Row, Subject};
use shared::values::{Address, UserId};

use crate::Dispatch;

/// The most groups of rows that are processed at a time. Most of the time is spent waiting for SES.
const AT_ONCE: usize = 16;

/// A record of the stream
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html>).
#[derive(Deserialize)]
pub struct Record {
    dynamodb: Change,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Change {
    sequence_number: String,
    #[serde(default)]
    new_image: Value,
}

/// A row, and its sequence number in the stream.
struct Numbered {
    number: String,
    row: Row,
}

/// Processes every row. Returns the sequence numbers of those that failed.
///
/// The events of all rows are published first: they must not wait for the mail.
pub(crate) async fn process(dispatch: &Dispatch, records: Vec<Record>) -> Vec<String> {
    let mut failed = Vec::new();
    let mut rows = Vec::new();
    for Record { dynamodb: Change { sequence_number: number, new_image } } in records {
        match Row::read(new_image) {
            Ok(row) => rows.push(Numbered { number, row }),
            Err(error) => {
                tracing::error!(sequence_number = number, error = chain(&error), "reading a row failed");
                failed.push(number);
            }
        }
    }
    if let Err(error) = publish(dispatch, &rows).await {
        for Numbered { number, row } in rows {
            let (row, error) = (row.id().to_string(), chain(&error));
            tracing::error!(sequence_number = number, row, error, "publishing a row failed");
            failed.push(number);
        }
        return failed;
    }
    let at_once =
        stream::iter(by_addressee(rows)).map(|rows| process_in_order(dispatch, rows)).buffer_unordered(AT_ONCE);
    failed.extend(at_once.concat().await);
    failed
}

/// Groups the rows by the addressee of their letters. Groups may be processed at the same time; letters to the same
/// reader stay in order.
fn by_addressee(rows: Vec<Numbered>) -> Vec<Vec<Numbered>> {
    let mut groups: HashMap<UserId, Vec<Numbered>> = HashMap::new();
    for row in rows {
        let addressee = row.row.entry.letter.as_ref().map_or(row.row.who, |letter| letter.user);
        groups.entry(addressee).or_default().push(row);
    }
    groups.into_values().collect()
}

/// Processes rows one after the other. Returns the sequence numbers of those that failed.
async fn process_in_order(dispatch: &Dispatch, rows: Vec<Numbered>) -> Vec<String> {
    let mut failed = Vec::new();
    for Numbered { number, row } in rows {
        if let Err(error) = process_row(dispatch, &row).await {
            let (row, error) = (row.id().to_string(), chain(error.as_ref()));
            tracing::error!(sequence_number = number, row, error, "processing a row failed");
            failed.push(number);
        }
    }
    failed
}

/// Numbers the live events among the rows and sends them to the monitors. Monitors whose session has ended are closed.
async fn publish(dispatch: &Dispatch, rows: &[Numbered]) -> Result<(), Fault> {
    let all: Vec<Row> = rows.iter().map(|numbered| numbered.row.clone()).collect();
    let events = dispatch.journal.number_events(&all).await?;
    let may_end_sessions = all.iter().any(|row| may_end_sessions(row.entry.what));
    if !events.is_empty() || may_end_sessions {
        dispatch.monitors.send(dispatch, &events).await;
    }
    Ok(())
}

fn may_end_sessions(what: Action) -> bool {
    matches!(
        what,
        Action::SignedIn
            | Action::SignedOut
            | Action::SessionStolen
            | Action::PasswordChanged
            | Action::PasswordReset
            | Action::RoleChanged
            | Action::Deleted
    )
}

/// Adds a row to the activity log, carries out the consequences of its action and sends its letter.
async fn process_row(dispatch: &Dispatch, row: &Row) -> Result<(), shared::runtime::lambda::Error> {
    let app = &dispatch.app;
    // The row of a reset for an unknown address: no action and no letter.
    if row.entry.letter.as_ref().is_some_and(|letter| letter.subject == Subject::Nothing) {
        return Ok(());
    }
    if !row.entry.what.is_live() {
        dispatch.journal.list_row(row).await?;
    }
    match (row.entry.what, row.entry.whom, &row.entry.book) {
        (Action::Deleted, Some(user), _) => {
            dispatch.library.remove_all_favorites(user).await?;
            dispatch.library.cancel_all(user, &app.actor(user, Address::of_the_library())).await?;
        }
        // The book may have more copies now, for the readers in its queue.
        (Action::BookChanged, _, Some(book)) => {
            dispatch.library.serve_queue(book.id, &app.actor(row.who, Address::of_the_library())).await?;
        }
        _ => {}
    }
    Ok(dispatch.mailer.deliver(row).await?)
}

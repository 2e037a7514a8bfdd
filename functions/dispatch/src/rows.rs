//! Processes the rows of the journal.

use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::AtomicBool;

use futures_util::{FutureExt, StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use shared::runtime::log::chain;
use shared::runtime::metrics;
use shared::runtime::stream::{Change, Record};
use shared::tables::Fault;
use shared::tables::journal::events::Event;
use shared::tables::journal::parked::{Again, key_of};
use shared::tables::journal::{Action, Row, Subject};
use shared::values::{Address, UserId};
use uuid::Uuid;

use crate::Dispatch;
use crate::mailer::Undelivered;

/// The most groups of rows that are processed at a time. Most of the time is spent waiting for SES.
const AT_ONCE: usize = 16;

/// How old a row may be that is tried again by itself. The stream keeps it for 24 hours.
const TRIED_FOR: SignedDuration = SignedDuration::from_hours(20);

/// How long after the end of a session one of its requests may still write: a function has at most 29 s, and clocks differ. What it
/// writes into an index is seen by then, too.
const LAST_WRITE: SignedDuration = SignedDuration::from_secs(60);

/// What became of a row.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Everything that follows from it is done.
    Done,
    /// It is parked: it is tried again later, or when an operator says so.
    Parked,
    /// The database failed. The row must be processed again.
    Failed,
}

/// Why a row could not be finished.
enum Trouble {
    /// The database failed. It will recover.
    Database(String),
    /// The mail service did not take the letter for now.
    Later(String),
    /// The rest of it, such as its letter, is not due before this time.
    NotDue(Timestamp),
    /// Trying again would not help.
    Final(String),
}

/// Processes the records of the stream. Returns the sequence numbers of those that must be delivered again: Lambda delivers
/// the lowest of them and everything after it. So a record fails only if the database does; every other row is done or
/// parked, and holds up no other.
pub(crate) async fn process(dispatch: &Dispatch, records: Vec<Record>) -> Vec<String> {
    let (mut rows, mut failed) = (Vec::new(), Vec::new());
    // A stream may deliver a row twice, also in one batch.
    let mut numbers: HashMap<Uuid, Vec<String>> = HashMap::new();
    for Record { dynamodb: Change { sequence_number: number, new_image } } in records {
        let key = new_image["pk"]["S"].as_str().unwrap_or_default().to_owned();
        match Row::read(new_image) {
            Ok(row) => {
                let numbers = numbers.entry(row.id()).or_default();
                if numbers.is_empty() {
                    if row.entry.what.changes_words() {
                        metrics::count(metrics::BOOK_CHANGES);
                    }
                    rows.push(row);
                }
                numbers.push(number);
            }
            Err(error) => {
                let error = chain(&error);
                tracing::error!(sequence_number = number, row = key, error, "reading a row failed");
                if park(dispatch, &key, "unreadable", Again::OnRequest).await == Outcome::Failed {
                    failed.push(number);
                }
            }
        }
    }
    let outcomes = process_rows(dispatch, rows).await.into_iter();
    let again = outcomes.filter(|(_, outcome)| *outcome == Outcome::Failed);
    failed.extend(again.filter_map(|(row, _)| numbers.remove(&row)).flatten());
    failed
}

/// Processes rows. The events of all rows are published first: they must not wait for the mail. Letters do not wait for
/// events that cannot be numbered.
pub(crate) async fn process_rows(dispatch: &Dispatch, rows: Vec<Row>) -> HashMap<Uuid, Outcome> {
    let unpublished = publish(dispatch, &rows).await;
    let is_struggling = AtomicBool::new(false);
    let groups = by_addressee(rows).into_iter().map(|rows| process_in_order(dispatch, rows, &is_struggling));
    let outcomes: Vec<_> = stream::iter(groups).buffer_unordered(AT_ONCE).concat().await;
    let mut outcomes: HashMap<Uuid, Outcome> = outcomes.into_iter().collect();
    for row in unpublished {
        outcomes.insert(row, Outcome::Failed);
    }
    outcomes
}

/// Groups the rows by the addressee of their letters. Groups may be processed at the same time; letters to the same
/// reader stay in order.
fn by_addressee(rows: Vec<Row>) -> Vec<Vec<Row>> {
    let mut groups: HashMap<UserId, Vec<Row>> = HashMap::new();
    for row in rows {
        let addressee = row.entry.letter.as_ref().map_or(row.who, |letter| letter.user);
        groups.entry(addressee).or_default().push(row);
    }
    groups.into_values().collect()
}

/// Processes rows one after the other.
async fn process_in_order(dispatch: &Dispatch, rows: Vec<Row>, is_struggling: &AtomicBool) -> Vec<(Uuid, Outcome)> {
    let mut outcomes = Vec::new();
    for row in rows {
        let done = AssertUnwindSafe(process_row(dispatch, &row, is_struggling)).catch_unwind().await;
        let done = done.unwrap_or_else(|_| Err(Trouble::Final("panicked".to_owned())));
        let outcome = match done {
            Ok(()) => Outcome::Done,
            Err(trouble) => settle(dispatch, &row, trouble).await,
        };
        outcomes.push((row.id(), outcome));
    }
    outcomes
}

/// Decides what happens to a row that could not be finished.
async fn settle(dispatch: &Dispatch, row: &Row, trouble: Trouble) -> Outcome {
    let now = dispatch.app.now();
    let is_young = now.duration_since(row.at) < TRIED_FOR;
    let (id, key) = (row.id().to_string(), key_of(row.id()));
    let (again, error) = match trouble {
        Trouble::Database(error) if is_young => {
            tracing::warn!(row = id, error, "processing a row failed for now");
            return Outcome::Failed;
        }
        Trouble::NotDue(after) => return park(dispatch, &key, "not due", Again::At(after)).await,
        Trouble::Later(error) if is_young => {
            tracing::warn!(row = id, error, "a letter is tried again later");
            metrics::count(metrics::LATE_LETTERS);
            return park(dispatch, &key, &error, Again::At(now)).await;
        }
        Trouble::Database(error) | Trouble::Later(error) | Trouble::Final(error) => (Again::OnRequest, error),
    };
    tracing::error!(row = id, error, "processing a row failed");
    park(dispatch, &key, &error, again).await
}

/// Parks a row. If that fails, the row must be processed again.
async fn park(dispatch: &Dispatch, key: &str, why: &str, again: Again) -> Outcome {
    if again == Again::OnRequest {
        metrics::count(metrics::FAILED_ROWS);
    }
    match dispatch.journal.park(key, why, again, dispatch.app.now()).await {
        Ok(()) => Outcome::Parked,
        Err(error) => {
            tracing::error!(row = key, error = chain(&error), "parking a row failed");
            Outcome::Failed
        }
    }
}

/// Numbers the live events among the rows and sends them to the monitors. Monitors whose session has ended are closed.
/// Returns the rows that have no number.
async fn publish(dispatch: &Dispatch, rows: &[Row]) -> HashSet<Uuid> {
    let (events, unnumbered) = number(dispatch, rows).await;
    let may_end_sessions = rows.iter().any(|row| may_end_sessions(row.entry.what));
    if !events.is_empty() || may_end_sessions {
        dispatch.monitors.send(dispatch, &events).await;
    }
    unnumbered
}

/// Numbers the live events among the rows. Returns them, and the rows that have no number because the database failed.
async fn number(dispatch: &Dispatch, rows: &[Row]) -> (Vec<Event>, HashSet<Uuid>) {
    let error = match dispatch.journal.number_events(rows).await {
        Ok(events) => return (events, HashSet::new()),
        Err(error) => error,
    };
    if let (Fault::Broken(_), [_, _, ..]) = (&error, rows) {
        // One row that the database refuses must not leave the others without numbers.
        let each = stream::iter(rows.chunks(1)).then(async |row| Box::pin(number(dispatch, row)).await);
        let (events, unnumbered): (Vec<_>, Vec<_>) = each.unzip().await;
        return (events.concat(), unnumbered.into_iter().flatten().collect());
    }
    tracing::error!(rows = rows.len(), error = chain(&error), "numbering events failed");
    (Vec::new(), rows.iter().filter(|row| row.entry.what.is_live()).map(Row::id).collect())
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
async fn process_row(dispatch: &Dispatch, row: &Row, is_struggling: &AtomicBool) -> Result<(), Trouble> {
    let app = &dispatch.app;
    // The row of a reset for an unknown address: no action and no letter.
    if row.entry.letter.as_ref().is_some_and(|letter| letter.subject == Subject::Nothing) {
        return Ok(());
    }
    if !row.entry.what.is_live() {
        dispatch.journal.list_row(row).await?;
    }
    let mut goes_on = None;
    match (row.entry.what, row.entry.whom, &row.entry.book) {
        (Action::Deleted, Some(user), _) => {
            dispatch.library.remove_all_favorites(user).await?;
            dispatch.library.forget_past_loans(user).await?;
            dispatch.library.cancel_all(user, &app.actor(user, Address::of_the_library())).await?;
            let is_erased = dispatch.library.erase_some(user).await?;
            let last_write = row.at + LAST_WRITE;
            goes_on = if is_erased { Some(last_write).filter(|last| app.now() < *last) } else { Some(app.now()) };
        }
        // The book may have more copies now, for the readers in its queue.
        (Action::BookChanged, _, Some(book)) => {
            dispatch.library.serve_queue(book.id, &app.actor(row.who, Address::of_the_library())).await?;
        }
        // The user may borrow again, and may have been passed over.
        (Action::Unblocked | Action::RoleChanged, Some(user), _) => {
            dispatch.library.serve_reader(user, &app.actor(user, Address::of_the_library())).await?;
        }
        // The reader may have switched off that loans are kept.
        (Action::Changed, Some(user), _) => dispatch.library.forget_past_loans(user).await?,
        // A file may have thousands of readers: their letters are written bit by bit.
        (Action::ImportFinished, Some(owner), _) => {
            let actor = app.actor(owner, Address::of_the_library());
            if let Some(import) = row.entry.import {
                let are_all_invited = app.accounts().invite_some(owner, import, &actor).await?;
                goes_on = (!are_all_invited).then(|| app.now());
            }
        }
        (Action::BookDeleted, _, Some(book)) => dispatch.library.release_barcodes(book.id).await?,
        _ => {}
    }
    if let (Action::BookReturned | Action::ReturnUndone, Some(loan)) = (row.entry.what, row.entry.reservation) {
        dispatch.library.settle_past_loan(loan).await?;
    }
    let delivered = dispatch.mailer.deliver(row, is_struggling).await;
    // An account with thousands of books is erased bit by bit, so that it holds up no other row. That goes on even if the
    // letter is refused for good. The schedule takes the next step.
    match goes_on {
        Some(after) => Err(Trouble::NotDue(after)),
        None => Ok(delivered?),
    }
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Busy(_) => Trouble::Database(chain(&fault)),
            Fault::Broken(_) | Fault::Denied(_) => Trouble::Final(chain(&fault)),
        }
    }
}

impl From<Undelivered> for Trouble {
    fn from(why: Undelivered) -> Self {
        match why {
            Undelivered::Database(fault) => fault.into(),
            Undelivered::NotDue(after) => Trouble::NotDue(after),
            Undelivered::Later(code) => Trouble::Later(format!("the mail service did not take the letter: {code}")),
            Undelivered::Refused(code) => Trouble::Final(format!("the letter was refused: {code}")),
            Undelivered::Uncertain => Trouble::Final("it is unknown whether the letter was sent".to_owned()),
        }
    }
}

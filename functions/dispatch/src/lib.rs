//! Processes what follows a write. No API calls this function.
//!
//! It follows the stream of the Journal table. A row about a book gets a number and is sent to the monitors. Every
//! other row is added to the activity log. Then the consequences of the action are carried out, and the letter is sent.
//! Each of these steps has no effect the second time, because a stream may deliver a row again. What cannot be finished is
//! parked. Schedules run the sweep, and try letters again.

mod mail;
mod mailer;
mod monitors;
mod retry;
mod rows;
mod ses;

use serde::{Deserialize, Serialize};
use shared::runtime::app::App;
use shared::runtime::metrics;
use shared::runtime::stream::{Failures, Record};
use shared::tables::library::lending::Swept;
use shared::tables::{Connections, Journal, Library};
use shared::values::Address;

pub use mailer::Mailer;
pub use monitors::Monitors;

/// What this function needs beyond every function's [`App`].
#[derive(Clone)]
pub struct Dispatch {
    app: App,
    library: Library,
    journal: Journal,
    connections: Connections,
    mailer: Mailer,
    monitors: Monitors,
}

impl Dispatch {
    /// Returns the state on the tables of `app`. It sends letters with `mailer` and live events to `monitors`.
    pub fn new(app: App, mailer: Mailer, monitors: Monitors) -> Self {
        let (library, journal, connections) = (app.library(), app.journal(), app.connections());
        Dispatch { app, library, journal, connections, mailer, monitors }
    }
}

/// An event of this function.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Event {
    /// Rows of the stream.
    #[serde(rename_all = "PascalCase")]
    Stream {
        /// The rows, in the stream's order.
        records: Vec<Record>,
    },
    /// A task of a schedule or of an operator.
    Task {
        /// The task to run.
        task: Task,
        /// The keys of the rows that it is about: `entry#…`. Without it, all parked rows.
        #[serde(default)]
        rows: Vec<String>,
    },
}

/// A task.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Task {
    /// Lapses copies that were not collected in time, and reminds readers of loans that are due soon or overdue.
    Sweep,
    /// Tries the letters again that the mail service did not take.
    Retry,
    /// Tries every parked row again, or the rows of the event. An operator starts it.
    Redrive,
}

/// The answer to an event.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// The answer to rows: those that failed.
    Stream(Failures),
    /// The answer to a task.
    Task {
        /// How many items or rows were processed.
        done: usize,
        /// How many items of the sweep failed. The next one tries them again.
        #[serde(skip_serializing_if = "is_zero")]
        failed: usize,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// Answers an event.
///
/// # Errors
/// If a task fails. Rows that fail are in the answer.
pub async fn handle(dispatch: Dispatch, event: Event) -> Result<Answer, shared::runtime::lambda::Error> {
    match event {
        Event::Stream { records } => Ok(Answer::Stream(Failures::of(rows::process(&dispatch, records).await))),
        Event::Task { task, rows } => {
            let all = |done| Swept { done, failed: 0 };
            let Swept { done, failed } = match task {
                // A placeholder: each row of the sweep names the reader that it concerns as its actor.
                Task::Sweep => {
                    let actor = dispatch.app.actor([0; 16].into(), Address::of_the_library());
                    let swept = dispatch.library.sweep(&dispatch.app.accounts(), &actor).await?;
                    metrics::count_many(metrics::SWEEP_FAILURES, swept.failed);
                    swept
                }
                Task::Retry => all(retry::parked(&dispatch, Some(dispatch.app.now())).await?),
                Task::Redrive if rows.is_empty() => all(retry::parked(&dispatch, None).await?),
                Task::Redrive => all(retry::these(&dispatch, rows).await?),
            };
            tracing::info!(done, failed, ?task, "task");
            Ok(Answer::Task { done, failed })
        }
    }
}

//! What happens after the requests: the function that no API calls.
//!
//! It follows the stream of the Journal table. For every row, in order: the activity log lists it; if it concerns a book it
//! gets its number and goes to the monitors; what a deed has as its consequence is done; and its letter is sent. Each of
//! these does nothing the second time, for a stream may bring a row again. From time to time it makes the rounds of what
//! should have happened by now.

mod mail;
mod monitors;
mod post;
mod rows;
mod ses;

use serde::{Deserialize, Serialize};
use shared::runtime::app::App;
use shared::tables::{Connections, Journal, Library};
use shared::values::Address;

pub use monitors::Monitors;
pub use post::PostOffice;

/// What this function needs beyond every function's [`App`].
#[derive(Clone)]
pub struct Dispatch {
    app: App,
    library: Library,
    journal: Journal,
    connections: Connections,
    post: PostOffice,
    monitors: Monitors,
}

impl Dispatch {
    /// The state on the tables of `app`, which sends letters with `post` and live events to `monitors`.
    pub fn new(app: App, post: PostOffice, monitors: Monitors) -> Self {
        let (library, journal, connections) = (app.library(), app.journal(), app.connections());
        Dispatch { app, library, journal, connections, post, monitors }
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
        records: Vec<rows::Record>,
    },
    /// The schedule's.
    Task {
        /// What is due.
        task: Task,
    },
}

/// What the schedule calls for.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Task {
    /// What should have happened by now, and has not.
    Sweep,
}

/// The answer to an event.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// To rows: those that Lambda has to send again
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html>).
    #[serde(rename_all = "camelCase")]
    Stream {
        /// The rows that failed.
        batch_item_failures: Vec<FailedRow>,
    },
    /// To the schedule.
    Task {
        /// How many things were due.
        done: usize,
    },
}

/// A row that failed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FailedRow {
    /// Its sequence number in the stream.
    pub item_identifier: String,
}

/// Answers an event.
///
/// # Errors
/// When nothing could be done. Rows that fail are in the answer.
pub async fn handle(dispatch: Dispatch, event: Event) -> Result<Answer, shared::runtime::lambda::Error> {
    match event {
        Event::Stream { records } => {
            let failed = rows::work_off(&dispatch, records).await;
            let failed = failed.into_iter().map(|item_identifier| FailedRow { item_identifier }).collect();
            Ok(Answer::Stream { batch_item_failures: failed })
        }
        Event::Task { task: Task::Sweep } => {
            // Nobody's doing: each row names the reader that it is about.
            let actor = dispatch.app.actor([0; 16].into(), Address::of_the_library());
            let done = dispatch.library.sweep(&actor).await?;
            tracing::info!(done, "sweep");
            Ok(Answer::Task { done })
        }
    }
}

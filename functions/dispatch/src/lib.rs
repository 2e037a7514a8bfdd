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

use serde::Deserialize;
use serde_json::{Value, json};
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

/// What this function is called with.
#[derive(Deserialize)]
#[serde(untagged)]
enum Event {
    /// Rows of the stream.
    #[serde(rename_all = "PascalCase")]
    Stream { records: Vec<rows::Record> },
    /// The schedule.
    Task { task: Task },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Task {
    Sweep,
}

/// Answers an event: of rows, with those that have to come again
/// (<https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html>).
///
/// # Errors
/// Where the event is none of this function's, or nothing could be done.
pub async fn handle(dispatch: Dispatch, event: Value) -> Result<Value, shared::runtime::lambda::Error> {
    match serde_json::from_value(event)? {
        Event::Stream { records } => {
            let failed = rows::work_off(&dispatch, records).await;
            let failed: Vec<_> = failed.into_iter().map(|number| json!({ "itemIdentifier": number })).collect();
            Ok(json!({ "batchItemFailures": failed }))
        }
        Event::Task { task: Task::Sweep } => {
            // Nobody's doing: each row names the reader that it is about.
            let actor = dispatch.app.actor([0; 16].into(), Address::of_the_library());
            let done = dispatch.library.sweep(&actor).await?;
            tracing::info!(done, "sweep");
            Ok(json!({ "done": done }))
        }
    }
}

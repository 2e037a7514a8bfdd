//! Records that a function could not take, however often it was tried. In the cloud a queue has them; here,
//! `GET /dev/dead-letters`.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::kept::Kept;

/// A record that nobody tries any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeadLetter {
    /// The binary of the function that could not take it.
    pub(crate) function: String,
    pub(crate) shard_id: String,
    pub(crate) sequence_number: String,
    pub(crate) approximate_arrival: Timestamp,
    pub(crate) reason: String,
    /// As the function was handed it. AWS would only say where in the stream to look for it.
    pub(crate) record: Value,
}

impl DeadLetter {
    /// Whether both are of the same record, given up by the same function.
    pub(crate) fn is(&self, other: &DeadLetter) -> bool {
        (&self.function, &self.sequence_number) == (&other.function, &other.sequence_number)
    }
}

pub(crate) type DeadLetters = Kept<DeadLetter>;

/// The route that lists them, the newest first.
pub(crate) fn router(letters: Arc<DeadLetters>) -> Router {
    Router::new().route("/dev/dead-letters", get(list)).with_state(letters)
}

async fn list(State(letters): State<Arc<DeadLetters>>) -> Json<Value> {
    Json(json!({ "items": letters.newest_first() }))
}

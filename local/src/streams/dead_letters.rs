//! Records that a function could not handle, after every retry. In the cloud they go to a queue; here
//! `GET /dev/dead-letters` lists them.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::dev;
use crate::records::{List, Records};

/// A record that is not retried any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeadLetter {
    /// The binary of the function.
    pub(crate) function: String,
    pub(crate) shard_id: String,
    pub(crate) sequence_number: String,
    pub(crate) approximate_arrival: Timestamp,
    pub(crate) reason: String,
    /// As the function got it. AWS would only name its place in the stream.
    pub(crate) record: Value,
}

impl DeadLetter {
    /// Adds it, unless the same function has given up the same record before.
    pub(crate) fn add(&self, records: &Records) -> rusqlite::Result<()> {
        records.add(List::DeadLetters, &key(&self.function, &self.sequence_number), self)
    }
}

/// Returns what identifies a dead letter.
pub(crate) fn key(function: &str, sequence_number: &str) -> String {
    format!("{function} {sequence_number}")
}

/// Returns the route that lists them, the newest first.
pub(crate) fn router(records: Arc<Records>) -> Router {
    Router::new().route(dev::DEAD_LETTERS, get(list)).with_state(records)
}

async fn list(State(records): State<Arc<Records>>) -> Result<Json<Value>, (StatusCode, String)> {
    match records.newest_first::<DeadLetter>(List::DeadLetters) {
        Ok(items) => Ok(Json(json!({ "items": items }))),
        Err(problem) => Err((StatusCode::INTERNAL_SERVER_ERROR, format!("{problem}\n"))),
    }
}

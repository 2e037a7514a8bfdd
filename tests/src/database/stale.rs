//! Eventually consistent reads of items that do not see the last write.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::answer::Answer;
use super::pattern::Request;
use crate::share::Share;

/// How old what is shown may be (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html>).
const AGE: Duration = Duration::from_secs(1);

/// What reads have shown last, by table and key, and how many show it again.
#[derive(Clone, Default)]
pub(super) struct StaleReads {
    pub(super) share: Share,
    shown: Arc<Mutex<HashMap<String, (Instant, Value)>>>,
}

impl StaleReads {
    /// Returns what the function gets of an answer to `GetItem` or `BatchGetItem`.
    pub(super) fn change(&self, request: &Request, answer: Answer) -> Answer {
        if self.share.is_off() {
            return answer;
        }
        let keys = keys(request);
        if keys.is_empty() || !answer.status.is_success() {
            return answer;
        }
        let Ok(mut body) = serde_json::from_slice::<Value>(&answer.bytes) else { return answer };
        let mut is_changed = false;
        for Read { table, key, is_strong } in keys {
            let stale = self.look(&format!("{table} {key}"), found(&body, &table, &key));
            if let Some(stale) = stale.filter(|_| !is_strong && self.share.next().is_some()) {
                show(&mut body, &table, &key, stale);
                is_changed = true;
            }
        }
        if is_changed { Answer::json(answer.status, &body) } else { answer }
    }

    /// Remembers what a key has now. Returns what it had a moment ago.
    fn look(&self, place: &str, now: Value) -> Option<Value> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let old = shown.insert(place.to_owned(), (Instant::now(), now));
        old.filter(|(at, _)| at.elapsed() < AGE).map(|(_, item)| item)
    }
}

/// A key that is read.
struct Read {
    table: String,
    key: Value,
    is_strong: bool,
}

fn keys(request: &Request) -> Vec<Read> {
    let body = request.body();
    // A part of an item is not the item.
    let is_whole = |read: &Value| read["ProjectionExpression"].is_null();
    let read = |table: &str, key: &Value, of: &Value| Read {
        table: table.to_owned(),
        key: key.clone(),
        is_strong: of["ConsistentRead"] == true,
    };
    match request.action.as_str() {
        "GetItem" if is_whole(body) => vec![read(body["TableName"].as_str().unwrap_or_default(), &body["Key"], body)],
        "BatchGetItem" => {
            let tables = body["RequestItems"].as_object().into_iter().flatten().filter(|(_, of)| is_whole(of));
            let keys = |of: &Value| of["Keys"].as_array().cloned().unwrap_or_default();
            tables.flat_map(|(table, of)| keys(of).into_iter().map(move |key| read(table, &key, of))).collect()
        }
        _ => Vec::new(),
    }
}

/// Returns the item that an answer has for a key, or null.
fn found(body: &Value, table: &str, key: &Value) -> Value {
    match &body["Responses"] {
        Value::Null => body["Item"].clone(),
        batch => batch[table].as_array().into_iter().flatten().find(|item| has(item, key)).cloned().unwrap_or_default(),
    }
}

fn has(item: &Value, key: &Value) -> bool {
    key.as_object().is_some_and(|key| key.iter().all(|(name, value)| item[name] == *value))
}

/// Puts an item, or null, in the place of what the answer has for its key.
fn show(body: &mut Value, table: &str, key: &Value, item: Value) {
    if body["Responses"].is_null() {
        match item {
            Value::Null => drop(body.as_object_mut().map(|body| body.remove("Item"))),
            item => body["Item"] = item,
        }
        return;
    }
    let mut items = body["Responses"][table].as_array().cloned().unwrap_or_default();
    items.retain(|other| !has(other, key));
    if !item.is_null() {
        items.push(item);
    }
    body["Responses"][table] = json!(items);
}

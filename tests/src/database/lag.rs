//! Global indexes that lag behind their table, each item by itself: a Query shows some items as they were at the Query
//! before, or not yet, or still.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use super::answer::Answer;
use super::pattern::Request;

/// What the Queries of each partition of an index have shown last.
#[derive(Clone, Default)]
pub(super) struct Lags {
    percent: Arc<AtomicU32>,
    items: Arc<AtomicU32>,
    shown: Arc<Mutex<HashMap<String, Vec<Value>>>>,
}

impl Lags {
    pub(super) fn set(&self, percent: u32) {
        self.percent.store(percent, Ordering::Relaxed);
    }

    pub(super) fn seed(&self, seed: u64) {
        self.items.store(seed as u32, Ordering::Relaxed);
    }

    /// Returns what the function gets of an answer.
    pub(super) fn change(&self, request: &Request, answer: Answer) -> Answer {
        if self.percent.load(Ordering::Relaxed) == 0 {
            self.shown.lock().unwrap_or_else(PoisonError::into_inner).clear();
            return answer;
        }
        let Some(partition) = partition(request) else { return answer };
        let Ok(mut body) = serde_json::from_slice::<Value>(&answer.bytes) else { return answer };
        let current = body["Items"].as_array().cloned().unwrap_or_default();
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let before = shown.remove(&partition).unwrap_or_default();
        let items = self.lagging(&before, current);
        shown.insert(partition, items.clone());
        body["Count"] = items.len().into();
        body["Items"] = items.into();
        Answer::json(answer.status, &body)
    }

    /// Returns the current items, of which some are as they were before. What has left comes last: who needs an order
    /// does not need this.
    fn lagging(&self, before: &[Value], current: Vec<Value>) -> Vec<Value> {
        let place = |items: &[Value], item: &Value| items.iter().position(|other| key(other) == key(item));
        let is_deleted = |item: &Value| place(&current, item).is_none();
        let still_seen: Vec<_> = before.iter().filter(|item| is_deleted(item) && self.lags()).cloned().collect();
        let seen = current.into_iter().filter_map(|item| {
            let old = place(before, &item).map(|place| before[place].clone());
            if old.as_ref() != Some(&item) && self.lags() { old } else { Some(item) }
        });
        seen.chain(still_seen).collect()
    }

    fn lags(&self) -> bool {
        let count = self.items.fetch_add(1, Ordering::Relaxed);
        // Knuth's multiplicative hash.
        (count.wrapping_mul(2_654_435_761) >> 9) % 100 < self.percent.load(Ordering::Relaxed)
    }
}

/// Returns the partition that a Query of an index reads; `None` for every other call, and for a Query that must not lag.
fn partition(request: &Request) -> Option<String> {
    let body = request.body();
    let is_later_page = !body["ExclusiveStartKey"].is_null();
    if request.action != "Query" || body["ConsistentRead"] == true || is_later_page {
        return None;
    }
    let (condition, index) = (body["KeyConditionExpression"].as_str()?, body["IndexName"].as_str()?);
    // Of `#day = :day AND deadline <= :now` the value of `:day`.
    let (_, value) = condition.split(" AND ").next()?.split_once('=')?;
    Some(format!("{} {index} {}", body["TableName"], body["ExpressionAttributeValues"][value.trim()]))
}

fn key(item: &Value) -> (&Value, &Value) {
    (&item["pk"], &item["sk"])
}

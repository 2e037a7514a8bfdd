//! What the functions ask of DynamoDB, and what it costs: the consumed capacity in DynamoDB's own answers.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use super::pattern::Request;

/// One call.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The function that called: `books`.
    pub function: String,
    /// `GetItem`.
    pub action: String,
    /// The permissions that it needs: `("PutItem", "carrel-library")`, `("Query", "carrel-library/index/title")`. A
    /// transaction needs those of its parts.
    pub permissions: Vec<(String, String)>,
    /// The tables that it named.
    pub tables: Vec<String>,
    /// The index that it named.
    pub index: Option<String>,
    /// Read capacity units.
    pub read: f64,
    /// Write capacity units.
    pub write: f64,
}

/// All calls since the last time that somebody asked.
#[derive(Clone, Default)]
pub(super) struct Meter(Arc<Mutex<Vec<Call>>>);

impl Meter {
    pub(super) fn record(&self, request: &Request, answer: &[u8]) {
        let call = Call::new(request, &serde_json::from_slice(answer).unwrap_or_default());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(call);
    }

    pub(super) fn take(&self) -> Vec<Call> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Call {
    fn new(request: &Request, answer: &Value) -> Call {
        let (action, body) = (&request.action, request.body());
        let consumed = match &answer["ConsumedCapacity"] {
            Value::Array(each) => each.clone(),
            Value::Null => Vec::new(),
            one => vec![one.clone()],
        };
        let total: f64 = consumed.iter().filter_map(|consumed| consumed["CapacityUnits"].as_f64()).sum();
        let writes = action.contains("Write") || ["PutItem", "UpdateItem", "DeleteItem"].contains(&action.as_str());
        Call {
            function: request.function.clone(),
            permissions: permissions(action, body),
            tables: tables(body),
            index: body["IndexName"].as_str().map(ToOwned::to_owned),
            read: if writes { 0.0 } else { total },
            write: if writes { total } else { 0.0 },
            action: action.clone(),
        }
    }
}

fn permissions(action: &str, request: &Value) -> Vec<(String, String)> {
    let part = |(name, part): (&String, &Value)| {
        let action = if name == "ConditionCheck" { "ConditionCheckItem".to_owned() } else { format!("{name}Item") };
        (action, part["TableName"].as_str().unwrap_or_default().to_owned())
    };
    if let Some(items) = request["TransactItems"].as_array() {
        return items.iter().flat_map(|item| item.as_object().into_iter().flatten().map(part)).collect();
    }
    let index = request["IndexName"].as_str().map(|index| format!("/index/{index}")).unwrap_or_default();
    tables(request).into_iter().map(|table| (action.to_owned(), format!("{table}{index}"))).collect()
}

fn tables(request: &Value) -> Vec<String> {
    let mut tables: Vec<String> = request["TableName"].as_str().map(ToOwned::to_owned).into_iter().collect();
    tables.extend(request["RequestItems"].as_object().into_iter().flat_map(|items| items.keys().cloned()));
    for item in request["TransactItems"].as_array().into_iter().flatten() {
        let writes = item.as_object().into_iter().flat_map(|item| item.values());
        tables.extend(writes.filter_map(|write| write["TableName"].as_str().map(ToOwned::to_owned)));
    }
    tables.sort();
    tables.dedup();
    tables
}

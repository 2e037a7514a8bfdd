//! Which calls a test means.

use std::sync::{Arc, OnceLock};

use axum::body::Bytes;
use axum::http::HeaderMap;
use serde_json::Value;

/// A call on its way from a function to DynamoDB.
pub(super) struct Request {
    pub(super) function: String,
    pub(super) action: String,
    /// Names the SDK's invocation. Its retries have the same name.
    pub(super) invocation: String,
    pub(super) bytes: Bytes,
    /// The same as JSON, once somebody has asked for it.
    parsed: OnceLock<Value>,
}

impl Request {
    pub(super) fn new(function: String, headers: &HeaderMap, bytes: Bytes) -> Self {
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let action = header("x-amz-target").rsplit('.').next().unwrap_or_default().to_owned();
        let invocation = header("amz-sdk-invocation-id").to_owned();
        Request { function, action, invocation, bytes, parsed: OnceLock::new() }
    }

    /// The request as JSON.
    pub(super) fn body(&self) -> &Value {
        self.parsed.get_or_init(|| serde_json::from_slice(&self.bytes).expect("the SDK sends JSON"))
    }

    /// Whether the call writes all of its items or nothing.
    pub(super) fn is_transaction(&self) -> bool {
        self.action == "TransactWriteItems"
    }

    /// Whether the call writes a single item.
    pub(super) fn is_single_write(&self) -> bool {
        ["PutItem", "UpdateItem", "DeleteItem"].contains(&self.action.as_str())
    }
}

type Predicate = Arc<dyn Fn(&Value) -> bool + Send + Sync>;

/// A description of calls: of one function, and as narrow as the test makes it.
#[derive(Clone)]
pub struct Pattern {
    function: &'static str,
    action: Option<&'static str>,
    predicates: Vec<Predicate>,
}

impl Pattern {
    /// Every call of that function.
    pub fn of(function: &'static str) -> Self {
        Pattern { function, action: None, predicates: Vec::new() }
    }

    /// Every transaction of that function.
    pub fn transaction_of(function: &'static str) -> Self {
        Pattern::of(function).action("TransactWriteItems")
    }

    /// Only calls of this action: `UpdateItem`.
    pub fn action(self, action: &'static str) -> Self {
        Pattern { action: Some(action), ..self }
    }

    /// Only calls whose request contains this text: a table, a key, an id, an action of the journal.
    pub fn naming(self, text: impl Into<String>) -> Self {
        let text = text.into();
        self.that(move |request| request.to_string().contains(&text))
    }

    /// Only calls whose request satisfies the predicate.
    pub fn that(mut self, predicate: impl Fn(&Value) -> bool + Send + Sync + 'static) -> Self {
        self.predicates.push(Arc::new(predicate));
        self
    }

    pub(super) fn matches(&self, request: &Request) -> bool {
        request.function == self.function
            && self.action.is_none_or(|action| action == request.action)
            && self.predicates.iter().all(|predicate| predicate(request.body()))
    }
}

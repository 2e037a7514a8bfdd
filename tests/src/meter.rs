//! Counts what the functions ask of DynamoDB, from the consumed capacity in its own answers.
//!
//! It stands between the SDK and the database as a small proxy and adds `ReturnConsumedCapacity` to each call: the
//! functions themselves don't know that they are counted.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use local::template::Template;
use reqwest::Client;
use serde_json::{Value, json};

/// One call.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The function that called: `books`.
    pub function: String,
    /// `GetItem`.
    pub action: String,
    /// What it has to be allowed to do: `("PutItem", "carrel-library")`, `("Query", "carrel-library/index/title")`. A
    /// transaction needs what its parts need.
    pub permissions: Vec<(String, String)>,
    /// The tables that it named.
    pub tables: Vec<String>,
    /// The index that it named.
    pub index: Option<String>,
    /// Capacity units, read and write.
    pub read: f64,
    /// Write capacity units.
    pub write: f64,
}

/// Proxies in front of a DynamoDB, one for each function, that remember every call.
#[derive(Clone)]
pub struct Meter {
    database: String,
    http: Client,
    calls: Arc<Mutex<Vec<Call>>>,
    faults: Faults,
}

impl Meter {
    /// Lets so many of a hundred calls go wrong from now on, in every way that a call can.
    pub fn fail(&self, percent: u32) {
        self.faults.percent.store(percent, Ordering::Relaxed);
    }

    /// A meter of the DynamoDB at `database`.
    pub fn new(database: &str) -> Meter {
        Meter { database: database.to_owned(), http: Client::new(), calls: Arc::default(), faults: Faults::default() }
    }

    /// Starts a proxy for each function of the template; gives where each has to call.
    pub async fn endpoints(&self) -> HashMap<String, String> {
        let template = Template::embedded().unwrap_or_else(|error| panic!("{error}"));
        let mut endpoints = HashMap::new();
        let of_routes = template.routes.iter().map(|route| &route.binary);
        for function in of_routes.chain(template.mappings.iter().map(|mapping| &mapping.binary)) {
            if endpoints.contains_key(function) {
                continue;
            }
            let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
            let address = listener.local_addr().expect("an address");
            let app = Router::new().fallback(forward).with_state((self.clone(), function.clone()));
            tokio::spawn(async move { axum::serve(listener, app).await });
            endpoints.insert(function.clone(), format!("http://{address}"));
        }
        endpoints
    }

    /// Calls DynamoDB past the functions, uncounted: to prepare what would take too long through the API.
    pub async fn prepare(&self, action: &str, request: &Value) -> Value {
        // The database wants a signature of the right form, and does not look further.
        let signature =
            "AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0";
        let call =
            self.http.post(&self.database).header("authorization", signature).header("x-amz-date", "20260101T000000Z");
        let call = call.header("x-amz-target", format!("DynamoDB_20120810.{action}"));
        let call = call.header("content-type", "application/x-amz-json-1.0").body(request.to_string());
        let answer = call.send().await.expect("the database answers");
        assert!(answer.status().is_success(), "{action}: {:?}", answer.text().await);
        answer.json().await.expect("JSON")
    }

    /// The calls since the last time this was asked.
    pub fn take(&self) -> Vec<Call> {
        std::mem::take(&mut *self.calls.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The same without what is done in the background.
    pub fn take_of_requests(&self) -> Vec<Call> {
        self.take().into_iter().filter(|call| call.function != "dispatch").collect()
    }
}

async fn forward(State((meter, function)): State<(Meter, String)>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let action = target.rsplit('.').next().unwrap_or_default().to_owned();
    let mut request: Value = serde_json::from_slice(&body).expect("the SDK sends JSON");
    request["ReturnConsumedCapacity"] = json!("INDEXES");
    let mut forwarded = headers.clone();
    forwarded.remove(HOST);
    forwarded.remove(CONTENT_LENGTH);
    let fault = meter.faults.next();
    match fault {
        Some(Fault::Throttled) => return refusal(StatusCode::BAD_REQUEST, "ThrottlingException"),
        Some(Fault::Internal) => return refusal(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError"),
        Some(Fault::LostBefore) => return torn(b"{\"It"),
        Some(Fault::LostAfter | Fault::Truncated) | None => {}
    }
    let answer = meter.http.post(&meter.database).headers(forwarded).body(request.to_string()).send().await;
    let answer = answer.expect("the database answers");
    let (status, headers, bytes) = (answer.status(), answer.headers().clone(), answer.bytes().await.expect("whole"));
    let call = call(function, action, &request, &serde_json::from_slice(&bytes).unwrap_or_default());
    meter.calls.lock().unwrap_or_else(PoisonError::into_inner).push(call);
    match fault {
        Some(Fault::LostAfter) => torn(b""),
        Some(_) => torn(&bytes[..bytes.len() / 2]),
        None => (status, headers, bytes).into_response(),
    }
}

/// What DynamoDB says when it cannot.
fn refusal(status: StatusCode, code: &str) -> Response {
    let body = json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": "injected"});
    (status, [(CONTENT_TYPE, "application/x-amz-json-1.0")], body.to_string()).into_response()
}

/// An answer that breaks off.
fn torn(beginning: &[u8]) -> Response {
    let pieces = [Ok(Bytes::copy_from_slice(beginning)), Err(std::io::Error::other("the connection is lost"))];
    Body::from_stream(futures_util::stream::iter(pieces)).into_response()
}

/// One way for a call to go wrong.
#[derive(Debug, Clone, Copy)]
enum Fault {
    /// It is refused for being too much.
    Throttled,
    /// It is refused for no reason of ours.
    Internal,
    /// It never arrives, and neither does an answer.
    LostBefore,
    /// It is done, but no answer arrives.
    LostAfter,
    /// It is done, but half of the answer arrives.
    Truncated,
}

/// Which calls go wrong: the same ones in every run, spread as if by chance.
#[derive(Clone, Default)]
struct Faults {
    percent: Arc<AtomicU32>,
    calls: Arc<AtomicU32>,
}

impl Faults {
    fn next(&self) -> Option<Fault> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        // Knuth's multiplicative hash.
        let chance = call.wrapping_mul(2_654_435_761) >> 8;
        let kinds = [Fault::Throttled, Fault::Internal, Fault::LostBefore, Fault::LostAfter, Fault::Truncated];
        (chance % 100 < self.percent.load(Ordering::Relaxed)).then(|| kinds[(chance / 100) as usize % kinds.len()])
    }
}

fn call(function: String, action: String, request: &Value, answer: &Value) -> Call {
    let consumed = match &answer["ConsumedCapacity"] {
        Value::Array(each) => each.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    };
    let total: f64 = consumed.iter().filter_map(|consumed| consumed["CapacityUnits"].as_f64()).sum();
    let writes = action.contains("Write") || ["PutItem", "UpdateItem", "DeleteItem"].contains(&action.as_str());
    Call {
        function,
        permissions: permissions(&action, request),
        tables: tables(request),
        index: request["IndexName"].as_str().map(ToOwned::to_owned),
        read: if writes { 0.0 } else { total },
        write: if writes { total } else { 0.0 },
        action,
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

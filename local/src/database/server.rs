//! The HTTP interface of the embedded DynamoDB (JSON 1.0). It answers programs that know the access key. Web pages do not
//! know it, and what a browser says about a page is refused as well: an `Origin`, or the name of a foreign host.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use dynoxide::DynoxideError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use uuid::Uuid;

use super::Engine;
use super::tokens::Tokens;
use crate::error::Result;
use crate::host;

/// The most bytes of a request.
const REQUEST_LIMIT: usize = 16 << 20;

/// What reads items, one at a time or in a list. `TransactGetItems` is not among them: it sees one moment of all its items.
const READS: [&str; 4] = ["GetItem", "BatchGetItem", "Query", "Scan"];

/// With what the operations begin that have the turn and write nothing.
const SEES: [&str; 4] = ["Describe", "Get", "List", "TransactGet"];

/// What changes tables.
const TABLES: [&str; 4] = ["CreateTable", "UpdateTable", "DeleteTable", "UpdateTimeToLive"];

struct Server {
    engine: Engine,
    reader: RwLock<dynoxide::Database>,
    /// Writers come in the order of their requests. Who has the turn also knows the tokens of those before.
    turn: Arc<tokio::sync::Mutex<Tokens>>,
    access_key: String,
}

/// Returns the route of all operations.
pub(super) fn router(engine: Engine, access_key: String) -> Result<Router> {
    let reader = RwLock::new(engine.reader()?);
    let server = Arc::new(Server { engine, reader, turn: Arc::default(), access_key });
    let route = Router::new().route("/", post(answer)).layer(DefaultBodyLimit::max(REQUEST_LIMIT));
    Ok(route.layer(from_fn(host::refuse_foreign)).with_state(server))
}

async fn answer(State(server): State<Arc<Server>>, headers: HeaderMap, body: Bytes) -> Response {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if headers.contains_key(header::ORIGIN) {
        return refuse("AccessDeniedException", "The database answers no web page.");
    }
    let target = text(HeaderName::from_static("x-amz-target"));
    let Some((_, operation)) = target.split_once('.').filter(|(service, _)| service.starts_with("DynamoDB")) else {
        return refuse("UnknownOperationException", "");
    };
    let authorization = text(header::AUTHORIZATION);
    if !authorization.starts_with("AWS4-HMAC-SHA256 ") {
        return refuse("MissingAuthenticationTokenException", "Request is missing Authentication Token");
    }
    let credential = authorization.split_once("Credential=").map(|(_, rest)| rest);
    let access_key = credential.and_then(|credential| credential.split('/').next());
    if access_key != Some(server.access_key.as_str()) {
        let problem = "The access key is not the one that the runner printed when it started.";
        return refuse("UnrecognizedClientException", problem);
    }
    let answer = if READS.contains(&operation) {
        run(&server.reader(), operation, &body)
    } else {
        Arc::clone(&server).write(operation.to_owned(), body).await
    };
    match answer {
        Some(Ok(answer)) => typed(StatusCode::OK, answer),
        Some(Err(problem)) => {
            let status = StatusCode::from_u16(problem.status_code()).unwrap_or(StatusCode::BAD_REQUEST);
            typed(status, problem.to_json())
        }
        None => refuse("UnknownOperationException", ""),
    }
}

impl Server {
    fn reader(&self) -> dynoxide::Database {
        self.reader.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Runs an operation on a thread that may block, while others read.
    async fn write(self: Arc<Self>, operation: String, body: Bytes) -> Option<dynoxide::Result<String>> {
        // The turn ends with the write, also if its client goes away.
        let mut tokens = Arc::clone(&self.turn).lock_owned().await;
        let written = tokio::task::spawn_blocking(move || {
            let database = &self.engine.database;
            let answer = if operation == "TransactWriteItems" {
                let transact = |request| database.transact_write_items(request);
                Some(call(&body, |request| tokens.run(request, Instant::now(), transact)))
            } else {
                run(database, &operation, &body)
            };
            // A connection remembers what the tables are like.
            if TABLES.contains(&operation.as_str()) {
                match self.engine.reader() {
                    Ok(reader) => *self.reader.write().unwrap_or_else(PoisonError::into_inner) = reader,
                    Err(problem) => return Some(Err(internal(problem))),
                }
            }
            drop(tokens);
            if !SEES.iter().any(|it| operation.starts_with(it))
                && let Err(problem) = self.engine.wait_for_disk()
            {
                return Some(Err(internal(problem)));
            }
            answer
        });
        written.await.unwrap_or_else(|problem| Some(Err(internal(problem))))
    }
}

pub(super) fn internal(problem: impl std::fmt::Display) -> DynoxideError {
    DynoxideError::InternalServerError(problem.to_string())
}

fn refuse(kind: &str, message: &str) -> Response {
    let kind = format!("com.amazon.coral.service#{kind}");
    typed(StatusCode::BAD_REQUEST, json!({"__type": kind, "message": message}).to_string())
}

fn typed(status: StatusCode, body: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/x-amz-json-1.0".to_owned()),
        (HeaderName::from_static("x-amzn-requestid"), Uuid::new_v4().to_string()),
    ];
    (status, headers, body).into_response()
}

/// Runs an operation of DynamoDB by its name, all but TransactWriteItems. Returns `None` if the name is unknown.
fn run(database: &dynoxide::Database, operation: &str, body: &[u8]) -> Option<dynoxide::Result<String>> {
    macro_rules! operations {
        ($($name:literal => $method:ident),+ $(,)?) => {
            match operation {
                $($name => Some(call(body, |request| database.$method(request))),)+
                _ => None,
            }
        };
    }
    operations! {
        "GetItem" => get_item,
        "PutItem" => put_item,
        "UpdateItem" => update_item,
        "DeleteItem" => delete_item,
        "Query" => query,
        "Scan" => scan,
        "BatchGetItem" => batch_get_item,
        "BatchWriteItem" => batch_write_item,
        "TransactGetItems" => transact_get_items,
        "ExecuteStatement" => execute_statement,
        "ExecuteTransaction" => execute_transaction,
        "BatchExecuteStatement" => batch_execute_statement,
        "ListTables" => list_tables,
        "DescribeTable" => describe_table,
        "CreateTable" => create_table,
        "UpdateTable" => update_table,
        "DeleteTable" => delete_table,
        "DescribeTimeToLive" => describe_time_to_live,
        "UpdateTimeToLive" => update_time_to_live,
        "ListStreams" => list_streams,
        "DescribeStream" => describe_stream,
        "GetShardIterator" => get_shard_iterator,
        "GetRecords" => get_records,
    }
}

fn call<T: DeserializeOwned, A: Serialize>(
    body: &[u8],
    call: impl FnOnce(T) -> dynoxide::Result<A>,
) -> dynoxide::Result<String> {
    let request = serde_json::from_slice(body).map_err(|problem| {
        let text = problem.to_string();
        // A value of the wrong type cannot be read; one that is missing or unknown is not valid.
        let is_type = problem.is_syntax() || text.starts_with("invalid type") && !text.contains("null");
        if is_type { DynoxideError::SerializationException(text) } else { DynoxideError::ValidationException(text) }
    })?;
    let answer = call(request)?;
    serde_json::to_string(&answer).map_err(internal)
}

//! Every call of a library's database, in order, for another database to answer as well: `tests/second_database.py`.

use std::fs::File;
use std::io::Write as _;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use super::client::Client;
use super::pattern::Request;

/// Returns `database`; or, if `RECORD_CALLS` names a folder, a client of what forwards to it one call after another, and
/// writes them into a file there. Its first line has the tables, each other one a call and its answer.
pub(crate) async fn recorded(database: Client) -> Client {
    static LIBRARIES: AtomicU32 = AtomicU32::new(0);
    let Ok(folder) = std::env::var("RECORD_CALLS") else { return database };
    let number = LIBRARIES.fetch_add(1, Ordering::Relaxed);
    let file = Path::new(&folder).join(format!("{}-{number}.jsonl", std::process::id()));
    let mut file = File::create(file).expect("RECORD_CALLS is a folder");
    let names = database.call("ListTables", &json!({})).await["TableNames"].clone();
    let mut tables = Vec::new();
    for name in names.as_array().expect("a list") {
        tables.push(database.call("DescribeTable", &json!({"TableName": name})).await["Table"].take());
    }
    writeln!(file, "{}", json!({"tables": tables})).expect("it can be written");

    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let recorder = Arc::new(Recorder { database: database.clone(), file: Mutex::new(file) });
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(record).with_state(recorder)).await });
    database.elsewhere(&format!("http://{address}"))
}

struct Recorder {
    database: Client,
    file: Mutex<File>,
}

async fn record(State(recorder): State<Arc<Recorder>>, headers: HeaderMap, bytes: Bytes) -> Response {
    // A task of its own: what the database does is written down, even if nobody waits for it any longer.
    let recorded = tokio::spawn(async move {
        let request = Request::new(String::new(), &headers, bytes);
        // Held until the call is answered: the calls are written down in the order in which the database does them.
        let mut file = recorder.file.lock().await;
        let answer = recorder.database.forward(headers, request.bytes.clone()).await;
        let body: Value = serde_json::from_slice(&answer.bytes).unwrap_or_default();
        let status = answer.status.as_u16();
        let line = json!({"action": request.action, "request": request.body(), "status": status, "answer": body});
        writeln!(file, "{line}").expect("it can be written");
        answer
    });
    recorded.await.expect("it does not panic").into_response()
}

//! A proxy between `dispatch` and the management API of the WebSockets, which can refuse calls.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{CONTENT_LENGTH, HOST};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use reqwest::Client;

use crate::http::client;
use crate::share::Share;

/// The management API as `dispatch` sees it
/// (<https://docs.aws.amazon.com/apigatewaymanagementapi/latest/api_reference/API_PostToConnection.html>).
#[derive(Clone)]
pub struct SocketApi {
    http: Client,
    refusals: Arc<Mutex<Vec<Refusal>>>,
    failing: Share,
    /// How late the next answer is, in milliseconds.
    late: Arc<AtomicU64>,
}

/// Messages to a socket that are not sent.
struct Refusal {
    connection: String,
    status: StatusCode,
    kind: Option<&'static str>,
    left: u32,
}

impl Default for SocketApi {
    fn default() -> Self {
        SocketApi { http: client(None), refusals: Arc::default(), failing: Share::default(), late: Arc::default() }
    }
}

impl SocketApi {
    /// Starts the proxy before `api`. Returns its address.
    pub(crate) async fn start(&self, api: &str) -> String {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let app = Router::new().fallback(forward).with_state((self.clone(), api.to_owned()));
        tokio::spawn(async move { axum::serve(listener, app).await });
        format!("http://{address}")
    }

    /// Throttles the next so many messages to that socket: it does not read, or API Gateway is busy.
    pub fn throttles(&self, connection: &str, messages: u32) {
        self.refuse(connection, StatusCode::TOO_MANY_REQUESTS, Some("LimitExceededException"), messages);
    }

    /// Answers messages to that socket with a 410 that does not name its error.
    pub fn forgets(&self, connection: &str) {
        self.refuse(connection, StatusCode::GONE, None, u32::MAX);
    }

    /// Sends the next message on at once, and answers this much later.
    pub fn answers_late(&self, by: Duration) {
        self.late.store(by.as_millis().try_into().unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Refuses so many of a thousand messages from now on, to whatever socket: it is gone, or does not read, or the API is down.
    pub fn fails(&self, of_a_thousand: u32) {
        self.failing.set(of_a_thousand);
    }

    fn refuse(&self, connection: &str, status: StatusCode, kind: Option<&'static str>, left: u32) {
        let refusal = Refusal { connection: connection.to_owned(), status, kind, left };
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner).push(refusal);
    }

    fn refusal(&self, uri: &Uri) -> Option<Response> {
        if let Some(chance) = self.failing.next() {
            return Some(match chance % 3 {
                0 => (StatusCode::GONE, [("x-amzn-errortype", "GoneException")]).into_response(),
                1 => (StatusCode::TOO_MANY_REQUESTS, [("x-amzn-errortype", "LimitExceededException")]).into_response(),
                _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            });
        }
        // Base64 may end with `=`, which the SDK encodes.
        let path = uri.path().replace("%3D", "=");
        let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        let found = refusals.iter_mut().find(|refusal| refusal.left > 0 && path.ends_with(&refusal.connection))?;
        found.left -= 1;
        Some(match found.kind {
            Some(kind) => (found.status, [("x-amzn-errortype", kind)]).into_response(),
            None => found.status.into_response(),
        })
    }
}

async fn forward(
    State((api, url)): State<(SocketApi, String)>,
    method: Method,
    uri: Uri,
    mut headers: HeaderMap,
    body: Bytes,
) -> Response {
    let refusal = if method == Method::POST { api.refusal(&uri) } else { None };
    if let Some(refusal) = refusal {
        return refusal;
    }
    headers.remove(HOST);
    headers.remove(CONTENT_LENGTH);
    let sent = api.http.request(method, format!("{url}{uri}")).headers(headers).body(body).send().await;
    let sent = sent.expect("the management API answers");
    tokio::time::sleep(Duration::from_millis(api.late.swap(0, Ordering::Relaxed))).await;
    let (status, headers) = (sent.status(), sent.headers().clone());
    (status, headers, sent.bytes().await.expect("whole")).into_response()
}

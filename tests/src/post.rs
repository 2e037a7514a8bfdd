//! A proxy between `dispatch` and the runner's mail service, which can let it fail.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{CONTENT_LENGTH, HOST};
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use reqwest::Client;
use serde_json::Value;

use crate::http::client;
use crate::share::Share;

/// The mail service (SES) as `dispatch` sees it.
#[derive(Clone)]
pub struct Post {
    http: Client,
    refused: Arc<Mutex<Vec<String>>>,
    is_down: Arc<AtomicBool>,
    too_busy: Arc<AtomicU32>,
    losing: Arc<AtomicU32>,
    asked: Arc<AtomicU32>,
    milliseconds: Arc<AtomicU32>,
    failing: Share,
    accepted: Arc<Mutex<Vec<String>>>,
}

impl Default for Post {
    fn default() -> Self {
        Post {
            http: client(None),
            refused: Arc::default(),
            too_busy: Arc::default(),
            losing: Arc::default(),
            asked: Arc::default(),
            milliseconds: Arc::default(),
            is_down: Arc::default(),
            failing: Share::default(),
            accepted: Arc::default(),
        }
    }
}

impl Post {
    /// Starts the proxy before `ses`. Returns its address.
    pub(crate) async fn start(&self, ses: &str) -> String {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let app = Router::new().fallback(forward).with_state((self.clone(), ses.to_owned()));
        tokio::spawn(async move { axum::serve(listener, app).await });
        format!("http://{address}")
    }

    /// Refuses mail to that address from now on.
    pub fn refuses(&self, address: &str) {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).push(address.to_owned());
    }

    /// Takes mail to that address again.
    pub fn takes_again(&self, address: &str) {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).retain(|refused| refused != address);
    }

    /// Answers as a load balancer does while no server is there, or works again.
    pub fn is_down(&self, is_down: bool) {
        self.is_down.store(is_down, Ordering::Relaxed);
    }

    /// Throttles the next so many mails.
    pub fn is_too_busy_for(&self, mails: u32) {
        self.too_busy.store(mails, Ordering::Relaxed);
    }

    /// Accepts the next so many mails, and loses the answers.
    pub fn loses_answers_to(&self, mails: u32) {
        self.losing.store(mails, Ordering::Relaxed);
    }

    /// Answers each mail only after so many milliseconds from now on.
    pub fn takes(&self, milliseconds: u32) {
        self.milliseconds.store(milliseconds, Ordering::Relaxed);
    }

    /// Lets so many of a thousand mails go wrong from now on: too busy, away, slow, or accepted without an answer.
    pub fn fails(&self, of_a_thousand: u32) {
        self.failing.set(of_a_thousand);
    }

    /// Returns the ids of the letters that it has accepted, each as often as it was.
    pub fn accepted(&self) -> Vec<String> {
        self.accepted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns how many mails have been handed to it.
    pub fn asked(&self) -> u32 {
        self.asked.load(Ordering::Relaxed)
    }
}

/// Counts down to zero. Returns false if it was zero.
fn takes_one(left: &AtomicU32) -> bool {
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
}

async fn forward(State((post, ses)): State<(Post, String)>, uri: Uri, mut headers: HeaderMap, body: Bytes) -> Response {
    post.asked.fetch_add(1, Ordering::Relaxed);
    tokio::time::sleep(Duration::from_millis(post.milliseconds.load(Ordering::Relaxed).into())).await;
    let text = String::from_utf8_lossy(&body);
    if post.refused.lock().unwrap_or_else(PoisonError::into_inner).iter().any(|address| text.contains(address)) {
        return refusal(StatusCode::BAD_REQUEST, "MessageRejected");
    }
    if post.is_down.load(Ordering::Relaxed) {
        return (StatusCode::SERVICE_UNAVAILABLE, "<html>Service Unavailable</html>").into_response();
    }
    let trouble = post.failing.next().map(|chance| chance % 4);
    match trouble {
        Some(0) => return refusal(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailableException"),
        Some(1) => tokio::time::sleep(Duration::from_secs(1)).await,
        _ => {}
    }
    if trouble == Some(2) || takes_one(&post.too_busy) {
        return refusal(StatusCode::TOO_MANY_REQUESTS, "TooManyRequestsException");
    }
    headers.remove(HOST);
    headers.remove(CONTENT_LENGTH);
    let sent =
        post.http.post(format!("{ses}{uri}")).headers(headers).body(body.clone()).send().await.expect("SES answers");
    let kind = sent.headers().get("x-amzn-errortype").cloned();
    let kind: HeaderMap = kind.map(|kind| (HeaderName::from_static("x-amzn-errortype"), kind)).into_iter().collect();
    let (status, answer) = (sent.status(), sent.bytes().await.expect("whole"));
    if status.is_success() {
        post.accepted.lock().unwrap_or_else(PoisonError::into_inner).extend(letter(&text));
    }
    if trouble == Some(3) || takes_one(&post.losing) {
        // The connection breaks before a byte of the answer. A panic would do the same, and print something.
        std::panic::resume_unwind(Box::new("the connection is lost"));
    }
    (status, kind, answer).into_response()
}

/// Returns the id of the letter that a mail is tagged with.
fn letter(mail: &str) -> Option<String> {
    let mail: Value = serde_json::from_str(mail).ok()?;
    let tag = mail["EmailTags"].as_array()?.iter().find(|tag| tag["Name"] == "letter")?;
    tag["Value"].as_str().map(ToOwned::to_owned)
}

/// Returns the answer of SES that refuses a mail.
fn refusal(status: StatusCode, kind: &'static str) -> Response {
    (status, [("x-amzn-errortype", kind)], r#"{"message": "injected"}"#).into_response()
}

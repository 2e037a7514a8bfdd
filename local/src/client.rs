//! A client of a library's API, on this machine or elsewhere: what `monitor`, `import` and `export` share.
//!
//! - `account`: which library, who signs in, and the password
//! - `patience`: which failures are waited out, and for how long

mod account;
mod patience;

use std::time::Duration;

use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Http;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::timeout;

pub use account::{Account, DEFAULT_URL, LOCAL_ADMIN};
pub(crate) use patience::{Sender, tell_pause};

/// The API of a library, called by one user.
#[derive(Debug)]
pub(crate) struct Client {
    http: Http<HttpsConnector<HttpConnector>, Full<Bytes>>,
    account: Account,
    tokens: Option<Tokens>,
    /// How long an answer may take.
    patience: Duration,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tokens {
    access_token: String,
    refresh_token: String,
}

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    method: Method,
    /// The path after the stage, with its query.
    path: String,
    /// The media type and the bytes.
    body: Option<(&'static str, Bytes)>,
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
}

/// Why there is no answer that a caller could use.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It is not retryable.
    Final(String),
    /// It is retryable, at the earliest after that time if the library names one.
    Passing(String, Option<Duration>),
}

impl Trouble {
    /// Returns what is wrong.
    pub(crate) fn into_line(self) -> String {
        match self {
            Trouble::Final(problem) | Trouble::Passing(problem, _) => problem,
        }
    }
}

/// The size limit of an answer: a page of an export has up to 2 MiB.
const ANSWER_LIMIT: usize = 4 << 20;
/// How long the sign-out may take.
const SIGN_OUT_TIMEOUT: Duration = Duration::from_secs(1);

impl Call {
    pub(crate) fn new(method: Method, path: impl Into<String>) -> Self {
        Call { method, path: path.into(), body: None }
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        Call { body: Some(("application/json", Bytes::from(body.to_string()))), ..self }
    }

    pub(crate) fn bytes(self, bytes: Vec<u8>) -> Self {
        Call { body: Some(("application/octet-stream", Bytes::from(bytes))), ..self }
    }
}

impl Answer {
    /// Parses the body.
    pub(crate) fn parse<T: for<'de> Deserialize<'de>>(&self) -> Result<T, Trouble> {
        serde_json::from_slice(&self.bytes)
            .map_err(|problem| Trouble::Passing(format!("the library returned an unexpected answer: {problem}"), None))
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_default()
    }

    /// Returns the code of a problem document.
    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// Returns the text of a problem document for people.
    pub(crate) fn detail(&self) -> String {
        let answer = self.json();
        let said = ["detail", "title", "message"].iter().find_map(|field| answer[field].as_str());
        plain(said.unwrap_or("no reason given"))
    }

    /// Returns whether the same request may succeed later.
    pub(crate) fn is_retryable(&self) -> bool {
        self.status.is_server_error() || self.status == StatusCode::TOO_MANY_REQUESTS
    }

    /// Returns how long the library asks to wait.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        self.headers.get(header::RETRY_AFTER)?.to_str().ok()?.parse().ok().map(Duration::from_secs)
    }
}

impl Client {
    /// Creates a client, without a request. Whoever waits longer than `patience` for an answer asks again.
    pub(crate) fn new(mut account: Account, patience: Duration) -> Self {
        // The TLS implementation of this program. An error means that it is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let https = HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
        account.url.truncate(account.url.trim_end_matches('/').len());
        Client { http: Http::builder(TokioExecutor::new()).build(https), account, tokens: None, patience }
    }

    pub(crate) fn url(&self) -> &str {
        &self.account.url
    }

    pub(crate) fn email(&self) -> String {
        plain(&self.account.email)
    }

    /// Sends a request as the user. Signs in first, and again when the session has expired.
    pub(crate) async fn ask(&mut self, call: &Call) -> Result<Answer, Trouble> {
        if self.tokens.is_none() {
            self.sign_in().await?;
        }
        let answer = self.send(call).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        self.renew().await?;
        self.send(call).await
    }

    /// Sends a request, as the user if somebody is signed in.
    pub(crate) async fn send(&self, call: &Call) -> Result<Answer, Trouble> {
        self.send_with(call, self.tokens.as_ref().map(|tokens| tokens.access_token.as_str())).await
    }

    async fn sign_in(&mut self) -> Result<(), Trouble> {
        let password = self.account.known_password().ok_or_else(|| {
            Trouble::Final(format!("{} has to sign in: set CARREL_PASSWORD to the password", self.email()))
        })?;
        let who = json!({"email": self.account.email, "password": password});
        let answer = self.send_with(&Call::new(Method::POST, "/auth/login").json(&who), None).await?;
        match answer.parse() {
            Ok(tokens) if answer.status.is_success() => self.tokens = Some(tokens),
            _ if [StatusCode::UNAUTHORIZED, StatusCode::BAD_REQUEST].contains(&answer.status) => {
                return Err(Trouble::Final(format!("{} cannot sign in: {}", self.email(), answer.detail())));
            }
            _ => return Err(self.refusal(&answer)),
        }
        Ok(())
    }

    /// Renews the session, or signs in again.
    async fn renew(&mut self) -> Result<(), Trouble> {
        if let Some(Tokens { refresh_token, .. }) = self.tokens.take() {
            let body = json!({ "refreshToken": refresh_token });
            let answer = self.send_with(&Call::new(Method::POST, "/auth/refresh-token").json(&body), None).await?;
            self.tokens = answer.parse().ok().filter(|_| answer.status.is_success());
        }
        if self.tokens.is_none() { self.sign_in().await } else { Ok(()) }
    }

    /// Ends the session, if there is one and the library answers.
    pub(crate) async fn sign_out(&mut self) {
        if self.tokens.is_some() {
            // Otherwise the session expires.
            let _ = timeout(SIGN_OUT_TIMEOUT, self.send(&Call::new(Method::POST, "/auth/logout"))).await;
            self.tokens = None;
        }
    }

    /// Converts an error answer. Server errors and 429 are retryable.
    pub(crate) fn refusal(&self, answer: &Answer) -> Trouble {
        let problem = format!("{} answered {}: {}", self.account.url, answer.status, answer.detail());
        if answer.is_retryable() { Trouble::Passing(problem, answer.retry_after()) } else { Trouble::Final(problem) }
    }

    async fn send_with(&self, call: &Call, token: Option<&str>) -> Result<Answer, Trouble> {
        let url = &self.account.url;
        let mut request = Request::builder()
            .method(&call.method)
            .uri(format!("{url}{}", call.path))
            .header(header::USER_AGENT, concat!("carrel/", env!("CARGO_PKG_VERSION")));
        for (name, value) in [
            ("authorization", token.map(|token| format!("Bearer {token}"))),
            ("x-api-key", self.account.api_key.clone()),
            ("content-type", call.body.as_ref().map(|(media_type, _)| (*media_type).to_owned())),
        ] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let body = call.body.as_ref().map(|(_, bytes)| bytes.clone()).unwrap_or_default();
        let request = request.body(Full::new(body));
        let request = request.map_err(|problem| {
            Trouble::Final(format!("{} should be like http://127.0.0.1:9000/v1: {problem}", plain(url)))
        })?;
        let passing = |problem| Trouble::Passing(problem, None);
        let late = || passing(format!("{url} does not answer"));
        let answer = timeout(self.patience, self.http.request(request)).await.map_err(|_| late())?;
        let (head, body) = answer.map_err(|problem| passing(self.unreachable(&problem)))?.into_parts();
        let body = timeout(self.patience, Limited::new(body, ANSWER_LIMIT).collect()).await.map_err(|_| late())?;
        let body = body.map_err(|problem| passing(format!("the answer of {url} was cut off: {problem}")))?;
        Ok(Answer { status: head.status, headers: head.headers, bytes: body.to_bytes() })
    }

    fn unreachable(&self, problem: &(dyn std::error::Error + 'static)) -> String {
        let url = &self.account.url;
        let causes = std::iter::successors(Some(problem), |problem| problem.source());
        let refused = |cause: &&(dyn std::error::Error + 'static)| {
            let io = cause.downcast_ref::<std::io::Error>();
            io.is_some_and(|io| io.kind() == std::io::ErrorKind::ConnectionRefused)
        };
        match causes.clone().find(refused) {
            Some(_) => format!("nothing listens at {url}; `cargo run -p local` opens a library on this machine"),
            None => {
                let cause = causes.last().map(ToString::to_string).unwrap_or_default();
                format!("{url} cannot be reached: {}", plain(&cause))
            }
        }
    }
}

/// Replaces characters that control a terminal or the writing direction, or are invisible. Any user can choose the title of a
/// book.
pub(crate) fn plain(text: &str) -> String {
    let hidden = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
    };
    text.chars().map(|letter| if hidden(letter) { '\u{fffd}' } else { letter }).collect()
}

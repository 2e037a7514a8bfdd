//! The API, as far as the monitor needs it: sign-in and refresh, tickets, events.

use std::time::Duration;

use axum::http::{Method, Request, StatusCode, header};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::feed::{Event, Items};
use super::line::plain;
use super::{End, Options};

/// The API of a library, called by a librarian.
#[derive(Debug)]
pub(super) struct Library {
    http: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    options: Options,
    tokens: Option<Tokens>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tokens {
    access_token: String,
    refresh_token: String,
}

#[derive(Deserialize)]
struct Ticket {
    url: String,
}

/// How many events a page has.
const PAGE: usize = 100;
/// The time and size limits of an answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(15);
const ANSWER_LIMIT: usize = 4 << 20;
/// How long the sign-out may take.
const SIGN_OUT_TIMEOUT: Duration = Duration::from_secs(1);

impl Library {
    pub(super) fn new(mut options: Options) -> Self {
        // The TLS implementation of this program. An error means that it is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let https = HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
        options.url.truncate(options.url.trim_end_matches('/').len());
        Library { http: Client::builder(TokioExecutor::new()).build(https), options, tokens: None }
    }

    pub(super) fn url(&self) -> &str {
        &self.options.url
    }

    /// Returns the URL of a socket. It is valid for one socket and for some seconds.
    pub(super) async fn ticket(&mut self) -> Result<String, End> {
        Ok(self.ask::<Ticket>(Method::POST, "/live/tickets").await?.url)
    }

    /// Returns the newest events.
    pub(super) async fn newest(&mut self, limit: usize) -> Result<Vec<Event>, End> {
        Ok(self.ask::<Items>(Method::GET, &format!("/events?limit={limit}")).await?.items)
    }

    /// Returns the events after an id, the oldest first.
    pub(super) async fn after(&mut self, id: u64) -> Result<Items, End> {
        self.ask(Method::GET, &format!("/events?after={id}&limit={PAGE}")).await
    }

    /// Ends the session, if there is one and the library answers.
    pub(super) async fn sign_out(&mut self) {
        let token = self.tokens.take().map(|tokens| tokens.access_token);
        if token.is_some() {
            // Otherwise the session expires.
            let _ = timeout(SIGN_OUT_TIMEOUT, self.send(Method::POST, "/auth/logout", token.as_deref(), None)).await;
        }
    }

    /// Sends a request as the librarian. Signs in first, and again when the session has expired.
    async fn ask<T: for<'de> Deserialize<'de>>(&mut self, method: Method, path: &str) -> Result<T, End> {
        if self.tokens.is_none() {
            self.sign_in().await?;
        }
        let (mut status, mut answer) = self.as_librarian(method.clone(), path).await?;
        if status == StatusCode::UNAUTHORIZED {
            self.renew().await?;
            (status, answer) = self.as_librarian(method, path).await?;
        }
        match status {
            status if status.is_success() => serde_json::from_value(answer)
                .map_err(|problem| End::Passing(format!("{path} returned an unexpected answer: {problem}"))),
            StatusCode::FORBIDDEN => Err(End::Final(format!(
                "{} may not watch, only librarians may: {}",
                plain(&self.options.email),
                detail(&answer)
            ))),
            StatusCode::NOT_FOUND => Err(End::Final(format!("there is no live monitor at {}", self.options.url))),
            _ => Err(self.refusal(status, &answer)),
        }
    }

    async fn as_librarian(&self, method: Method, path: &str) -> Result<(StatusCode, Value), End> {
        let token = self.tokens.as_ref().map(|tokens| tokens.access_token.as_str());
        self.send(method, path, token, None).await
    }

    async fn sign_in(&mut self) -> Result<(), End> {
        let who = json!({"email": self.options.email, "password": self.options.password});
        let (status, answer) = self.send(Method::POST, "/auth/login", None, Some(who)).await?;
        match serde_json::from_value(answer.clone()) {
            Ok(tokens) if status.is_success() => self.tokens = Some(tokens),
            _ if status == StatusCode::UNAUTHORIZED || status == StatusCode::BAD_REQUEST => {
                let email = plain(&self.options.email);
                return Err(End::Final(format!("{email} cannot sign in: {}", detail(&answer))));
            }
            _ => return Err(self.refusal(status, &answer)),
        }
        Ok(())
    }

    /// Renews the session, or signs in again.
    async fn renew(&mut self) -> Result<(), End> {
        if let Some(Tokens { refresh_token, .. }) = self.tokens.take() {
            let body = json!({ "refreshToken": refresh_token });
            let (status, answer) = self.send(Method::POST, "/auth/refresh-token", None, Some(body)).await?;
            self.tokens = serde_json::from_value(answer).ok().filter(|_| status.is_success());
        }
        if self.tokens.is_none() { self.sign_in().await } else { Ok(()) }
    }

    /// Converts an error answer. Server errors and 429 are retryable.
    fn refusal(&self, status: StatusCode, answer: &Value) -> End {
        let problem = format!("{} answered {status}: {}", self.options.url, detail(answer));
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            End::Passing(problem)
        } else {
            End::Final(problem)
        }
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> Result<(StatusCode, Value), End> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.options.url))
            .header(header::USER_AGENT, concat!("carrel-monitor/", env!("CARGO_PKG_VERSION")));
        for (name, value) in [
            ("authorization", token.map(|token| format!("Bearer {token}"))),
            ("x-api-key", self.options.api_key.clone()),
            ("content-type", body.as_ref().map(|_| "application/json".to_owned())),
        ] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let body = body.map(|body| Bytes::from(body.to_string())).unwrap_or_default();
        let request = request.body(Full::new(body));
        let request = request.map_err(|problem| {
            End::Final(format!("{} should be like http://127.0.0.1:9000/v1: {problem}", plain(&self.options.url)))
        })?;
        let late = || End::Passing(format!("{} does not answer", self.options.url));
        let answer = timeout(ANSWER_TIMEOUT, self.http.request(request)).await.map_err(|_| late())?;
        let (head, body) = answer.map_err(|problem| self.unreachable(&problem))?.into_parts();
        let body = timeout(ANSWER_TIMEOUT, Limited::new(body, ANSWER_LIMIT).collect()).await.map_err(|_| late())?;
        let body =
            body.map_err(|problem| End::Passing(format!("the answer of {} was cut off: {problem}", self.options.url)))?;
        Ok((head.status, serde_json::from_slice(&body.to_bytes()).unwrap_or_default()))
    }

    fn unreachable(&self, problem: &(dyn std::error::Error + 'static)) -> End {
        let url = &self.options.url;
        let causes = std::iter::successors(Some(problem), |problem| problem.source());
        let refused = |cause: &&(dyn std::error::Error + 'static)| {
            let io = cause.downcast_ref::<std::io::Error>();
            io.is_some_and(|io| io.kind() == std::io::ErrorKind::ConnectionRefused)
        };
        End::Passing(match causes.clone().find(refused) {
            Some(_) => format!("nothing listens at {url}; `cargo run -p local` opens a library on this machine"),
            None => {
                let cause = causes.last().map(ToString::to_string).unwrap_or_default();
                format!("{url} cannot be reached: {}", plain(&cause))
            }
        })
    }
}

/// Returns the text of a problem document for people.
fn detail(answer: &Value) -> String {
    let said = ["detail", "title", "message"].iter().find_map(|field| answer[field].as_str());
    plain(said.unwrap_or("no reason given"))
}

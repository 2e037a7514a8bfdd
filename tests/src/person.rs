//! People who use the library, and their requests.

use std::future::{Future, IntoFuture};
use std::net::IpAddr;
use std::pin::Pin;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use crate::Answer;
use crate::answer::assert_milliseconds;

/// A person, signed in or not.
#[derive(Debug, Clone)]
pub struct Person {
    pub(crate) http: Client,
    pub(crate) url: String,
    /// The API key that is sent, if any.
    pub(crate) api_key: Option<String>,
    /// The id; empty for a stranger.
    pub id: String,
    /// The email; empty for a stranger.
    pub email: String,
    /// The access token.
    pub access_token: Option<String>,
    /// The refresh token.
    pub refresh_token: Option<String>,
}

impl Person {
    /// Makes a request of any method.
    pub fn ask(&self, method: Method, path: &str) -> Request {
        let mut builder = self.http.request(method.clone(), format!("{}{path}", self.url));
        if let Some(token) = &self.access_token {
            builder = builder.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(key) = &self.api_key {
            builder = builder.header("x-api-key", key);
        }
        Request { asked: format!("{method} {path}"), builder }
    }

    /// Makes a `GET`.
    pub fn get(&self, path: &str) -> Request {
        self.ask(Method::GET, path)
    }

    /// Makes a `POST` with a JSON body.
    pub fn post(&self, path: &str, body: Value) -> Request {
        self.ask(Method::POST, path).json(&body)
    }

    /// Makes a `PUT` with a JSON body.
    pub fn put(&self, path: &str, body: Value) -> Request {
        self.ask(Method::PUT, path).json(&body)
    }

    /// Makes a `PATCH` with a JSON body.
    pub fn patch(&self, path: &str, body: Value) -> Request {
        self.ask(Method::PATCH, path).json(&body)
    }

    /// Makes a `DELETE`.
    pub fn delete(&self, path: &str) -> Request {
        self.ask(Method::DELETE, path)
    }

    /// Adds a book. Returns its id.
    pub async fn adds(&self, title: &str, author: &str) -> String {
        self.post("/books", json!({"title": title, "author": author})).await.expect(201).string("id")
    }

    /// Reserves a book.
    pub fn reserves(&self, book: &str) -> Request {
        self.ask(Method::POST, &format!("/books/{book}/reservations"))
    }

    /// Takes a step of a reservation: `checkout`, `return`, `renew`.
    pub fn steps(&self, reservation: &str, step: &str) -> Request {
        self.ask(Method::POST, &format!("/reservations/{reservation}/{step}"))
    }

    /// Lends a book to a reader, at the desk.
    pub fn lends(&self, reader: &Person, book: &str) -> Request {
        self.post("/loans", json!({"reader": reader.id, "book": book}))
    }

    /// Takes a book back, at the desk.
    pub fn takes_back(&self, book: &str) -> Request {
        self.post("/returns", json!({"book": book}))
    }

    /// Cancels a reservation.
    pub fn cancels(&self, reservation: &str) -> Request {
        self.delete(&format!("/reservations/{reservation}"))
    }

    /// Returns the same person without tokens.
    pub fn signed_out(&self) -> Person {
        Person { access_token: None, refresh_token: None, ..self.clone() }
    }

    /// Returns the same person with another access token.
    pub fn with_token(&self, token: &str) -> Person {
        Person { access_token: Some(token.to_owned()), ..self.clone() }
    }

    /// Returns the same person with the tokens of `answer` to a sign-in or a refresh.
    #[track_caller]
    pub fn with_tokens(&self, answer: &Answer) -> Person {
        Person {
            access_token: Some(answer.string("accessToken")),
            refresh_token: Some(answer.string("refreshToken")),
            ..self.clone()
        }
    }

    /// Returns the same person at a computer with this network address: any of the loopback network.
    ///
    /// # Panics
    /// If `address` is not an IP address.
    pub fn at(&self, address: &str) -> Person {
        let address: IpAddr = address.parse().expect("an address");
        let http = Client::builder().local_address(address).build().expect("a client");
        Person { http, ..self.clone() }
    }

    /// Sends a sign-in.
    pub async fn logs_in(&self, email: &str, password: &str) -> Answer {
        self.post("/auth/login", json!({"email": email, "password": password})).await
    }

    /// Spends the refresh token.
    pub async fn refreshes(&self) -> Answer {
        self.post("/auth/refresh-token", json!({"refreshToken": self.refresh_token})).await
    }
}

/// A request. Awaiting it sends it.
#[derive(Debug)]
pub struct Request {
    asked: String,
    builder: RequestBuilder,
}

impl Request {
    /// Adds a header.
    pub fn header(self, name: &str, value: &str) -> Self {
        Request { builder: self.builder.header(name, value), ..self }
    }

    /// Adds `If-Match`.
    pub fn header_if_match(self, etag: &str) -> Self {
        self.header("if-match", etag)
    }

    /// Adds a JSON body.
    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// Adds a body.
    pub fn body(self, content_type: &str, body: impl Into<reqwest::Body>) -> Self {
        Request { builder: self.builder.header(CONTENT_TYPE, content_type).body(body), ..self }
    }
}

impl Request {
    /// Sends it to a library that may be away.
    ///
    /// # Errors
    /// If there is no whole answer.
    pub async fn tried(self) -> Result<Answer, reqwest::Error> {
        let response = self.builder.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await?.to_vec();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Ok(json) = serde_json::from_str(&text) {
            assert_milliseconds(&self.asked, &json);
        }
        Ok(Answer { asked: self.asked, status, headers, bytes, text })
    }
}

impl IntoFuture for Request {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let asked = self.asked.clone();
            self.tried().await.unwrap_or_else(|error| panic!("{asked}: {error}"))
        })
    }
}

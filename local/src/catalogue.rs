//! The first books, so that a newcomer finds a library with books.
//!
//! They are added through the API. A mark in the records says how far a start has come: the next start adds what is missing.

use std::collections::HashSet;

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use futures_util::{StreamExt, TryStreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::gateway::Gateway;
use crate::runner::Local;

/// How many books are added at once.
const CONCURRENCY: usize = 16;

/// The size limit of an answer; a hundred books have about 50 KB.
const ANSWER_LIMIT: usize = 1 << 20;

/// The mark that says how far the books are added.
pub(crate) const MARK: &str = "first books";
/// A start has begun to add them.
pub(crate) const BEGUN: &str = "begun";
/// All are added, or none will be.
pub(crate) const COMPLETE: &str = "complete";

impl Local {
    /// Adds the books of `local/catalogue.json` to an empty library, as the user `email`. Returns how many it added: none to a
    /// library that has books, or had these.
    ///
    /// # Errors
    /// If the user cannot sign in, or the library refuses a book.
    pub async fn add_catalogue(&self, email: &str, password: &str) -> Result<usize> {
        let mark = self.records().mark(MARK).map_err(Error::catalogue)?;
        let set_mark = |state| self.records().set_mark(MARK, state).map_err(Error::catalogue);
        if mark.as_deref() == Some(COMPLETE) {
            return Ok(0);
        }
        let reader = Reader::sign_in(self.gateway(), email, password).await?;
        let known = match mark {
            Some(_) => reader.known_books().await?,
            None if reader.has_books().await? => {
                set_mark(COMPLETE)?;
                return Ok(0);
            }
            None => HashSet::new(),
        };
        set_mark(BEGUN)?;
        let books: Vec<Value> = serde_json::from_str(include_str!("../catalogue.json")).map_err(Error::catalogue)?;
        let missing: Vec<Value> = books.into_iter().filter(|book| !known.contains(&identity(book))).collect();
        let bar = ProgressBar::new(missing.len() as u64).with_style(style()).with_message("Adding the first books");
        let added = stream::iter(&missing).map(|book| reader.add(book)).buffer_unordered(CONCURRENCY);
        added
            .try_for_each(async |()| {
                bar.inc(1);
                Ok(())
            })
            .await?;
        bar.finish_and_clear();
        set_mark(COMPLETE)?;
        Ok(missing.len())
    }
}

/// A signed-in user.
struct Reader<'a> {
    gateway: &'a Gateway,
    token: String,
}

impl<'a> Reader<'a> {
    async fn sign_in(gateway: &'a Gateway, email: &str, password: &str) -> Result<Self> {
        let mut reader = Reader { gateway, token: String::new() };
        let who = json!({ "email": email, "password": password });
        let (status, tokens) = reader.send(Method::POST, "/auth/login", Some(&who)).await?;
        match tokens["accessToken"].as_str() {
            Some(token) if status == StatusCode::OK => reader.token = format!("Bearer {token}"),
            _ => return Err(Error::catalogue(format!("{email} cannot sign in: {tokens}"))),
        }
        Ok(reader)
    }

    async fn has_books(&self) -> Result<bool> {
        let (_, page) = self.send(Method::GET, "/books?limit=1", None).await?;
        Ok(page["items"].as_array().is_some_and(|items| !items.is_empty()))
    }

    /// Returns the title and the author of each book that the library has.
    async fn known_books(&self) -> Result<HashSet<(String, String)>> {
        let mut known = HashSet::new();
        let mut path = "/books?limit=100".to_owned();
        loop {
            let (status, page) = self.send(Method::GET, &path, None).await?;
            let Some(items) = page["items"].as_array().filter(|_| status == StatusCode::OK) else {
                return Err(Error::catalogue(format!("the books cannot be listed: {page}")));
            };
            known.extend(items.iter().map(identity));
            let Some(cursor) = page["nextCursor"].as_str() else { return Ok(known) };
            path = format!(
                "/books?{}",
                serde_urlencoded::to_string([("limit", "100"), ("cursor", cursor)]).map_err(Error::catalogue)?
            );
        }
    }

    async fn add(&self, book: &Value) -> Result<()> {
        match self.send(Method::POST, "/books", Some(book)).await? {
            (StatusCode::CREATED, _) => Ok(()),
            (status, problem) => Err(Error::catalogue(format!("{status} for {}: {problem}", book["title"]))),
        }
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Result<(StatusCode, Value)> {
        let uri = format!("/{}{path}", self.gateway.stage());
        let request = Request::builder().method(method).uri(uri).header(header::CONTENT_TYPE, "application/json");
        let request = match self.token.as_str() {
            "" => request,
            token => request.header(header::AUTHORIZATION, token),
        };
        let request = request
            .body(body.map_or_else(Body::empty, |body| Body::from(body.to_string())))
            .map_err(Error::catalogue)?;
        let response = self.gateway.send(request).await;
        let status = response.status();
        let body = to_bytes(response.into_body(), ANSWER_LIMIT).await.map_err(Error::catalogue)?;
        Ok((status, serde_json::from_slice(&body).unwrap_or_default()))
    }
}

fn identity(book: &Value) -> (String, String) {
    let text = |name: &str| book[name].as_str().unwrap_or_default().to_owned();
    (text("title"), text("author"))
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}").unwrap_or_else(|_| ProgressStyle::default_bar())
}

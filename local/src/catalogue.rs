//! The books of the first start, so that a newcomer finds a library and not an empty hall.
//!
//! They are added through the API like anybody's books. A start that is killed in the middle leaves a marker in the
//! data folder, and the next one adds what is missing.

use std::collections::HashSet;
use std::path::PathBuf;

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use futures_util::{StreamExt, TryStreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::folder::write_whole;
use crate::gateway::Gateway;
use crate::{Data, Error, Local, Result};

/// Books on their way at once.
const AT_ONCE: usize = 16;

/// The most bytes of an answer; a hundred books have some 50 KB.
const ANSWER_LIMIT: usize = 1 << 20;

impl Local {
    /// Fills an empty library with the books of `local/catalogue.json`, in the name of `email`, and says how many
    /// it added. A library that has books already, or had these, is left alone.
    ///
    /// # Errors
    /// Where that user cannot sign in, or the library refuses a book.
    pub async fn add_catalogue(&self, email: &str, password: &str) -> Result<usize> {
        let marker = Marker::of(&self.data);
        if marker.read() == State::Complete {
            return Ok(0);
        }
        let reader = Reader::sign_in(&self.gateway, email, password).await?;
        let known = match marker.read() {
            State::Begun => reader.known_books().await?,
            _ if reader.has_books().await? => {
                marker.write(State::Complete)?;
                return Ok(0);
            }
            _ => HashSet::new(),
        };
        marker.write(State::Begun)?;
        let books: Vec<Value> = serde_json::from_str(include_str!("../catalogue.json")).map_err(failed)?;
        let missing: Vec<Value> = books.into_iter().filter(|book| !known.contains(&identity(book))).collect();
        let bar = ProgressBar::new(missing.len() as u64).with_style(style()).with_message("Adding the first books");
        let added = stream::iter(&missing).map(|book| reader.add(book)).buffer_unordered(AT_ONCE);
        added
            .try_for_each(async |()| {
                bar.inc(1);
                Ok(())
            })
            .await?;
        bar.finish_and_clear();
        marker.write(State::Complete)?;
        Ok(missing.len())
    }
}

/// Somebody signed in.
struct Reader<'a> {
    gateway: &'a Gateway,
    token: String,
}

impl<'a> Reader<'a> {
    async fn sign_in(gateway: &'a Gateway, email: &str, password: &str) -> Result<Self> {
        let mut nobody = Reader { gateway, token: String::new() };
        let who = json!({ "email": email, "password": password });
        let (status, tokens) = nobody.send(Method::POST, "/auth/login", Some(&who)).await?;
        match tokens["accessToken"].as_str() {
            Some(token) if status == StatusCode::OK => nobody.token = format!("Bearer {token}"),
            _ => return Err(Error::Catalogue(format!("{email} cannot sign in: {tokens}"))),
        }
        Ok(nobody)
    }

    async fn has_books(&self) -> Result<bool> {
        let (_, page) = self.send(Method::GET, "/books?limit=1", None).await?;
        Ok(page["items"].as_array().is_some_and(|items| !items.is_empty()))
    }

    /// What the library has already: title and author of each book.
    async fn known_books(&self) -> Result<HashSet<(String, String)>> {
        let mut known = HashSet::new();
        let mut path = "/books?limit=100".to_owned();
        loop {
            let (status, page) = self.send(Method::GET, &path, None).await?;
            let Some(items) = page["items"].as_array().filter(|_| status == StatusCode::OK) else {
                return Err(Error::Catalogue(format!("the books cannot be listed: {page}")));
            };
            known.extend(items.iter().map(identity));
            let Some(cursor) = page["nextCursor"].as_str() else { return Ok(known) };
            path = format!(
                "/books?{}",
                serde_urlencoded::to_string([("limit", "100"), ("cursor", cursor)]).map_err(failed)?
            );
        }
    }

    async fn add(&self, book: &Value) -> Result<()> {
        match self.send(Method::POST, "/books", Some(book)).await? {
            (StatusCode::CREATED, _) => Ok(()),
            (status, problem) => Err(Error::Catalogue(format!("{status} for {}: {problem}", book["title"]))),
        }
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Result<(StatusCode, Value)> {
        let uri = format!("/{}{path}", self.gateway.stage());
        let request = Request::builder().method(method).uri(uri).header(header::CONTENT_TYPE, "application/json");
        let request = match self.token.as_str() {
            "" => request,
            token => request.header(header::AUTHORIZATION, token),
        };
        let request =
            request.body(body.map_or_else(Body::empty, |body| Body::from(body.to_string()))).map_err(failed)?;
        let response = self.gateway.send(request).await;
        let status = response.status();
        let body = to_bytes(response.into_body(), ANSWER_LIMIT).await.map_err(failed)?;
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

fn failed(problem: impl std::fmt::Display) -> Error {
    Error::Catalogue(problem.to_string())
}

/// How far the books have come, in a file of the data folder. A library in memory has none: it always begins anew.
struct Marker(Option<PathBuf>);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Untouched,
    Begun,
    Complete,
}

impl Marker {
    fn of(data: &Data) -> Self {
        match data {
            Data::Memory => Marker(None),
            Data::Folder(folder) => Marker(Some(folder.join("catalogue"))),
        }
    }

    fn read(&self) -> State {
        match self.0.as_deref().map(std::fs::read_to_string) {
            Some(Ok(text)) if text == "complete" => State::Complete,
            Some(Ok(_)) => State::Begun,
            _ => State::Untouched,
        }
    }

    fn write(&self, state: State) -> Result<()> {
        let Some(path) = &self.0 else { return Ok(()) };
        let text = if state == State::Complete { "complete" } else { "begun" };
        write_whole(path, text.as_bytes()).map_err(failed)
    }
}

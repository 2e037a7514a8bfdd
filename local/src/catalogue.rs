//! The first books, so that a newcomer finds a library with books.
//!
//! They are added through the API. A mark in the records says how far a start has come: the next start adds what is missing.

use std::collections::HashSet;

use axum::http::Method;
use futures_util::{StreamExt, TryStreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

use crate::api::Api;
use crate::error::{Error, Result};
use crate::runner::Local;

/// How many books are added at once.
const CONCURRENCY: usize = 16;

/// The mark that says how far the books are added.
pub(crate) const MARK: &str = "first books";
/// A start has begun to add them.
pub(crate) const BEGUN: &str = "begun";
/// All are added, or none will be.
pub(crate) const COMPLETE: &str = "complete";

impl Local {
    /// Returns whether the first books are added, or none will be.
    pub(crate) fn has_first_books(&self) -> Result<bool> {
        Ok(self.records().mark(MARK).map_err(Error::first_start)?.as_deref() == Some(COMPLETE))
    }

    /// Adds the books of `local/catalogue.json` to an empty library, as the user `email`. Returns how many it added: none to a
    /// library that has books, or had these.
    ///
    /// # Errors
    /// If the user cannot sign in, or the library refuses a book.
    pub(crate) async fn add_catalogue(&self, email: &str, password: &str) -> Result<usize> {
        if self.has_first_books()? {
            return Ok(0);
        }
        let mark = self.records().mark(MARK).map_err(Error::first_start)?;
        let set_mark = |state| self.records().set_mark(MARK, state).map_err(Error::first_start);
        let api = Api::sign_in(self.gateway(), email, password).await?;
        let known = match mark {
            Some(_) => known_books(&api).await?,
            None if has_books(&api).await? => {
                set_mark(COMPLETE)?;
                return Ok(0);
            }
            None => HashSet::new(),
        };
        set_mark(BEGUN)?;
        let books: Vec<Value> = serde_json::from_str(include_str!("../catalogue.json")).map_err(Error::first_start)?;
        let missing: Vec<Value> = books.into_iter().filter(|book| !known.contains(&identity(book))).collect();
        let bar = ProgressBar::new(missing.len() as u64).with_style(style()).with_message("Adding the first books");
        let added = stream::iter(&missing).map(|book| api.done(Method::POST, "/books", Some(book)));
        added
            .buffer_unordered(CONCURRENCY)
            .try_for_each(async |_| {
                bar.inc(1);
                Ok(())
            })
            .await?;
        // They are found by words before the library opens.
        self.drained().await;
        bar.finish_and_clear();
        set_mark(COMPLETE)?;
        Ok(missing.len())
    }
}

async fn has_books(api: &Api<'_>) -> Result<bool> {
    let page = api.done(Method::GET, "/books?limit=1", None).await?;
    Ok(page["items"].as_array().is_some_and(|items| !items.is_empty()))
}

/// Returns the title and the author of each book that the library has.
async fn known_books(api: &Api<'_>) -> Result<HashSet<(String, String)>> {
    let mut known = HashSet::new();
    let mut path = "/books?limit=100".to_owned();
    loop {
        let page = api.done(Method::GET, &path, None).await?;
        known.extend(page["items"].as_array().into_iter().flatten().map(identity));
        let Some(cursor) = page["nextCursor"].as_str() else { return Ok(known) };
        let query = serde_urlencoded::to_string([("limit", "100"), ("cursor", cursor)]);
        path = format!("/books?{}", query.map_err(Error::first_start)?);
    }
}

fn identity(book: &Value) -> (String, String) {
    let text = |name: &str| book[name].as_str().unwrap_or_default().to_owned();
    (text("title"), text("author"))
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}").unwrap_or_else(|_| ProgressStyle::default_bar())
}

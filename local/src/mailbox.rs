//! The mailbox: the mail that SES would deliver. The cloud has none.

mod page;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::values::milliseconds;
use uuid::Uuid;

use crate::dev;
use crate::records::{List, Records};
use page::Page;

/// How many mails are listed at most: the newest.
const PAGE_LIMIT: usize = 200;

/// A mail that has arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Mail {
    /// The id of the letter, if its sender names one.
    pub(crate) id: Uuid,
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) html: Option<String>,
    /// Further headers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(serialize_with = "milliseconds")]
    pub(crate) sent_at: Timestamp,
}

impl Mail {
    /// Adds it to the mailbox, unless one with its id is there.
    pub(crate) fn deliver(&self, records: &Records) -> rusqlite::Result<()> {
        records.add(List::Mail, &self.id.to_string(), self)
    }
}

/// The mail.
struct Mailbox {
    records: Arc<Records>,
}

/// Returns the routes of the mailbox.
pub(crate) fn router(records: Arc<Records>) -> Router {
    Router::new()
        .route(dev::MAIL, get(list))
        .route(&format!("{}/{{id}}", dev::MAIL), get(one))
        .route(&format!("{}/{{id}}/html", dev::MAIL), get(html))
        .with_state(Arc::new(Mailbox { records }))
}

#[derive(Deserialize, Default)]
struct Params {
    #[serde(default)]
    to: String,
    #[serde(default)]
    view: String,
}

impl Params {
    fn read(query: Option<String>) -> Params {
        let read = query.and_then(|query| serde_urlencoded::from_str(&query).ok());
        let Params { to, view } = read.unwrap_or_default();
        Params { to: to.trim().to_lowercase(), view }
    }

    fn page<'a>(&'a self, mails: &'a [Mail], asked: Option<&'a Mail>) -> Response {
        Page { mails, to: &self.to, asked, as_text: self.view == "text" }.response()
    }
}

/// Why nothing is shown.
type Refusal = (StatusCode, String);

impl Mailbox {
    fn find(&self, id: &str) -> Result<Mail, Refusal> {
        let not_found = || (StatusCode::NOT_FOUND, "There is no such letter.\n".to_owned());
        self.records.item(List::Mail, id).map_err(unreadable)?.ok_or_else(not_found)
    }

    fn newest_first(&self) -> Result<Vec<Mail>, Refusal> {
        self.records.newest_first(List::Mail).map_err(unreadable)
    }
}

/// `GET /dev/mail`; `?to=` selects the mail of one reader.
async fn list(
    State(mailbox): State<Arc<Mailbox>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (params, mails) = (Params::read(query), mailbox.newest_first()?);
    if is_browser(&headers) {
        return Ok(params.page(&mails, None));
    }
    let wanted = |mail: &Mail| params.to.is_empty() || params.to == mail.to.to_lowercase();
    let items: Vec<_> = mails.into_iter().filter(wanted).take(PAGE_LIMIT).collect();
    Ok(Json(json!({ "items": items })).into_response())
}

/// `GET /dev/mail/{id}`; `?view=text` shows its text.
async fn one(
    State(mailbox): State<Arc<Mailbox>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let mail = mailbox.find(&id)?;
    if is_browser(&headers) {
        return Ok(Params::read(query).page(&mailbox.newest_first()?, Some(&mail)));
    }
    Ok(Json(mail).into_response())
}

/// `GET /dev/mail/{id}/html`, the HTML part of a mail.
async fn html(State(mailbox): State<Arc<Mailbox>>, Path(id): Path<String>) -> Result<Response, Refusal> {
    let no_html = || (StatusCode::NOT_FOUND, "This letter has no HTML.\n".to_owned());
    mailbox.find(&id)?.html.map(page::of_html).ok_or_else(no_html)
}

fn unreadable(problem: rusqlite::Error) -> Refusal {
    (StatusCode::INTERNAL_SERVER_ERROR, format!("The mailbox cannot be read: {problem}\n"))
}

fn is_browser(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

#[cfg(test)]
mod tests;

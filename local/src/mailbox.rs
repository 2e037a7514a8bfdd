//! The mailbox of a laptop: the letters that the cloud would send, and where their links lead to while there is no
//! website. Nothing of it is in the cloud, so it lies outside of the API's stage: `/dev/mail`.

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::accounts::outbox::Letter;
use shared::mail;
use shared::seal::LetterKey;
use uuid::Uuid;

use crate::error::{Error, Result};

/// The most letters of a list: the newest.
const MOST: usize = 200;

/// Finds the letters in the outbox, and writes them as they would be sent.
pub(crate) struct Mailbox {
    pub(crate) database: Client,
    /// The name of the Accounts table.
    pub(crate) table: String,
    pub(crate) letters: LetterKey,
    /// What links begin with.
    pub(crate) site: String,
    /// Where the API is.
    pub(crate) api: String,
}

/// A letter as it would arrive.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Mail {
    id: Uuid,
    to: String,
    subject: &'static str,
    text: String,
    posted_at: Timestamp,
}

/// A row of the outbox.
#[derive(Deserialize)]
struct Row {
    letter: Letter,
}

/// The routes of the mailbox.
pub(crate) fn router(mailbox: Mailbox) -> Router {
    Router::new()
        .route("/dev/mail", get(list))
        .route("/dev/mail/{id}", get(one))
        .route("/dev/verify-email", get(verify_email))
        .route("/dev/reset-password", get(reset_password))
        .with_state(Arc::new(mailbox))
}

#[derive(Deserialize, Default)]
struct Params {
    to: Option<String>,
    token: Option<String>,
}

impl Params {
    fn read(query: Option<String>) -> Params {
        query.and_then(|query| serde_urlencoded::from_str(&query).ok()).unwrap_or_default()
    }
}

/// `GET /dev/mail`, with `?to=` that of one reader.
async fn list(State(mailbox): State<Arc<Mailbox>>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let to = Params::read(query).to.map(|to| to.trim().to_lowercase());
    let wanted = |mail: &Mail| to.as_ref().is_none_or(|to| *to == mail.to);
    match mailbox.read().await {
        Ok(all) => {
            let items: Vec<_> = all.into_iter().filter(wanted).take(MOST).collect();
            if is_browser(&headers) { page(&items) } else { Json(json!({ "items": items })).into_response() }
        }
        Err(problem) => failed(&problem),
    }
}

/// `GET /dev/mail/{id}`.
async fn one(State(mailbox): State<Arc<Mailbox>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    match mailbox.read().await {
        Ok(all) => match all.into_iter().find(|mail| mail.id.to_string() == id) {
            Some(mail) if is_browser(&headers) => page(&[mail]),
            Some(mail) => Json(mail).into_response(),
            None => (StatusCode::NOT_FOUND, "There is no such letter.\n").into_response(),
        },
        Err(problem) => failed(&problem),
    }
}

impl Mailbox {
    /// Every letter, the newest first.
    ///
    /// A scan, which nothing in the cloud does: who delivers letters there follows the table's stream.
    async fn read(&self) -> Result<Vec<Mail>> {
        let scan = self
            .database
            .scan()
            .table_name(&self.table)
            .consistent_read(true)
            .filter_expression("begins_with(pk, :outbox)")
            .expression_attribute_values(":outbox", aws_sdk_dynamodb::types::AttributeValue::S("outbox#".to_owned()));
        let mut rows = scan.into_paginator().items().send();
        let mut letters = Vec::new();
        while let Some(row) = rows.next().await {
            let row = row.map_err(|problem| Error::Database(format!("{problem:?}")))?;
            let row: Row = serde_dynamo::from_item(row).map_err(|problem| Error::Database(problem.to_string()))?;
            letters.push(row.letter);
        }
        letters.sort_by_key(|letter| std::cmp::Reverse((letter.posted_at, letter.id)));
        Ok(letters.iter().filter_map(|letter| self.write(letter)).collect())
    }

    fn write(&self, letter: &Letter) -> Option<Mail> {
        let mail::Mail { to, subject, text } = mail::write(letter, &self.letters, &self.site)?;
        Some(Mail { id: letter.id, to, subject, text, posted_at: letter.posted_at })
    }
}

/// `GET /dev/verify-email`, where the link of a welcome letter leads to while there is no website. It says what the
/// website would send; looking spends nothing.
async fn verify_email(State(mailbox): State<Arc<Mailbox>>, RawQuery(query): RawQuery) -> String {
    let (api, token) = (&mailbox.api, token(query));
    format!(
        "There is no website here. To prove that the address is yours, run\n\n\
         curl {api}/auth/verify-email --json '{{\"token\":\"{token}\"}}'\n"
    )
}

/// `GET /dev/reset-password`, the same for a lost password.
async fn reset_password(State(mailbox): State<Arc<Mailbox>>, RawQuery(query): RawQuery) -> String {
    let (api, token) = (&mailbox.api, token(query));
    format!(
        "There is no website here. To choose a new password, put it in the place of NEW and run\n\n\
         curl {api}/auth/reset-password --json '{{\"resetToken\":\"{token}\",\"newPassword\":\"NEW\"}}'\n"
    )
}

/// The token of a link. It goes into a command that somebody will run, so nothing else does.
fn token(query: Option<String>) -> String {
    let token = Params::read(query).token.filter(|token| !token.is_empty());
    let is_plain = |token: &String| token.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter));
    token.filter(is_plain).unwrap_or_else(|| "TOKEN".to_owned())
}

fn is_browser(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

fn failed(problem: &Error) -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, format!("{problem}\n")).into_response()
}

fn page(mails: &[Mail]) -> Response {
    let letters: String = mails.iter().map(article).collect();
    let letters = if letters.is_empty() { "<p>No letters yet." } else { &letters };
    let page = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>\
         <title>Mailbox</title><style>body{{max-width:45rem;margin:2rem auto;padding:0 1rem;font-family:sans-serif}}\
         pre{{white-space:pre-wrap;overflow-wrap:anywhere}}article{{border-top:1px solid;padding:1rem 0}}</style>\
         <h1>Mailbox</h1>{letters}"
    );
    let policy = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'");
    ([(header::CONTENT_SECURITY_POLICY, policy)], Html(page)).into_response()
}

fn article(mail: &Mail) -> String {
    let link = |line: &str| match line.starts_with("http") {
        true => format!("<a href='{0}'>{0}</a>\n", escaped(line)),
        false => format!("{}\n", escaped(line)),
    };
    let text: String = mail.text.lines().map(link).collect();
    let (id, to, subject, time) = (mail.id, escaped(&mail.to), mail.subject, mail.posted_at);
    format!("<article><h2><a href='/dev/mail/{id}'>{subject}</a></h2><p>to {to}, {time:.0}<pre>{text}</pre></article>")
}

/// Text as HTML. Whoever registers chooses the name that a letter greets.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\'', "&#39;").replace('"', "&quot;")
}

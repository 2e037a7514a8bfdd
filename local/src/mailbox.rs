//! The mailbox: the mail that SES would deliver, and the pages that its links lead to while there is no website. The cloud has
//! neither.

mod page;

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
    #[serde(serialize_with = "milliseconds")]
    pub(crate) sent_at: Timestamp,
}

impl Mail {
    /// Adds it to the mailbox, unless one with its id is there.
    pub(crate) fn deliver(&self, records: &Records) -> rusqlite::Result<()> {
        records.add(List::Mail, &self.id.to_string(), self)
    }
}

/// The mail, and the URL of the API for the commands that pages show.
struct Mailbox {
    records: Arc<Records>,
    api: String,
}

/// Returns the routes of the mailbox. `api` is the URL of the API.
pub(crate) fn router(records: Arc<Records>, api: String) -> Router {
    Router::new()
        .route(dev::MAIL, get(list))
        .route(&format!("{}/{{id}}", dev::MAIL), get(one))
        .route(&format!("{}/{{id}}/html", dev::MAIL), get(html))
        .route(&format!("{}/verify-email", dev::SITE), get(verify_email))
        .route(&format!("{}/reservations", dev::SITE), get(reservations))
        .route(&format!("{}/reset-password", dev::SITE), get(reset_password))
        .with_state(Arc::new(Mailbox { records, api }))
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

/// Why nothing is shown.
type Refusal = (StatusCode, String);

impl Mailbox {
    fn find(&self, id: &str) -> Result<Mail, Refusal> {
        let not_found = || (StatusCode::NOT_FOUND, "There is no such letter.\n".to_owned());
        self.records.item(List::Mail, id).map_err(unreadable)?.ok_or_else(not_found)
    }
}

/// `GET /dev/mail`; `?to=` selects the mail of one reader.
async fn list(
    State(mailbox): State<Arc<Mailbox>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let to = Params::read(query).to.map(|to| to.trim().to_lowercase());
    let wanted = |mail: &Mail| to.as_ref().is_none_or(|to| *to == mail.to.to_lowercase());
    let mails: Vec<Mail> = mailbox.records.newest_first(List::Mail).map_err(unreadable)?;
    let items: Vec<_> = mails.into_iter().filter(wanted).take(PAGE_LIMIT).collect();
    Ok(if is_browser(&headers) { page::of_mails(&items) } else { Json(json!({ "items": items })).into_response() })
}

/// `GET /dev/mail/{id}`.
async fn one(
    State(mailbox): State<Arc<Mailbox>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let mail = mailbox.find(&id)?;
    Ok(if is_browser(&headers) { page::of_mails(&[mail]) } else { Json(mail).into_response() })
}

/// `GET /dev/mail/{id}/html`, the HTML part of a mail.
async fn html(State(mailbox): State<Arc<Mailbox>>, Path(id): Path<String>) -> Result<Response, Refusal> {
    let no_html = || (StatusCode::NOT_FOUND, "This letter has no HTML.\n".to_owned());
    mailbox.find(&id)?.html.map(page::of_html).ok_or_else(no_html)
}

fn unreadable(problem: rusqlite::Error) -> Refusal {
    (StatusCode::INTERNAL_SERVER_ERROR, format!("The mailbox cannot be read: {problem}\n"))
}

/// `GET /dev/verify-email`, the link of a welcome letter while there is no website. It shows what the website would send.
/// Opening it does not use the token up.
async fn verify_email(State(mailbox): State<Arc<Mailbox>>, RawQuery(query): RawQuery) -> String {
    let (api, token) = (&mailbox.api, token(query));
    format!(
        "There is no website here. To confirm your address, sign in, put the access token into TOKEN, and run\n\n\
         curl {api}/auth/verify-email -H \"Authorization: Bearer $TOKEN\" --json '{{\"token\":\"{token}\"}}'\n"
    )
}

/// `GET /dev/reservations`, the link of letters about reservations.
async fn reservations(State(mailbox): State<Arc<Mailbox>>) -> String {
    let api = &mailbox.api;
    format!(
        "There is no website here. To list, to renew or to cancel reservations, run\n\n\
         curl {api}/reservations -H \"Authorization: Bearer $TOKEN\"\n\
         curl {api}/reservations/ID/renew -X POST -H \"Authorization: Bearer $TOKEN\"\n\
         curl {api}/reservations/ID -X DELETE -H \"Authorization: Bearer $TOKEN\"\n"
    )
}

/// `GET /dev/reset-password`, the link of a letter about a lost password.
async fn reset_password(State(mailbox): State<Arc<Mailbox>>, RawQuery(query): RawQuery) -> String {
    let (api, token) = (&mailbox.api, token(query));
    format!(
        "There is no website here. To choose a new password, replace NEW by it and run\n\n\
         curl {api}/auth/reset-password --json '{{\"resetToken\":\"{token}\",\"newPassword\":\"NEW\"}}'\n"
    )
}

/// Returns the token of a link. It becomes part of a shell command, so any other character is refused.
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

#[cfg(test)]
mod tests;

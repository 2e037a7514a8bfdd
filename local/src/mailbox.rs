//! The mailbox of a laptop: the mails that SES would deliver, and where their links lead to while there is no website.
//! Nothing of it is in the cloud, so it lies outside of the API's stage: `/dev/mail`.

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
use uuid::Uuid;

use crate::kept::Kept;

/// The most mails of a list: the newest.
const MOST: usize = 200;

/// A mail that has arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Mail {
    /// The letter's, where its sender tells it.
    pub(crate) id: Uuid,
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) html: Option<String>,
    pub(crate) sent_at: Timestamp,
}

/// Every mail that has arrived.
pub(crate) type Mails = Kept<Mail>;

/// Shows the mails.
struct Mailbox {
    mails: Arc<Mails>,
    /// Where the API is.
    api: String,
}

/// The routes of the mailbox. `api` is where the API is.
pub(crate) fn router(mails: Arc<Mails>, api: String) -> Router {
    Router::new()
        .route("/dev/mail", get(list))
        .route("/dev/mail/{id}", get(one))
        .route("/dev/mail/{id}/html", get(html))
        .route("/dev/verify-email", get(verify_email))
        .route("/dev/reservations", get(reservations))
        .route("/dev/reset-password", get(reset_password))
        .with_state(Arc::new(Mailbox { mails, api }))
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

impl Mailbox {
    fn find(&self, id: &str) -> Option<Mail> {
        self.mails.newest_first().into_iter().find(|mail| mail.id.to_string() == id)
    }
}

/// `GET /dev/mail`, with `?to=` that of one reader.
async fn list(State(mailbox): State<Arc<Mailbox>>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let to = Params::read(query).to.map(|to| to.trim().to_lowercase());
    let wanted = |mail: &Mail| to.as_ref().is_none_or(|to| *to == mail.to.to_lowercase());
    let items: Vec<_> = mailbox.mails.newest_first().into_iter().filter(wanted).take(MOST).collect();
    if is_browser(&headers) { page::of_mails(&items) } else { Json(json!({ "items": items })).into_response() }
}

/// `GET /dev/mail/{id}`.
async fn one(State(mailbox): State<Arc<Mailbox>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    match mailbox.find(&id) {
        Some(mail) if is_browser(&headers) => page::of_mails(&[mail]),
        Some(mail) => Json(mail).into_response(),
        None => no_such_mail(),
    }
}

/// `GET /dev/mail/{id}/html`, the part of a mail that is HTML.
async fn html(State(mailbox): State<Arc<Mailbox>>, Path(id): Path<String>) -> Response {
    mailbox.find(&id).and_then(|mail| mail.html).map_or_else(no_such_mail, page::of_html)
}

fn no_such_mail() -> Response {
    (StatusCode::NOT_FOUND, "There is no such letter.\n").into_response()
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

/// `GET /dev/reservations`, where the letters about reservations lead to.
async fn reservations(State(mailbox): State<Arc<Mailbox>>) -> String {
    let api = &mailbox.api;
    format!(
        "There is no website here. To see what you have reserved and borrowed, to renew it or to give it up, run\n\n\
         curl {api}/reservations -H \"Authorization: Bearer $TOKEN\"\n\
         curl {api}/reservations/ID/renew -X POST -H \"Authorization: Bearer $TOKEN\"\n\
         curl {api}/reservations/ID -X DELETE -H \"Authorization: Bearer $TOKEN\"\n"
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

#[cfg(test)]
mod tests;

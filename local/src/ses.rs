//! SendEmail of SES (API version 2) under `/dev/ses`. Every letter arrives in the mailbox, and never leaves this machine. What
//! SES refuses is refused.
//!
//! - `account`: who may send to whom
//! - `address`: which addresses are valid
//! - `quota`: how many mails the sandbox sends

mod account;
mod address;
mod quota;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use jiff::{Timestamp, Unit};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::dev;
use crate::mailbox::Mail;
use crate::records::Records;
pub(crate) use account::Account;
use quota::Quota;

/// SES: its account, and where mails arrive.
struct Ses {
    records: Arc<Records>,
    account: Account,
    quota: Quota,
}

/// The most bytes of a request (<https://docs.aws.amazon.com/ses/latest/dg/quotas.html>).
const REQUEST_LIMIT: usize = 40 << 20;

/// The most bytes of a subject that are sent. SES documents none, but a line of a header has at most 998 (RFC 5322, 2.1.1).
const LONGEST_SUBJECT: usize = 870;

/// The most characters of a header's name, of its value, and of both
/// (<https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_MessageHeader.html>).
const LONGEST_HEADER: (usize, usize, usize) = (126, 995, 996);

/// Returns the route of SendEmail.
pub(crate) fn router(records: Arc<Records>, account: Account) -> Router {
    let ses = Arc::new(Ses { records, account, quota: Quota::default() });
    let path = format!("{}/v2/email/outbound-emails", dev::SES);
    Router::new().route(&path, post(send)).layer(DefaultBodyLimit::max(REQUEST_LIMIT)).with_state(ses)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendEmail {
    from_email_address: Option<String>,
    #[serde(default)]
    destination: Destination,
    content: Content,
    #[serde(default)]
    email_tags: Vec<Tag>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Destination {
    to_addresses: Vec<String>,
    cc_addresses: Vec<String>,
    bcc_addresses: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Content {
    simple: Option<Simple>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Simple {
    subject: Part,
    body: Body,
    #[serde(default)]
    headers: Vec<Header>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Header {
    name: String,
    value: String,
}

impl Header {
    fn fits(&self) -> bool {
        let (name, value, both) = LONGEST_HEADER;
        let lengths = (self.name.len(), self.value.len());
        (1..=name).contains(&lengths.0)
            && lengths.1 <= value
            && lengths.0 + lengths.1 <= both
            && self.name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':')
            && self.value.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
    text: Option<Part>,
    html: Option<Part>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Part {
    data: String,
    charset: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    name: String,
    value: String,
}

impl Part {
    /// Whether all characters are of the charset. Without one that is 7-bit ASCII
    /// (<https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Content.html>).
    fn is_readable(&self) -> bool {
        match self.charset.as_deref() {
            Some(charset) => charset.eq_ignore_ascii_case("UTF-8"),
            None => self.data.is_ascii(),
        }
    }
}

/// Why a mail is not sent: status, SES's exception, message.
#[derive(Debug)]
struct Refusal(StatusCode, &'static str, String);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Refusal(status, kind, message) = self;
        let kind = [(HeaderName::from_static("x-amzn-errortype"), kind)];
        (status, kind, Json(json!({ "message": message }))).into_response()
    }
}

/// `POST /v2/email/outbound-emails`. A mail with a tag `letter` is delivered once, however often it is sent.
async fn send(State(ses): State<Arc<Ses>>, headers: HeaderMap, body: Bytes) -> Result<Response, Refusal> {
    let signature = headers.get(header::AUTHORIZATION).and_then(|signature| signature.to_str().ok());
    if !signature.is_some_and(|signature| signature.starts_with("AWS4-HMAC-SHA256 ")) {
        let problem = "Missing Authentication Token".to_owned();
        return Err(Refusal(StatusCode::FORBIDDEN, "MissingAuthenticationTokenException", problem));
    }
    let request = serde_json::from_slice(&body).map_err(|problem| bad(problem.to_string()))?;
    let (from, mail) = read(request).map_err(bad)?;
    ses.account.check(&from, &mail.to)?;
    if ses.account.sandbox.is_some() {
        ses.quota.count(mail.sent_at)?;
    }
    let id = mail.id;
    // The answer comes when the mail is on the disk.
    match tokio::task::spawn_blocking(move || mail.deliver(&ses.records)).await {
        Ok(Ok(())) => Ok(Json(json!({ "MessageId": id })).into_response()),
        Ok(Err(problem)) => Err(broken(&problem)),
        Err(problem) => Err(broken(&problem)),
    }
}

fn bad(problem: String) -> Refusal {
    Refusal(StatusCode::BAD_REQUEST, "BadRequestException", problem)
}

fn broken(problem: &dyn std::error::Error) -> Refusal {
    Refusal(StatusCode::INTERNAL_SERVER_ERROR, "InternalServiceErrorException", format!("the mailbox: {problem}"))
}

/// Returns the sender and the mail of a request.
fn read(request: SendEmail) -> Result<(String, Mail), String> {
    let SendEmail { from_email_address, destination, content, email_tags } = request;
    let Destination { to_addresses, cc_addresses, bcc_addresses } = destination;
    let Some(Simple { subject, body, headers }) = content.simple else {
        return Err("this mailbox supports Content.Simple only".to_owned());
    };
    let from = from_email_address.filter(|from| !from.is_empty()).ok_or("FromEmailAddress is missing")?;
    let [to] = <[String; 1]>::try_from([to_addresses, cc_addresses, bcc_addresses].concat())
        .map_err(|all| format!("this mailbox takes one address for a mail, not {}", all.len()))?;
    if let Some(fault) = address::fault(&from).or_else(|| address::fault(&to)) {
        return Err(fault);
    }
    let is_tag = |text: &str| {
        let fits = |letter: char| letter.is_ascii_alphanumeric() || "_-.@".contains(letter);
        (1..=256).contains(&text.len()) && text.chars().all(fits)
    };
    if email_tags.iter().any(|tag| !is_tag(&tag.name) || !is_tag(&tag.value)) {
        return Err("a tag has other characters than ASCII letters, digits, _, -, . and @".to_owned());
    }
    if subject.data.chars().any(char::is_control) {
        return Err("Subject is more than one line".to_owned());
    }
    if subject.data.len() > LONGEST_SUBJECT {
        return Err(format!("Subject has more than {LONGEST_SUBJECT} bytes"));
    }
    if let Some(header) = headers.iter().find(|header| !header.fits()) {
        return Err(format!("the header {} is too long, or has other characters than printable ASCII", header.name));
    }
    if body.text.is_none() && body.html.is_none() {
        return Err("Body has neither Text nor Html".to_owned());
    }
    if [Some(&subject), body.text.as_ref(), body.html.as_ref()].into_iter().flatten().any(|part| !part.is_readable()) {
        return Err("Data has other characters than its Charset, or the Charset is unknown".to_owned());
    }
    let letter = email_tags.into_iter().find(|tag| tag.name == "letter");
    let id = match letter {
        Some(tag) => tag.value.parse().map_err(|_| format!("the tag letter is not a UUID: {}", tag.value))?,
        None => Uuid::new_v4(),
    };
    let now = Timestamp::now();
    let mail = Mail {
        id,
        to,
        subject: subject.data,
        text: body.text.map(|part| part.data).unwrap_or_default(),
        html: body.html.map(|part| part.data),
        headers: headers.into_iter().map(|header| (header.name, header.value)).collect(),
        sent_at: now.round(Unit::Millisecond).unwrap_or(now),
    };
    Ok((from, mail))
}

#[cfg(test)]
mod tests;

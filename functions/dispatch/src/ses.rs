//! Sends mails with SES, and reports whether SES accepted them.

use std::error::Error as StdError;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::{BuildError, ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message, MessageHeader, MessageTag};
use uuid::Uuid;

use crate::mail::Mail;

/// A client of SES, and the sender of the mails.
#[derive(Clone)]
pub(crate) struct Ses {
    client: Client,
    sender: String,
}

/// What became of a mail.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// SES accepted it.
    Accepted,
    /// SES does not have it, and may take it later: it answered with this code, or was never reached.
    Later(String),
    /// SES refused it with this code, and would refuse it again. The message of the refusal is dropped, because it
    /// contains addresses.
    Refused(String),
    /// There was no answer from SES, so it is unknown whether SES has it.
    Unanswered,
}

impl Ses {
    /// Returns a client with `config`, but with one connection for each mail and without retries: a mail is sent again
    /// only if it certainly was not sent before. If a connection was kept open while Lambda froze the function, and
    /// then broke, it would be unknown whether SES had received the mail.
    pub(crate) fn new(config: &SdkConfig, sender: String) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(1))
            .operation_attempt_timeout(Duration::from_secs(5))
            .disable_operation_timeout()
            .build();
        let config = aws_sdk_sesv2::config::Builder::from(config)
            .http_client(shared::runtime::https::client(0))
            .timeout_config(timeouts)
            .retry_config(RetryConfig::disabled())
            .build();
        Ses { client: Client::from_conf(config), sender }
    }

    /// Sends a mail. It is tagged with the id of its letter, so that a mailbox can tell it from another with the same
    /// text.
    pub(crate) async fn send(&self, mail: &Mail, letter: Uuid) -> Outcome {
        let (content, tag) = match parts(mail, letter) {
            Ok(parts) => parts,
            Err(error) => return Outcome::Refused(error.to_string()),
        };
        let email = self.client.send_email().from_email_address(&self.sender).content(content).email_tags(tag);
        let to = Destination::builder().to_addresses(&mail.to).build();
        match email.destination(to).send().await {
            Ok(_) => Outcome::Accepted,
            Err(error) => outcome(&error),
        }
    }
}

fn parts(mail: &Mail, letter: Uuid) -> Result<(EmailContent, MessageTag), BuildError> {
    let part = |text: &str| Content::builder().data(text).charset("UTF-8").build();
    let body = Body::builder().text(part(&mail.text)?).html(part(&mail.html)?).build();
    let header = |name: &str, value: String| MessageHeader::builder().name(name).value(value).build();
    let mut message = Message::builder().subject(part(&mail.subject)?).body(body);
    if let Some(url) = &mail.unsubscribe {
        // RFC 8058, 3.1, in this order.
        message = message.headers(header("List-Unsubscribe", format!("<{url}>"))?);
        message = message.headers(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned())?);
    }
    let message = message.build();
    let tag = MessageTag::builder().name("letter").value(letter.to_string()).build()?;
    Ok((EmailContent::builder().simple(message).build(), tag))
}

/// The codes of refusals that stay until a person changes the mail, the account or the function's policy
/// (<https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html>). All others pass, or are unknown.
const FINAL: &[&str] = &[
    "AccessDeniedException",
    "AccountSuspendedException",
    "BadRequestException",
    "MailFromDomainNotVerifiedException",
    "MessageRejected",
    "NotFoundException",
    "SendingPausedException",
];

/// Returns what a failed call means for the mail. If in doubt, the outcome is [`Outcome::Unanswered`].
fn outcome(error: &SdkError<SendEmailError>) -> Outcome {
    match error {
        SdkError::ConstructionFailure(_) => return Outcome::Refused("the request could not be made".to_owned()),
        SdkError::DispatchFailure(_) if is_unconnected(error) => {
            return Outcome::Later("SES could not be reached".to_owned());
        }
        _ => {}
    }
    let Some(status) = error.raw_response().map(aws_sdk_sesv2::config::http::HttpResponse::status) else {
        return Outcome::Unanswered;
    };
    // A truncated answer with a success status lacks only the message id.
    if status.is_success() {
        return Outcome::Accepted;
    }
    let code = error.as_service_error().and_then(ProvideErrorMetadata::code);
    match code {
        Some(code) if FINAL.contains(&code) && !status.is_server_error() && status.as_u16() != 429 => {
            Outcome::Refused(code.to_owned())
        }
        // The answer of a load balancer is no JSON.
        code => Outcome::Later(code.map_or_else(|| format!("status {}", status.as_u16()), ToOwned::to_owned)),
    }
}

/// Returns whether no connection was established, so that the request was never sent.
fn is_unconnected(error: &dyn StdError) -> bool {
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<hyper_util::client::legacy::Error>() {
            return error.is_connect();
        }
        source = error.source();
    }
    false
}

#[cfg(test)]
mod tests;

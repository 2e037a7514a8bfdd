//! Delivers the letters of the journal: each once, or with a person's help.

use std::time::Duration;

use aws_config::SdkConfig;
use shared::crypto::letter_key::LetterKey;
use shared::crypto::secret;
use shared::runtime::app::{App, sdk_config};
use shared::runtime::environment;
use shared::runtime::lambda;
use shared::runtime::metrics;
use shared::tables::journal::Row;
use shared::tables::journal::delivery::Delivery;
use shared::tables::journal::letter::{Letter, Subject};
use shared::tables::{Accounts, Fault, Journal};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::mail::{self, Mail};
use crate::ses::{Outcome, Ses};

/// For how long the database is asked to note what became of a letter.
const INSISTENCE: Duration = Duration::from_secs(20);

/// The longest pause before the mail service is asked again that takes no more for the moment.
const PATIENCE: Duration = Duration::from_secs(8);

/// What it takes to deliver letters.
#[derive(Clone)]
pub struct PostOffice {
    accounts: Accounts,
    journal: Journal,
    site_url: String,
    ses: Ses,
    letters: LetterKey,
}

/// Why a letter has not been delivered. Holds neither its text nor its address, so that it can be logged.
#[derive(Debug)]
pub enum Undelivered {
    /// The database failed. To be tried again.
    Database(Fault),
    /// SES did not take it, and said so with this code. To be tried again.
    Refused(String),
    /// It may have been sent. Trying again changes nothing: a person has to look.
    Uncertain,
}

impl PostOffice {
    /// A post office with the tables and the website of `app`, that reaches SES with `config` and writes in the name of
    /// `sender`, an address that SES knows to be ours.
    pub fn new(app: &App, config: &SdkConfig, sender: String, letters: LetterKey) -> Self {
        let (accounts, journal, site_url) = (app.accounts(), app.journal(), app.settings.site_url.clone());
        PostOffice { accounts, journal, site_url, ses: Ses::new(config, sender), letters }
    }

    /// The same, as a Lambda function finds it: by the environment variables `MAIL_SENDER`, `LETTER_SECRET` and, on a
    /// laptop, `AWS_ENDPOINT_URL_SESV2`.
    ///
    /// # Errors
    /// When the secret cannot be read.
    pub async fn from_env(app: &App) -> Result<Self, lambda::Error> {
        let [letters] = secret::read([environment::LETTER_SECRET]).await?;
        let config = sdk_config(environment::SES_ENDPOINT.get()).await;
        Ok(PostOffice::new(app, &config, environment::MAIL_SENDER.required(), LetterKey::from_secret(&letters)))
    }

    /// Sends the letter of a row, if it has one that has not been sent. Done twice, it does it once.
    ///
    /// # Errors
    /// When it has not been sent, or nobody knows whether it has.
    pub async fn deliver(&self, row: &Row) -> Result<(), Undelivered> {
        let Some(letter) = row.entry.letter.as_ref().filter(|letter| letter.subject != Subject::Nothing) else {
            return Ok(());
        };
        let (id, about) = (row.id(), about(&letter.subject));
        let Some(mail) = self.write(letter, row).await? else {
            tracing::info!(letter = %id, about, "there is nobody to send it to");
            return Ok(());
        };
        match self.journal.delivery(id).await? {
            Delivery::Due => {}
            Delivery::Sent | Delivery::Void => return Ok(()),
            Delivery::Uncertain => return Err(Undelivered::Uncertain),
        }
        let (delivery, result) = match self.send(&mail, id).await {
            Outcome::Accepted => {
                metrics::count(metrics::LETTERS);
                (Delivery::Sent, Ok(()))
            }
            Outcome::Refused(code) => return Err(Undelivered::Refused(code)),
            Outcome::Unanswered => (Delivery::Uncertain, Err(Undelivered::Uncertain)),
        };
        tracing::info!(letter = %id, about, ?delivery, "handed over");
        // What is not noted would be sent once more.
        self.insist(id, delivery).await?;
        result
    }

    /// Hands a mail over; where the mail service takes no more for the moment, once more in a while.
    async fn send(&self, mail: &Mail, id: Uuid) -> Outcome {
        let mut pause = Duration::from_millis(500);
        loop {
            match self.ses.send(mail, id).await {
                Outcome::Refused(code) if code == "TooManyRequestsException" && pause < PATIENCE => sleep(pause).await,
                outcome => return outcome,
            }
            pause *= 2;
        }
    }

    /// Notes what became of a letter in a database that may fail for some seconds.
    async fn insist(&self, id: Uuid, delivery: Delivery) -> Result<(), Fault> {
        let (begun, mut pause) = (Instant::now(), Duration::from_millis(100));
        loop {
            match self.journal.record_delivery(id, delivery).await {
                Err(Fault::Busy(_)) if begun.elapsed() + pause < INSISTENCE => sleep(pause).await,
                result => return result,
            }
            pause = Duration::from_secs(2).min(2 * pause);
        }
    }

    async fn write(&self, letter: &Letter, row: &Row) -> Result<Option<Mail>, Fault> {
        let found = match &letter.to {
            Some(_) => None,
            None => self.accounts.get_user(letter.user).await?.and_then(|user| user.addressee()),
        };
        let to = letter.to.as_ref().or(found.as_ref());
        Ok(to.and_then(|to| mail::write(letter, to, row.at, &self.letters, &self.site_url)))
    }
}

/// What a letter is about, for the log.
fn about(subject: &Subject) -> &'static str {
    match subject {
        Subject::Welcome => "welcome",
        Subject::Reset { .. } => "reset",
        Subject::PasswordChanged => "passwordChanged",
        Subject::Farewell => "farewell",
        Subject::Reserved { .. } => "reserved",
        Subject::Queued { .. } => "queued",
        Subject::Ready { .. } => "ready",
        Subject::DueSoon { .. } => "dueSoon",
        Subject::Nothing => "nothing",
    }
}

impl From<Fault> for Undelivered {
    fn from(fault: Fault) -> Self {
        Undelivered::Database(fault)
    }
}

impl std::fmt::Display for Undelivered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Undelivered::Database(fault) => fault.fmt(f),
            Undelivered::Refused(code) => write!(f, "the letter was refused: {code}"),
            Undelivered::Uncertain => f.write_str("nobody knows whether the letter was sent"),
        }
    }
}

impl std::error::Error for Undelivered {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Undelivered::Database(fault) => fault.source(),
            _ => None,
        }
    }
}

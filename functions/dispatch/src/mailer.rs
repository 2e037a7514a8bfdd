//! Delivers the letters of the journal, each once. A letter of which it is unknown whether it was sent is left to a
//! person.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_config::SdkConfig;
use jiff::Timestamp;
use shared::crypto::letter_key::LetterKey;
use shared::crypto::secret;
use shared::runtime::app::{App, sdk_config};
use shared::runtime::environment;
use shared::runtime::lambda;
use shared::runtime::log::chain;
use shared::runtime::metrics;
use shared::tables::accounts::User;
use shared::tables::journal::Row;
use shared::tables::journal::delivery::Delivery;
use shared::tables::journal::letter::{Addressee, Letter, Subject};
use shared::tables::journal::quota::Kind;
use shared::tables::library::book::{Book, Store};
use shared::tables::library::lending::rules::Rules;
use shared::tables::{Accounts, Fault, Journal, Library};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::mail::{House, Mail, Sending};
use crate::ses::{Outcome, Ses};

/// How long a write about a delivery is retried.
const RECORD_WITHIN: Duration = Duration::from_secs(20);

/// The longest pause before a mail that SES did not take is sent again.
const LONGEST_PAUSE: Duration = Duration::from_secs(4);

/// Renders letters and sends them with SES.
#[derive(Clone)]
pub struct Mailer {
    accounts: Accounts,
    journal: Journal,
    library: Library,
    house: House,
    ses: Ses,
    app: App,
}

/// Why a letter was not delivered. It contains neither text nor address, so that it can be logged.
#[derive(Debug)]
pub enum Undelivered {
    /// The database failed.
    Database(Fault),
    /// It may not be sent before this time.
    NotDue(Timestamp),
    /// SES did not take it for now, and gave this code. This is retryable.
    Later(String),
    /// SES refused it for good, with this code.
    Refused(String),
    /// It may have been sent. It is never sent again: a person must check.
    Uncertain,
}

impl Mailer {
    /// Returns a mailer with the tables and the settings of `app`. It reaches SES with `config` and sends from `sender`, an
    /// address that is verified in SES. `api` is the URL of the API, with its stage.
    pub fn new(app: &App, config: &SdkConfig, sender: String, api: String, key: LetterKey) -> Self {
        let (accounts, journal, library) = (app.accounts(), app.journal(), app.library());
        let house = House { key, site: app.settings.site_url.clone(), api };
        Mailer { accounts, journal, library, house, ses: Ses::new(config, sender), app: app.clone() }
    }

    /// Returns a mailer with the settings of the environment variables `MAIL_SENDER`, `API_URL`, `LETTER_SECRET` and, on a
    /// laptop, `AWS_ENDPOINT_URL_SESV2`.
    ///
    /// # Errors
    /// If the secret cannot be read.
    pub async fn from_env(app: &App) -> Result<Self, lambda::Error> {
        let [letters] = secret::read([environment::LETTER_SECRET]).await?;
        let config = sdk_config(environment::SES_ENDPOINT.url()).await;
        let (sender, api) = (environment::MAIL_SENDER.required(), environment::API_URL.required());
        Ok(Mailer::new(app, &config, sender, api, LetterKey::from_secret(&letters)))
    }

    /// Sends the letter of a row, if there is one that has not been sent. Idempotent. `is_struggling` is set when SES does not
    /// take a letter after several tries; then each further letter is tried once.
    ///
    /// # Errors
    /// `Undelivered` if it was not sent, or if that is unknown.
    pub async fn deliver(&self, row: &Row, is_struggling: &AtomicBool) -> Result<(), Undelivered> {
        let Some(letter) = row.entry.letter.as_ref().filter(|letter| letter.subject != Subject::Nothing) else {
            return Ok(());
        };
        let (id, about) = (row.id(), about(&letter.subject));
        if let Some(after) = letter.after {
            if self.app.now() < after {
                return Err(Undelivered::NotDue(after));
            }
            if !self.is_still_true(row, letter).await? {
                tracing::info!(letter = %id, about, "the letter is not true any more");
                return Ok(());
            }
        }
        // Lending knows readers by their ids alone.
        let user = if letter.to.is_none() { self.accounts.get_user(letter.user).await? } else { None };
        let Some(to) = letter.to.clone().or_else(|| user.as_ref().and_then(User::addressee)) else {
            tracing::info!(letter = %id, about, "the addressee has no account or no email");
            return Ok(());
        };
        let rules = self.library.rules(self.app.now()).await?;
        let is_off = |kind| !rules.letters.has(kind) || user.as_ref().is_some_and(|user| !user.wants(kind));
        if letter.subject.choice().is_some_and(is_off) {
            tracing::info!(letter = %id, about, "such letters are switched off");
            return Ok(());
        }
        let Some(kind) = letter.kind(&to) else {
            tracing::info!(letter = %id, about, "the address is not proved");
            return Ok(());
        };
        let claimed_at = self.app.now();
        match self.journal.claim_delivery(id, claimed_at).await {
            Ok(Delivery::Due) => {}
            Ok(Delivery::Sent | Delivery::Void) => return Ok(()),
            Ok(Delivery::UnderWay(until)) => return Err(Undelivered::NotDue(until)),
            Ok(Delivery::Uncertain) => return Err(Undelivered::Uncertain),
            Err(fault) => {
                // It may be claimed, and only the answer was lost.
                self.release(id, claimed_at).await;
                return Err(fault.into());
            }
        }
        let posted = self.post(row, letter, &to, kind, &rules, is_struggling).await;
        match posted {
            Ok(None) => Ok(()),
            Ok(Some(delivery)) => {
                tracing::info!(letter = %id, about, ?delivery, "sent to SES");
                // A letter whose delivery is not recorded would be sent again.
                insist(|| self.journal.record_delivery(id, delivery)).await?;
                if delivery == Delivery::Uncertain { Err(Undelivered::Uncertain) } else { Ok(()) }
            }
            Err(why) => {
                self.release(id, claimed_at).await;
                Err(why)
            }
        }
    }

    /// Writes a claimed letter, and hands it to SES. `None` if it is not to be sent at all.
    async fn post(
        &self,
        row: &Row,
        letter: &Letter,
        to: &Addressee,
        kind: Kind,
        rules: &Rules,
        is_struggling: &AtomicBool,
    ) -> Result<Option<Delivery>, Undelivered> {
        let (id, about, now) = (row.id(), about(&letter.subject), self.app.now());
        if !self.journal.count_letter(&to.email, &row.from, kind, id, now).await? {
            tracing::warn!(letter = %id, about, ?kind, "the address has had enough letters today");
            return Ok(None);
        }
        let book = self.book(row).await;
        let sending = Sending { letter, to, written_at: row.at, now, book: book.as_ref(), rules };
        let Some(mail) = self.house.render(&sending) else { return Ok(None) };
        match self.send(&mail, id, is_struggling).await {
            Outcome::Accepted => {
                metrics::count(metrics::LETTERS);
                Ok(Some(Delivery::Sent))
            }
            Outcome::Unanswered => Ok(Some(Delivery::Uncertain)),
            Outcome::Later(code) => Err(Undelivered::Later(code)),
            Outcome::Refused(code) => Err(Undelivered::Refused(code)),
        }
    }

    /// Returns whether a letter that has waited still says what is so.
    async fn is_still_true(&self, row: &Row, letter: &Letter) -> Result<bool, Fault> {
        match (row.entry.reservation, &letter.subject) {
            (Some(id), Subject::Ready { until, .. }) => self.library.is_ready_until(id, *until).await,
            (Some(id), Subject::Displaced { .. }) => self.library.is_waiting(id).await,
            _ => Ok(true),
        }
    }

    /// Sends a mail, and retries it for some seconds if SES does not take it.
    async fn send(&self, mail: &Mail, id: Uuid, is_struggling: &AtomicBool) -> Outcome {
        let mut pause = Duration::from_millis(500);
        loop {
            let outcome = self.ses.send(mail, id).await;
            let Outcome::Later(_) = outcome else { return outcome };
            if pause >= LONGEST_PAUSE || is_struggling.load(Ordering::Relaxed) {
                is_struggling.store(true, Ordering::Relaxed);
                return outcome;
            }
            sleep(pause).await;
            pause *= 2;
        }
    }

    /// Releases a letter that was not sent. A claim that cannot be released ends by itself, and the letter waits for that.
    async fn release(&self, id: Uuid, claimed_at: Timestamp) {
        if let Err(fault) = insist(|| self.journal.release_delivery(id, claimed_at)).await {
            tracing::warn!(letter = %id, error = chain(&fault), "the claim on a letter was not released");
        }
    }

    /// Reads the book that a letter is about, if it is about one. A letter goes out without its author and cover if that fails.
    async fn book(&self, row: &Row) -> Option<Book> {
        let id = match &row.entry.letter.as_ref()?.subject {
            Subject::Overdue { books } => match &books[..] {
                [late] => late.book,
                _ => return None,
            },
            subject => row.entry.book.as_ref().filter(|_| subject.is_about_a_book())?.id,
        };
        let book = self.library.get_book(id, Store::Books).await;
        book.unwrap_or_else(|error| {
            tracing::warn!(letter = %row.id(), error = chain(&error), "reading the book of a letter failed");
            None
        })
    }
}

/// Carries out a write about a delivery, and retries for some seconds if the database is busy.
async fn insist<F: Future<Output = Result<(), Fault>>>(write: impl Fn() -> F) -> Result<(), Fault> {
    let (begun, mut pause) = (Instant::now(), Duration::from_millis(100));
    loop {
        match write().await {
            Err(Fault::Busy(_)) if begun.elapsed() + pause < RECORD_WITHIN => sleep(pause).await,
            result => return result,
        }
        pause = Duration::from_secs(2).min(2 * pause);
    }
}

/// Returns what a letter is about, for the log.
fn about(subject: &Subject) -> &'static str {
    match subject {
        Subject::Welcome => "welcome",
        Subject::Added { .. } => "added",
        Subject::Verification => "verification",
        Subject::EmailChangeRequested => "emailChangeRequested",
        Subject::EmailChanged => "emailChanged",
        Subject::Renamed => "renamed",
        Subject::RoleChanged { .. } => "roleChanged",
        Subject::NewDevice { .. } => "newDevice",
        Subject::SessionStolen => "sessionStolen",
        Subject::Reset { .. } => "reset",
        Subject::PasswordChanged => "passwordChanged",
        Subject::DataFetched { .. } => "dataFetched",
        Subject::Farewell => "farewell",
        Subject::Reserved { .. } => "reserved",
        Subject::Queued { .. } => "queued",
        Subject::Ready { .. } => "ready",
        Subject::Displaced { .. } => "displaced",
        Subject::DueSoon { .. } => "dueSoon",
        Subject::Overdue { .. } => "overdue",
        Subject::Nothing => "nothing",
    }
}

impl From<Fault> for Undelivered {
    fn from(fault: Fault) -> Self {
        Undelivered::Database(fault)
    }
}

//! The API, as far as an import needs it.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use formats::{Format, Part};
use indicatif::ProgressBar;
use serde::Deserialize;
use serde_json::Value;

use crate::client::{Account, Answer, Call, Client, Sender, Trouble, tell_pause};

/// The API of a library, called by whoever brings books in.
#[derive(Debug)]
pub(super) struct Library {
    client: Client,
}

/// An import.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Import {
    pub(super) id: String,
    name: Option<String>,
    state: String,
    format: Option<String>,
    dry_run: bool,
    enrich: bool,
    on_duplicate: String,
    shelf: Option<String>,
    pub(super) rows: u64,
    pub(super) added: u64,
    pub(super) updated: u64,
    pub(super) skipped: u64,
    pub(super) failed: u64,
    pub(super) undo: Option<Undo>,
}

impl Import {
    /// Returns whether its rows become what a new import would make of them.
    fn does(&self, begun: &Value) -> bool {
        self.on_duplicate == begun["onDuplicate"]
            && self.enrich == begun["enrich"]
            && self.shelf.as_deref() == begun["shelf"].as_str()
    }

    pub(super) fn is_undone(&self) -> bool {
        self.state == "undone"
    }

    pub(super) fn has_members(&self) -> bool {
        self.format.as_deref() == Some(Format::Members.word())
    }
}

/// What became of the books or members of an import that is undone.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
pub(super) struct Undo {
    pub(super) removed: u64,
    pub(super) restored: u64,
    pub(super) kept: Kept,
}

/// How many books or members stay, and why.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Kept {
    pub(super) reserved: u64,
    pub(super) changed: u64,
    #[serde(default)]
    pub(super) signed_in: u64,
}

#[derive(Deserialize)]
struct Imports {
    items: Vec<Import>,
}

/// A row that needs a word.
#[derive(Debug, Deserialize)]
pub(super) struct Told {
    pub(super) row: u64,
    pub(super) outcome: String,
    pub(super) problems: Vec<Note>,
}

/// A problem of a row.
#[derive(Debug, Deserialize)]
pub(super) struct Note {
    pub(super) code: String,
    #[serde(default)]
    pub(super) pointer: String,
    pub(super) detail: String,
    pub(super) value: Option<String>,
}

/// A page of rows that need a word.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page {
    pub(super) items: Vec<Told>,
    pub(super) next_cursor: Option<String>,
}

/// What a part needs first.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LookUps {
    look_up: Vec<String>,
}

/// What a library says to a part.
pub(super) enum Sent {
    /// Its rows are books, or there is a word about them.
    Taken,
    /// It has another part of this number.
    Differs,
}

/// How long an answer may take: API Gateway waits 29 seconds for a function, and 1 MiB has to get there.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(90);
/// If no catalogue answers, so many ISBNs of a part are asked for again at its end. For a further one the catalogues are waited for.
const MOST_LEFT: usize = 3;
/// How many of the newest imports are looked through for one that was not finished.
const NEWEST: usize = 20;

impl Library {
    pub(super) fn new(account: Account) -> Self {
        Library { client: Client::new(account, ANSWER_TIMEOUT) }
    }

    pub(super) async fn begin(&mut self, wishes: &Value) -> Result<Import, String> {
        self.parsed(Call::new(Method::POST, "/imports").json(wishes)).await
    }

    pub(super) async fn get(&mut self, id: &str) -> Result<Import, String> {
        self.parsed(Call::new(Method::GET, format!("/imports/{id}"))).await
    }

    pub(super) async fn finish(&mut self, id: &str) -> Result<Import, String> {
        self.parsed(Call::new(Method::POST, format!("/imports/{id}/finish"))).await
    }

    /// Takes books of an import out again. Returns how far it is, and how long to wait before the next call.
    pub(super) async fn undo(&mut self, id: &str, bar: &ProgressBar) -> Result<(Import, Option<Duration>), String> {
        let answer = self.answer(&Call::new(Method::DELETE, format!("/imports/{id}")), bar).await?;
        let answer = self.succeeded(answer)?;
        Ok((answer.parse().map_err(Trouble::into_line)?, answer.retry_after()))
    }

    /// Returns the newest import of that name, if it takes parts.
    pub(super) async fn unfinished(&mut self, name: &str, begun: &Value) -> Result<Option<Import>, String> {
        let imports: Imports = self.parsed(Call::new(Method::GET, format!("/imports?limit={NEWEST}"))).await?;
        let newest = imports.items.into_iter().find(|import| !import.dry_run && import.name.as_deref() == Some(name));
        Ok(newest.filter(|import| import.state == "open" && import.does(begun)))
    }

    /// Returns a page of the rows that need a word.
    pub(super) async fn problems(&mut self, id: &str, cursor: Option<&str>) -> Result<Page, String> {
        let cursor = cursor.map(|cursor| format!("?cursor={cursor}")).unwrap_or_default();
        self.parsed(Call::new(Method::GET, format!("/imports/{id}/problems{cursor}"))).await
    }

    /// Sends a part, and has looked up what it needs before.
    pub(super) async fn send(&mut self, id: &str, number: u32, part: Part, bar: &ProgressBar) -> Result<Sent, String> {
        let path = format!("/imports/{id}/parts/{number}?last={}", part.is_last);
        let mut answer = self.answer(&Call::new(Method::PUT, &path).bytes(part.bytes.clone()), bar).await?;
        if answer.status == StatusCode::ACCEPTED {
            let LookUps { look_up } = answer.parse().map_err(Trouble::into_line)?;
            self.look_up(&look_up, bar).await?;
            let call = Call::new(Method::PUT, format!("{path}&lookedUp=true")).bytes(part.bytes);
            answer = self.answer(&call, bar).await?;
        }
        if answer.status == StatusCode::CONFLICT && answer.code() == "part-differs" {
            return Ok(Sent::Differs);
        }
        self.succeeded(answer).map(|_| Sent::Taken)
    }

    /// Has the library look up ISBNs, one after another: the catalogues are others'.
    async fn look_up(&mut self, isbns: &[String], bar: &ProgressBar) -> Result<(), String> {
        let mut left = Vec::new();
        for (place, isbn) in isbns.iter().enumerate() {
            bar.set_message(format!("looking up {} of {}", place + 1, isbns.len()));
            let call = Call::new(Method::GET, format!("/metadata/{isbn}"));
            let answer = match self.client.ask(&call).await {
                Ok(answer) if answer.code() == "catalogues-away" && left.len() < MOST_LEFT => {
                    left.push(call);
                    continue;
                }
                Ok(answer) if !answer.is_retryable() => answer,
                _ => self.answer(&call, bar).await?,
            };
            // That no catalogue has the book is an answer, too.
            if answer.code() != "no-such-record" {
                self.succeeded(answer)?;
            }
        }
        for call in left {
            // Without an answer now, the row comes in without what it lacks, or fails.
            let _ = self.client.ask(&call).await;
        }
        Ok(())
    }

    /// Ends the session, if there is one and the library answers.
    pub(super) async fn sign_out(&mut self) {
        self.client.sign_out().await;
    }

    async fn parsed<T: for<'de> Deserialize<'de>>(&mut self, call: Call) -> Result<T, String> {
        let answer = self.answer(&call, &ProgressBar::hidden()).await?;
        self.succeeded(answer)?.parse().map_err(Trouble::into_line)
    }

    async fn answer(&mut self, call: &Call, bar: &ProgressBar) -> Result<Answer, String> {
        let mut tell = |problem: &str, pause: Duration| tell_pause(bar, problem, pause);
        self.client.ask_patiently(Sender::User, call, &mut tell).await
    }

    fn succeeded(&self, answer: Answer) -> Result<Answer, String> {
        if answer.status.is_success() { Ok(answer) } else { Err(self.client.refusal(&answer).into_line()) }
    }
}

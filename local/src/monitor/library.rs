//! The API, as far as the monitor needs it: tickets and events.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde::Deserialize;

use super::End;
use super::feed::{Event, Items};
use crate::client::{Account, Call, Client, Trouble};

/// The API of a library, called by a librarian.
#[derive(Debug)]
pub(super) struct Library {
    client: Client,
}

#[derive(Deserialize)]
struct Ticket {
    url: String,
}

/// How many events a page has.
const PAGE: usize = 100;
/// How long an answer may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(15);

impl Library {
    pub(super) fn new(account: Account) -> Self {
        Library { client: Client::new(account, ANSWER_TIMEOUT) }
    }

    pub(super) fn url(&self) -> &str {
        self.client.url()
    }

    /// Returns the URL of a socket. It is valid for one socket and for some seconds.
    pub(super) async fn ticket(&mut self) -> Result<String, End> {
        Ok(self.ask::<Ticket>(Method::POST, "/live/tickets").await?.url)
    }

    /// Returns the newest events.
    pub(super) async fn newest(&mut self, limit: usize) -> Result<Vec<Event>, End> {
        Ok(self.ask::<Items>(Method::GET, &format!("/events?limit={limit}")).await?.items)
    }

    /// Returns the events after an id, the oldest first.
    pub(super) async fn after(&mut self, id: u64) -> Result<Items, End> {
        self.ask(Method::GET, &format!("/events?after={id}&limit={PAGE}")).await
    }

    /// Ends the session, if there is one and the library answers.
    pub(super) async fn sign_out(&mut self) {
        self.client.sign_out().await;
    }

    /// Sends a request as the librarian.
    async fn ask<T: for<'de> Deserialize<'de>>(&mut self, method: Method, path: &str) -> Result<T, End> {
        let answer = self.client.ask(&Call::new(method, path)).await?;
        match answer.status {
            status if status.is_success() => Ok(answer.parse()?),
            StatusCode::FORBIDDEN => Err(End::Final(format!(
                "{} may not watch, only librarians may: {}",
                self.client.email(),
                answer.detail()
            ))),
            StatusCode::NOT_FOUND => Err(End::Final(format!("there is no live monitor at {}", self.url()))),
            _ => Err(self.client.refusal(&answer).into()),
        }
    }
}

impl From<Trouble> for End {
    fn from(trouble: Trouble) -> End {
        match trouble {
            Trouble::Final(problem) => End::Final(problem),
            Trouble::Passing(problem, _) => End::Passing(problem),
        }
    }
}

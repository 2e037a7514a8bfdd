//! The letters of a library of one's own, as its runner's mailbox shows them; and what could not be done about them.

use serde::Deserialize;
use serde_json::Value;

use crate::Library;

/// A letter that has arrived.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Mail {
    /// The address.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// The same as a page.
    #[serde(default)]
    pub html: String,
}

impl Library {
    /// The letters that have been sent to that address, newest first: subject and text.
    pub async fn letters(&self, to: &str) -> Vec<(String, String)> {
        self.mails(to).await.into_iter().rev().map(|mail| (mail.subject, mail.text)).collect()
    }

    /// The letters that have been sent to that address, in their order.
    pub async fn mails(&self, to: &str) -> Vec<Mail> {
        self.all_mails(&format!("?to={}", to.replace('+', "%2B"))).await
    }

    /// Every letter that has been sent, in their order.
    pub async fn every_mail(&self) -> Vec<Mail> {
        self.all_mails("").await
    }

    async fn all_mails(&self, query: &str) -> Vec<Mail> {
        let newest_first = self.beside(&format!("/dev/mail{query}")).await;
        newest_first.into_iter().rev().map(|mail| serde_json::from_value(mail).expect("a mail")).collect()
    }

    /// What `dispatch` could not do, however often it tried, in its order.
    pub async fn dead_letters(&self) -> Vec<Value> {
        self.beside("/dev/dead-letters").await.into_iter().rev().collect()
    }

    /// A list that the runner has beside its API.
    async fn beside(&self, path: &str) -> Vec<Value> {
        self.local().drained().await;
        let url = format!("{}{path}", self.url().trim_end_matches("/v1"));
        let answer = reqwest::get(&url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
        let json: Value = answer.json().await.unwrap_or_else(|error| panic!("{url}: {error}"));
        json["items"].as_array().unwrap_or_else(|| panic!("{url}: {json}")).clone()
    }

    /// The token in the newest letter to that address whose link leads to `page`: `reset-password`, `verify-email`.
    pub async fn mailed_token(&self, to: &str, page: &str) -> String {
        let link = format!("/{page}?token=");
        let letters = self.letters(to).await;
        let found = letters.iter().find_map(|(_, text)| text.split_once(&link).map(|(_, rest)| rest.to_owned()));
        let rest = found.unwrap_or_else(|| panic!("no letter to {to} leads to {page}: {letters:?}"));
        rest.split_whitespace().next().unwrap_or_default().to_owned()
    }
}

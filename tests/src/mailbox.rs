//! The letters that a test's own library has sent, and the dead letters of its stream.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::Library;

/// A letter in the mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Mail {
    /// The address.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The HTML version.
    #[serde(default)]
    pub html: String,
    /// Further headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

impl Library {
    /// Returns the letters to that address, newest first: subject and text.
    pub async fn letters(&self, to: &str) -> Vec<(String, String)> {
        self.mails(to).await.into_iter().rev().map(|mail| (mail.subject, mail.text)).collect()
    }

    /// Returns the letters to that address, oldest first.
    pub async fn mails(&self, to: &str) -> Vec<Mail> {
        self.all_mails(&format!("?to={}", to.replace('+', "%2B"))).await
    }

    /// Returns all letters, oldest first.
    pub async fn every_mail(&self) -> Vec<Mail> {
        self.all_mails("").await
    }

    async fn all_mails(&self, query: &str) -> Vec<Mail> {
        let newest_first = self.beside(&format!("/dev/mail{query}")).await;
        newest_first.into_iter().rev().map(|mail| serde_json::from_value(mail).expect("a mail")).collect()
    }

    /// Lets the time pass after which the letters of returns are sent, and sends them.
    ///
    /// # Panics
    /// If the schedule fails.
    pub async fn delayed_letters_go(&self) {
        self.local().drained().await;
        self.wait(150);
        self.local().run_schedule("dispatch").await.expect("the schedule runs");
        self.local().drained().await;
    }

    /// Returns the rows that `dispatch` has parked: the key and the reason of each.
    pub async fn parked(&self) -> Vec<(String, String)> {
        self.local().drained().await;
        let query = json!({"TableName": "carrel-journal", "IndexName": "events", "KeyConditionExpression": "feed = :feed",
            "ExpressionAttributeValues": {":feed": {"S": "parked"}}});
        let found = self.dynamodb().call("Query", &query).await;
        let text = |item: &Value, field: &str| item[field]["S"].as_str().unwrap_or_default().to_owned();
        let parked = found["Items"].as_array().expect("items").iter();
        parked.map(|item| (text(item, "pk").trim_start_matches("parked#").to_owned(), text(item, "why"))).collect()
    }

    /// Asserts that every row is done, or done but for what is not due yet: `dispatch` has parked no other, and Lambda has given up none.
    ///
    /// # Panics
    /// Otherwise.
    pub async fn finished(&self) {
        let parked = self.parked().await.into_iter().filter(|(_, why)| why != "not due");
        assert_eq!(parked.collect::<Vec<_>>(), [], "no row is parked");
        assert_eq!(self.dead_letters().await, [] as [Value; 0], "no row is given up");
    }

    /// Returns the rows that Lambda has given up, oldest first.
    pub async fn dead_letters(&self) -> Vec<Value> {
        self.beside("/dev/dead-letters").await.into_iter().rev().collect()
    }

    /// Returns a list that the runner serves beside the API.
    async fn beside(&self, path: &str) -> Vec<Value> {
        self.local().drained().await;
        let url = format!("{}{path}", self.url().trim_end_matches("/v1"));
        let answer = crate::http::client(None).get(&url).send().await.unwrap_or_else(|error| panic!("{url}: {error}"));
        let json: Value = answer.json().await.unwrap_or_else(|error| panic!("{url}: {error}"));
        json["items"].as_array().unwrap_or_else(|| panic!("{url}: {json}")).clone()
    }

    /// Returns the token in the newest letter to that address whose link leads to `page`: `reset-password`, `verify-email`.
    pub async fn mailed_token(&self, to: &str, page: &str) -> String {
        let link = format!("/{page}?token=");
        let letters = self.letters(to).await;
        let found = letters.iter().find_map(|(_, text)| text.split_once(&link).map(|(_, rest)| rest.to_owned()));
        let rest = found.unwrap_or_else(|| panic!("no letter to {to} leads to {page}: {letters:?}"));
        rest.split_whitespace().next().unwrap_or_default().to_owned()
    }
}

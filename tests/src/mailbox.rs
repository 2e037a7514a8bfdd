//! The letters of a library of one's own, as its runner's mailbox shows them.

use serde_json::Value;

use crate::Library;

impl Library {
    /// The letters to that address, newest first: subject and text.
    pub async fn letters(&self, to: &str) -> Vec<(String, String)> {
        let mailbox = self.url().trim_end_matches("/v1");
        let url = format!("{mailbox}/dev/mail?to={}", to.replace('+', "%2B"));
        let answer = reqwest::get(&url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
        let json: Value = answer.json().await.unwrap_or_else(|error| panic!("{url}: {error}"));
        let items = json["items"].as_array().unwrap_or_else(|| panic!("{url}: {json}"));
        let text = |item: &Value, field: &str| item[field].as_str().unwrap_or_default().to_owned();
        items.iter().map(|item| (text(item, "subject"), text(item, "text"))).collect()
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

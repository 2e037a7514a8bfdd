//! The template's routes: the events of type `Api` of its functions.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::section;
use crate::error::{Error, Result};

/// One method of one path, and the function that answers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// In upper case; `ANY` is every method.
    pub method: String,
    /// As API Gateway writes it, without the stage: `/books/{id}`.
    pub path: String,
    /// The logical id of the function: `BooksFunction`.
    pub function: String,
    /// The crate and binary that it runs: `books`.
    pub binary: String,
    /// Whether a call needs an API key and counts against a usage plan.
    pub key_required: bool,
    /// The timeout of the function.
    pub timeout: Duration,
    /// Whether the answer is streamed: bytes reach the client as bytes.
    pub streamed: bool,
}

/// A function of the template.
pub(super) struct Function<'a> {
    pub(super) id: &'a str,
    pub(super) properties: &'a Value,
    pub(super) metadata: &'a Value,
    /// The defaults of its properties.
    pub(super) globals: &'a Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event {
    path: String,
    method: String,
    #[serde(default)]
    auth: Auth,
    response_transfer_mode: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase")]
struct Auth {
    api_key_required: Option<bool>,
}

impl Function<'_> {
    /// Reads the routes. `key_required` is the API's default.
    pub(super) fn routes(&self, key_required: bool) -> Result<Vec<Route>> {
        let id = self.id;
        let mut routes = Vec::new();
        for (name, event) in self.events(&["Api"]) {
            let Event { path, method, auth, response_transfer_mode } =
                section(&format!("{id}, the event {name}"), event["Properties"].clone())?;
            let binary = self.binary("a function with routes")?;
            if !path.starts_with('/') {
                return Err(Error::template(id, format!("the path of the event {name} should start with a slash")));
            }
            routes.push(Route {
                method: method.to_uppercase(),
                path,
                function: id.to_owned(),
                binary,
                key_required: auth.api_key_required.unwrap_or(key_required),
                timeout: self.timeout(),
                streamed: response_transfer_mode.is_some_and(|mode| mode == "RESPONSE_STREAM"),
            });
        }
        Ok(routes)
    }

    /// Returns the events of these types, with their names.
    pub(super) fn events(&self, kinds: &[&str]) -> Vec<(String, Value)> {
        let events = self.properties.get("Events").and_then(Value::as_object).into_iter().flatten();
        let wanted = events.filter(|(_, event)| event["Type"].as_str().is_some_and(|kind| kinds.contains(&kind)));
        wanted.map(|(name, event)| (name.clone(), event.clone())).collect()
    }

    /// Returns the binary. An error says that `what` needs it.
    pub(super) fn binary(&self, what: &str) -> Result<String> {
        let binary = self.metadata.pointer("/BuildProperties/Binary").and_then(Value::as_str);
        let missing = || Error::template(self.id, format!("{what} needs Metadata.BuildProperties.Binary"));
        binary.map(ToOwned::to_owned).ok_or_else(missing)
    }

    /// Returns the timeout.
    pub(super) fn timeout(&self) -> Duration {
        let seconds = self.properties.get("Timeout").or(self.globals.get("Timeout")).and_then(Value::as_u64);
        Duration::from_secs(seconds.unwrap_or(3))
    }
}

//! The REST API itself: its stage, its preflights, and its own answers.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::preflight::Preflight;
use super::section;
use crate::error::{Error, Result};

/// The settings of the whole API.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Api {
    /// The first segment of every path: `v1`.
    pub stage: String,
    /// Whether a route needs an API key by default.
    pub key_required: bool,
    /// The answer to preflights, if the API has CORS.
    pub preflight: Option<Preflight>,
    /// The content types whose bodies reach a function as base64. A client that names one of them first in `Accept` gets a
    /// function's base64 as bytes.
    pub binary_media_types: Vec<String>,
    /// The gateway's own answers, by response type: `THROTTLED`, `DEFAULT_4XX`, …
    pub answers: BTreeMap<String, Answer>,
}

/// One of the gateway's own answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The status, if the template changes API Gateway's own.
    pub status: Option<u16>,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body, with `$context.…` variables in it.
    pub body: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Properties {
    stage_name: String,
    #[serde(default)]
    auth: Auth,
    #[serde(default)]
    definition_body: Value,
    #[serde(default)]
    binary_media_types: Vec<String>,
    #[serde(default)]
    gateway_responses: BTreeMap<String, GatewayResponse>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase")]
struct Auth {
    #[serde(default)]
    api_key_required: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GatewayResponse {
    status_code: Option<u16>,
    #[serde(default)]
    response_parameters: Parameters,
    #[serde(default)]
    response_templates: BTreeMap<String, String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase")]
struct Parameters {
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

impl Api {
    /// Reads the API's properties. `Globals` has their defaults.
    pub(super) fn read(id: &str, globals: &Value, properties: &Value) -> Result<Self> {
        let mut all = globals.as_object().cloned().unwrap_or_default();
        all.extend(properties.as_object().cloned().unwrap_or_default());
        let properties: Properties = section(id, Value::Object(all))?;
        let mut answers = BTreeMap::new();
        for (kind, response) in properties.gateway_responses {
            let answer =
                Answer::read(response).map_err(|problem| Error::template(&format!("{id}, {kind}"), problem))?;
            answers.insert(kind, answer);
        }
        Ok(Api {
            stage: properties.stage_name,
            key_required: properties.auth.api_key_required,
            preflight: Preflight::read(&properties.definition_body).map_err(|problem| Error::template(id, problem))?,
            // API Gateway's OpenAPI wants the slash of a media type escaped.
            binary_media_types: properties.binary_media_types.iter().map(|kind| kind.replace("~1", "/")).collect(),
            answers,
        })
    }
}

impl Answer {
    fn read(response: GatewayResponse) -> Result<Self, String> {
        let mut templates = response.response_templates.into_iter();
        let (media_type, body) = templates.next().unzip();
        if templates.next().is_some() {
            return Err("the runner supports one response template, there are more".to_owned());
        }
        // The key of the template is the content type, unless a header sets another.
        let mut headers: Vec<_> = media_type.map(|kind| ("Content-Type".to_owned(), kind)).into_iter().collect();
        for (name, value) in response.response_parameters.headers {
            let value = unquoted(&value).ok_or_else(|| format!("the header {name} should be quoted"))?;
            headers.retain(|(other, _)| !other.eq_ignore_ascii_case(&name));
            headers.push((name, value));
        }
        Ok(Answer { status: response.status_code, headers, body })
    }
}

/// Returns the literal of a mapping expression, `'no-store'`, without its quotes.
pub(super) fn unquoted(text: &str) -> Option<String> {
    Some(text.strip_prefix('\'')?.strip_suffix('\'')?.to_owned())
}

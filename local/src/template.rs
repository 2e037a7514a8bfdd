//! What `template.yaml` says: the one list of functions, routes, streams, schedules, tables, usage plans, and the gateway's own
//! answers.

mod api;
mod filter;
mod mail;
mod mappings;
mod plans;
mod preflight;
mod routes;
mod schedules;
mod sockets;
mod tables;
mod value;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::{Map, Value, json};

pub use api::{Answer, Api};
pub use filter::Filter;
pub use mail::MailPolicy;
pub use mappings::Mapping;
pub use plans::{Period, Plan, Quota};
pub use preflight::Preflight;
pub use routes::Route;
pub use schedules::Schedule;
pub use sockets::{SocketRoute, WebSocketApi};
pub use tables::Table;
use value::{Scope, json_from};

use crate::deployment::MAIL_SENDER;
use crate::error::{Error, Result};

const TEXT: &str = include_str!("../../template.yaml");

/// The template, as far as the runner supports it.
#[derive(Debug, Clone, Default)]
pub struct Template {
    /// The binary of every function, in the template's order.
    pub functions: Vec<String>,
    /// The REST API: its stage, CORS, and own answers.
    pub api: Api,
    /// Every route of the REST API.
    pub routes: Vec<Route>,
    /// The function that the HTTP API calls, which has the site at the root of a domain.
    pub site: Option<String>,
    /// The WebSocket API, if there is one.
    pub sockets: Option<WebSocketApi>,
    /// The tables, in the template's order.
    pub tables: Vec<Table>,
    /// The usage plans, in the template's order.
    pub plans: Vec<Plan>,
    /// Which function handles the records of which stream.
    pub mappings: Vec<Mapping>,
    /// Which function is called at which rate.
    pub schedules: Vec<Schedule>,
    /// What the functions' roles allow with SES.
    pub mail: MailPolicy,
}

impl Template {
    /// Returns the workspace's own template, which is part of the program.
    ///
    /// # Errors
    /// Names the resource that is wrong.
    pub fn embedded() -> Result<&'static Self> {
        static TEMPLATE: OnceLock<Template> = OnceLock::new();
        if let Some(template) = TEMPLATE.get() {
            return Ok(template);
        }
        let template = Template::read(TEXT)?;
        Ok(TEMPLATE.get_or_init(|| template))
    }

    /// Returns it for a stack with these `AllowedOrigins`. Without any, the parameter has its default. An origin with every port
    /// (`http://localhost:*`) is no value of the parameter: preflights of the runner allow it besides.
    ///
    /// # Errors
    /// Names the resource that is wrong.
    pub fn for_origins(origins: &[String]) -> Result<Self> {
        let (of_machines, exact): (Vec<_>, Vec<_>) = origins.iter().partition(|origin| origin.ends_with(":*"));
        let mut template = if exact.is_empty() {
            Template::embedded()?.clone()
        } else {
            Template::read_with(TEXT, BTreeMap::from([("AllowedOrigins".to_owned(), json!(exact))]))?
        };
        if let Some(preflight) = &mut template.api.preflight {
            preflight.origins.extend(of_machines.into_iter().cloned());
        }
        Ok(template)
    }

    /// Reads a template, with its parameters' defaults.
    ///
    /// # Errors
    /// Names the resource that is wrong.
    pub fn read(text: &str) -> Result<Self> {
        Template::read_with(text, BTreeMap::new())
    }

    /// Reads a template with these parameters, and the defaults of the others.
    fn read_with(text: &str, given: BTreeMap<String, Value>) -> Result<Self> {
        let yaml = yaml_serde::from_str(text).map_err(|problem| Error::template("as a whole", problem))?;
        let Document { globals, parameters, conditions, resources } = section("as a whole", json_from(&yaml))?;
        let mut values = values(&parameters);
        // It has no default.
        values.insert("MailSender".to_owned(), json!(MAIL_SENDER));
        values.extend(given);
        let scope = Scope { values, conditions };
        let globals = scope.resolve(&globals);

        let mut template = Template::default();
        let (mut functions, mut mappings, mut sockets) = (Vec::new(), Vec::new(), None);
        for id in in_order(&yaml, &resources) {
            let Resource { kind, condition, properties, metadata } = section(&id, resources[&id].clone())?;
            let properties = scope.resolve(&properties);
            // Even without a domain: the runner has the site at its root.
            if kind == "AWS::ApiGatewayV2::Api" {
                let target = properties["Target"].as_str().unwrap_or_default();
                template.site = Some(target.trim_end_matches(".Arn").to_owned());
            }
            if condition.is_some_and(|condition| !scope.holds(&condition)) {
                continue;
            }
            match kind.as_str() {
                "AWS::Serverless::Api" => template.api = Api::read(&id, &globals["Api"], &properties)?,
                "AWS::Serverless::WebSocketApi" => sockets = Some((id, properties)),
                "AWS::Serverless::Function" => {
                    template.mail.read(&id, &properties)?;
                    functions.push((id, properties, metadata));
                }
                "AWS::Lambda::EventSourceMapping" => mappings.push((id, properties)),
                "AWS::DynamoDB::Table" => template.tables.push(Table::read(&id, &properties)?),
                "AWS::ApiGateway::UsagePlan" => template.plans.push(Plan::read(&id, properties)?),
                _ => {}
            }
        }
        let functions = functions.iter().map(|(id, properties, metadata)| {
            let globals = &globals["Function"];
            routes::Function { id, properties, metadata, globals }
        });
        let functions: Vec<_> = functions.collect();
        // After the API, which has the defaults of the routes.
        for function in &functions {
            template.functions.extend(function.binary("a function").ok());
            template.routes.extend(function.routes(template.api.key_required)?);
            template.schedules.extend(function.schedules()?);
        }
        // After the tables and functions, which mappings name.
        for (id, properties) in mappings {
            template.mappings.extend(Mapping::read(&id, properties, &template.tables, &functions)?);
        }
        if let Some((id, properties)) = sockets {
            template.sockets = Some(WebSocketApi::read(&id, &globals["WebSocketApi"], &properties, &functions)?);
        }
        Ok(template)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    #[serde(default)]
    globals: Value,
    #[serde(default)]
    parameters: Map<String, Value>,
    #[serde(default)]
    conditions: Map<String, Value>,
    resources: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Resource {
    #[serde(rename = "Type")]
    kind: String,
    condition: Option<String>,
    #[serde(default)]
    properties: Value,
    #[serde(default)]
    metadata: Value,
}

/// Deserializes a part of the template. An error names the part.
fn section<T: for<'de> Deserialize<'de>>(name: &str, value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(|problem| Error::template(name, problem))
}

/// Returns the logical ids of the resources in the order of the file.
fn in_order(yaml: &yaml_serde::Value, resources: &Map<String, Value>) -> Vec<String> {
    let listed = yaml.get("Resources").and_then(yaml_serde::Value::as_mapping);
    let ids = listed.into_iter().flatten().filter_map(|(id, _)| Some(id.as_str()?.to_owned()));
    ids.filter(|id| resources.contains_key(id)).collect()
}

/// Returns the values of `Ref`: the parameters' defaults, and AWS's pseudo parameters.
fn values(parameters: &Map<String, Value>) -> BTreeMap<String, Value> {
    let pseudo = [
        ("StackName", "carrel"),
        ("Region", "local"),
        ("AccountId", "123456789012"),
        ("Partition", "aws"),
        ("URLSuffix", "amazonaws.com"),
    ];
    let pseudo = pseudo.map(|(name, value)| (format!("AWS::{name}"), json!(value)));
    let defaults = parameters.iter().map(|(name, parameter)| {
        let value = match (parameter["Type"].as_str(), parameter["Default"].as_str()) {
            (Some("CommaDelimitedList"), Some(list)) => list.split(',').map(|item| json!(item.trim())).collect(),
            _ => parameter["Default"].clone(),
        };
        (name.clone(), value)
    });
    defaults.chain(pseudo).collect()
}

#[cfg(test)]
mod tests;

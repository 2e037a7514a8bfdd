//! The template's WebSocket API: which function gets the events of a socket.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::routes::Function;
use super::section;
use crate::error::{Error, Result};

/// The API and its routes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebSocketApi {
    /// The logical id of the API: `LiveApi`.
    pub id: String,
    /// The stage: `v1`. On a laptop no URL has it.
    pub stage: String,
    /// The path of the route key in a message: `["action"]`.
    pub selection: Vec<String>,
    /// The routes by key: `$connect`, `$disconnect`, `$default`, or a key of a message.
    pub routes: BTreeMap<String, SocketRoute>,
}

/// The function of a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SocketRoute {
    /// The logical id of the function: `LiveFunction`.
    pub function: String,
    /// The crate and binary that it runs: `live`.
    pub binary: String,
    /// The timeout of the function.
    pub timeout: Duration,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Properties {
    #[serde(default = "sams_stage")]
    stage_name: String,
    route_selection_expression: String,
    routes: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Integration {
    function_arn: String,
    integration_timeout: Option<u64>,
}

/// The stage that SAM gives an API without one.
fn sams_stage() -> String {
    "default".to_owned()
}

impl WebSocketApi {
    /// Reads the API's properties. `Globals` has their defaults.
    pub(super) fn read(id: &str, globals: &Value, properties: &Value, functions: &[Function<'_>]) -> Result<Self> {
        let mut all = globals.as_object().cloned().unwrap_or_default();
        all.extend(properties.as_object().cloned().unwrap_or_default());
        let properties: Properties = section(id, Value::Object(all))?;
        let selection = selection(&properties.route_selection_expression).ok_or_else(|| {
            Error::template(id, "the runner supports a RouteSelectionExpression like $request.body.action, no other")
        })?;
        let mut routes = BTreeMap::new();
        for (key, route) in properties.routes {
            let of_route = format!("{id}, {key}");
            let route: Integration = section(&of_route, route)?;
            routes.insert(key, SocketRoute::read(&of_route, &route, functions)?);
        }
        Ok(WebSocketApi { id: id.to_owned(), stage: properties.stage_name, selection, routes })
    }
}

impl SocketRoute {
    fn read(of_route: &str, route: &Integration, functions: &[Function<'_>]) -> Result<Self> {
        let name = route.function_arn.strip_suffix(".Arn");
        let function = functions.iter().find(|function| Some(function.id) == name).ok_or_else(|| {
            Error::template(of_route, "its FunctionArn should be !GetAtt <a function of the template>.Arn")
        })?;
        // The shorter of the two timeouts ends a call.
        let integration = route.integration_timeout.map(Duration::from_millis);
        let timeout = integration.map_or(function.timeout(), |integration| integration.min(function.timeout()));
        Ok(SocketRoute {
            function: function.id.to_owned(),
            binary: function.binary("a function with socket routes")?,
            timeout,
        })
    }
}

/// Returns the fields that lead to the key: `$request.body.action`, or the same in braces.
fn selection(expression: &str) -> Option<Vec<String>> {
    let inner = expression.strip_prefix('$')?;
    let inner = inner.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).unwrap_or(inner);
    let fields: Vec<_> = inner.strip_prefix("request.body.")?.split('.').map(str::to_owned).collect();
    fields.iter().all(|field| !field.is_empty()).then_some(fields)
}

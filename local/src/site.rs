//! The site at the root: what an HTTP API at the library's own domain does. The template declares that API for stacks with a
//! domain; the runner always has it.

use axum::body::Body;
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::dev;
use crate::error::{Error, Result};
use crate::event::{Call, header_pairs};
use crate::template::{Route, Template};

/// The key of the HTTP API's only route: every method of every path.
const EVERY_REQUEST: &str = "$default";

/// The site.
#[derive(Debug)]
pub(crate) struct Site {
    /// Where the runner is: `http://127.0.0.1:9000`.
    origin: String,
    route: Route,
}

impl Site {
    /// Returns the site of a runner at `origin`. `None` if the template has no HTTP API.
    ///
    /// # Errors
    /// If the template has no such function as the API calls.
    pub(crate) fn of(template: &Template, origin: &str) -> Result<Option<Self>> {
        let Some(function) = &template.site else { return Ok(None) };
        let missing = || Error::template(function, "the HTTP API calls a function without routes");
        let route = template.routes.iter().find(|route| route.function == *function).ok_or_else(missing)?;
        // An HTTP API decodes what a function answers in base64.
        let route = Route { path: EVERY_REQUEST.to_owned(), key_required: false, streamed: true, ..route.clone() };
        Ok(Some(Site { origin: origin.to_owned(), route }))
    }

    /// Returns the route of a call outside the stage: everything but what is the runner's own.
    pub(crate) fn route(&self, call: &Call) -> Option<&Route> {
        let is_at = |path: &str| {
            call.whole_path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        (call.path.is_empty() && ![dev::ALL, dev::LIVE].into_iter().any(is_at)).then_some(&self.route)
    }

    /// Returns whether a route leads to the site's pages, here or beside the API.
    pub(crate) fn has(&self, route: &Route) -> bool {
        route.binary == self.route.binary && (route.path == EVERY_REQUEST || !route.streamed)
    }

    /// Sends a browser that asked for a page by another name of this machine to the runner's own origin. For a browser each
    /// name is a site of its own, with its own session, and letters name only one.
    pub(crate) fn elsewhere(&self, call: &Call) -> Option<Response<Body>> {
        let name =
            call.host().rsplit_once(':').filter(|(name, _)| !name.ends_with(':')).map_or(call.host(), |(name, _)| name);
        let is_other = ["localhost", "[::1]"].into_iter().any(|other| name.eq_ignore_ascii_case(other));
        if !is_other || ![Method::GET, Method::HEAD].contains(&call.method) {
            return None;
        }
        let query = call.query.as_ref().map_or_else(String::new, |query| format!("?{query}"));
        let to = HeaderValue::try_from(format!("{}{}{query}", self.origin, call.whole_path)).ok()?;
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
        response.headers_mut().insert(header::LOCATION, to);
        Some(response)
    }
}

/// Returns the event of a call, as an HTTP API sends it (payload version 2.0).
pub(crate) fn event(call: &Call) -> Value {
    let mut headers = serde_json::Map::new();
    for (name, value) in header_pairs(&call.forwarded_headers()).filter(|(name, _)| name != "cookie") {
        let entry = headers.entry(name).or_insert_with(|| json!(""));
        let joined = entry.as_str().filter(|text| !text.is_empty()).map(|text| format!("{text},{value}"));
        *entry = json!(joined.unwrap_or(value));
    }
    let cookies = call.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let cookies: Vec<_> = cookies.flat_map(|value| value.split("; ")).collect();
    let mut event = json!({
        "version": "2.0",
        "routeKey": EVERY_REQUEST,
        "rawPath": call.whole_path,
        "rawQueryString": call.query.as_deref().unwrap_or_default(),
        "headers": headers,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "local",
            "domainName": call.host(),
            "domainPrefix": call.host().split('.').next(),
            "http": {
                "method": call.method.as_str(),
                "path": call.whole_path,
                "protocol": "HTTP/1.1",
                "sourceIp": call.peer.to_string(),
                "userAgent": headers.get("user-agent"),
            },
            "requestId": call.id,
            "routeKey": EVERY_REQUEST,
            "stage": EVERY_REQUEST,
            "time": call.time.strftime("%d/%b/%Y:%H:%M:%S %z").to_string(),
            "timeEpoch": call.time.as_millisecond(),
        },
        "isBase64Encoded": false,
    });
    if !cookies.is_empty() {
        event["cookies"] = json!(cookies);
    }
    event
}

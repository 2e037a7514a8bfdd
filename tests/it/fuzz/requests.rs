//! Events of requests, of a REST API and of an HTTP API: the example events, changed.

use axum::body::Body;
use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use fuzzer::{Target, changed_json, fuzz};
use serde_json::{Map, Value, json};
use shared::runtime::lambda;

use super::world::{Told, World};
use crate::contract::example_events;

/// How many inputs a library takes. They add books and end sessions.
const PER_WORLD: u64 = 500;
/// The host of the examples.
const HOST: &str = "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com";
/// After how many inputs it is looked whether the librarian's session is live.
const PER_LOOK: u64 = 20;

#[test]
fn fuzz_rest_events() {
    fuzz_requests("rest-events", Value::clone);
}

#[test]
fn fuzz_http_events() {
    fuzz_requests("http-events", of_http_api);
}

fn fuzz_requests(name: &str, form: fn(&Value) -> Value) {
    let seeds = examples()
        .into_iter()
        .map(|(function, event)| json!({"function": function, "event": form(&event)}).to_string().into_bytes());
    let mut world = World::start();
    let mut count = 0;
    fuzz(&Target { name, cases: 150, change: changed_json, seeds: seeds.collect() }, |input| {
        count += 1;
        if count % PER_WORLD == 0 || (count % PER_LOOK == 0 && !world.is_signed_in()) {
            world = World::start();
        }
        answer(&world, input)
    });
}

/// Returns the example events of requests, with their functions.
fn examples() -> Vec<(String, Value)> {
    let of_request = |(_, event): &(_, Value)| event["httpMethod"].is_string();
    let function = |file: std::path::PathBuf| file.parent()?.file_name()?.to_str().map(ToOwned::to_owned);
    let examples = example_events().into_iter().filter(of_request);
    examples.map(|(file, event)| (function(file).expect("a folder for each function"), event)).collect()
}

/// Has a function answer an event. Returns how.
fn answer(world: &World, input: &[u8]) -> (String, Told) {
    let nothing = |why: &str| (why.to_owned(), (0, String::new()));
    let Ok(case) = serde_json::from_str::<Value>(&world.of_this_world(input)) else { return nothing("no JSON") };
    let function = case["function"].as_str().unwrap_or_default();
    if !world.carrel.functions.contains_key(function) {
        return nothing("no function");
    }
    if !is_of_a_gateway(&case["event"]) {
        return nothing("no gateway sends it");
    }
    let Ok(mut request) = lambda::request(&case["event"].to_string()) else { return nothing("no event") };
    // In the cloud, AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH keeps the stage out of the path.
    let uri = request.uri().to_string().replacen("/v1/", "/", 1);
    *request.uri_mut() = uri.parse().expect("a URI");
    let (told, ..) = world.ask(function, request.map(Body::new));
    (function.to_owned(), told)
}

/// Returns whether a gateway could have made an event. A client says much of it, but the gateway answers for its own host alone, sets
/// the scheme, begins each path with a slash, and encodes bodies itself. A line of HTTP has no blank and no control character in its
/// query, and each parameter has a value, if an empty one. lambda_http panics where these are otherwise.
fn is_of_a_gateway(event: &Value) -> bool {
    let is_path = |path: &Value| path.is_null() || path.as_str().is_some_and(|path| path.starts_with('/'));
    let is_own = |name: &str, value: &Value| match name.to_lowercase().as_str() {
        "host" => value == HOST,
        "x-forwarded-proto" => value == "https",
        _ => true,
    };
    let fields = |of: &str| event[of].as_object().cloned().unwrap_or_default();
    let are_own = fields("headers").iter().all(|(name, value)| is_own(name, value))
        && fields("multiValueHeaders").iter().all(|(name, values)| {
            values.as_array().is_none_or(|values| values.iter().all(|value| is_own(name, value)))
        });
    let is_encoded =
        event["isBase64Encoded"] != true || event["body"].as_str().is_none_or(|body| BASE64.decode(body).is_ok());
    let have_values = fields("multiValueQueryStringParameters")
        .values()
        .all(|values| values.as_array().is_none_or(|values| !values.is_empty()));
    let query = event["rawQueryString"].as_str().unwrap_or_default();
    let context = &event["requestContext"];
    let domain = &context["domainName"];
    is_path(&event["path"])
        && is_path(&event["rawPath"])
        && is_path(&context["http"]["path"])
        && (domain.is_null() || domain == HOST)
        && are_own
        && query.bytes().all(|byte| byte.is_ascii_graphic())
        && is_encoded
        && have_values
}

/// Returns the event of an HTTP API (payload format 2.0) for the request of an event of a REST API.
fn of_http_api(event: &Value) -> Value {
    let headers: Map<String, Value> = event["headers"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.to_lowercase(), value.clone()))
        .collect();
    let query: Vec<String> = event["queryStringParameters"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| format!("{name}={}", value.as_str().unwrap_or_default().replace(' ', "%20")))
        .collect();
    let context = &event["requestContext"];
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": event["path"],
        "rawQueryString": query.join("&"),
        "cookies": ["__Host-access=example", "theme=dark"],
        "headers": headers,
        "queryStringParameters": event["queryStringParameters"],
        "requestContext": {
            "accountId": context["accountId"], "apiId": context["apiId"], "domainName": context["domainName"],
            "domainPrefix": context["domainPrefix"], "requestId": context["requestId"], "routeKey": "$default",
            "stage": "$default", "time": context["requestTime"], "timeEpoch": context["requestTimeEpoch"],
            "http": {
                "method": event["httpMethod"], "path": event["path"], "protocol": "HTTP/1.1",
                "sourceIp": context["identity"]["sourceIp"], "userAgent": context["identity"]["userAgent"],
            },
        },
        "body": event["body"],
        "isBase64Encoded": event["isBase64Encoded"],
    })
}

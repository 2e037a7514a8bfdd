//! The example events. Each function reads and answers them exactly as on Lambda.
//!
//! The library is empty and the tokens are not signed by it. So the tests assert that an event is read, reaches its
//! operation, and gets that operation's answer to an anonymous caller. `events.json` has these answers, for
//! `tests/sam_local.py` as well: status and problem type for an event of the REST API, otherwise the function's result.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use axum::body::to_bytes;
use local::{Carrel, Deployment, default_settings};
use serde_json::{Value, json};
use shared::runtime::app::Clock;
use tests::{Library, SIGNING_SECRET, secrets};
use tower::ServiceExt;

use crate::contract::example_events;

fn answers() -> BTreeMap<String, Value> {
    serde_json::from_str(include_str!("events.json")).expect("JSON")
}

/// Returns every event with its function and its name: `books`, `books/get`.
fn named_events() -> Vec<(String, String, Value)> {
    let stem = |path: Option<&Path>| {
        path.and_then(Path::file_stem).and_then(|stem| stem.to_str()).unwrap_or_default().to_owned()
    };
    let named = example_events().into_iter().map(|(file, event)| {
        let function = stem(file.parent());
        let name = format!("{function}/{}", stem(Some(&file)));
        (function, name, event)
    });
    named.collect()
}

/// Starts the functions of an empty library.
async fn carrel(library: &Library) -> Carrel {
    let database = library.dynamodb();
    let secrets = secrets(SIGNING_SECRET);
    let carrel = Carrel::on(
        database.endpoint(),
        &secrets,
        Deployment::without_gateway(default_settings(), database.access_key()),
        Clock::system(),
    )
    .await;
    carrel.unwrap_or_else(|error| panic!("{error}"))
}

#[tokio::test]
async fn every_example_event_reaches_its_operation() {
    let answers = answers();
    for (function, name, event) in named_events().into_iter().filter(|(.., event)| event["httpMethod"].is_string()) {
        let library = Library::own().start().await;
        let router = carrel(&library).await.functions[&function].clone();

        let mut request =
            shared::runtime::lambda::request(&event.to_string()).unwrap_or_else(|error| panic!("{name}: {error}"));
        // In the cloud, AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH keeps the stage out of the path.
        let uri = request.uri().to_string().replacen("/v1/", "/", 1);
        *request.uri_mut() = uri.parse().expect("a URI");
        let response = router.oneshot(request).await.unwrap_or_else(|never| match never {});
        let status = response.status().as_u16();
        let id = response.headers().get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
        let body = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        let problem: Value = serde_json::from_slice(&body).unwrap_or_default();
        let answered = match problem["type"].as_str() {
            Some(kind) => json!([status, kind]),
            None => json!([status]),
        };
        let expected = answers.get(&name).unwrap_or(&answers["*"]);
        assert_eq!(&answered, expected, "{name} answered {}", String::from_utf8_lossy(&body));
        assert_eq!(Value::from(id), event["requestContext"]["requestId"], "{name}");
    }
}

#[tokio::test]
async fn every_example_event_of_another_source_is_handled() {
    let answers = answers();
    for (function, name, event) in named_events().into_iter().filter(|(.., event)| !event["httpMethod"].is_string()) {
        let library = Library::own().start().await;
        let handler = carrel(&library).await.handlers[&function].clone();
        let answered = handler(event).await.unwrap_or_else(|problem| panic!("{name}: {problem}"));
        assert_eq!(Some(&answered), answers.get(&name), "{name}");
    }
}

#[test]
fn every_expected_answer_belongs_to_an_example_event() {
    let names: BTreeSet<_> = named_events().into_iter().map(|(_, name, _)| name).collect();
    for name in answers().keys().filter(|name| *name != "*") {
        assert!(names.contains(name), "there is no events/{name}.json");
    }
}

//! The example events, read and answered by each function's router exactly as on Lambda.
//!
//! What an event meets is an empty library and a token that nobody signed, so this is what is asserted: the event is
//! understood, reaches its operation, and gets that operation's answer to a stranger.

use std::path::Path;

use axum::body::to_bytes;
use local::{Carrel, Place, default_settings};
use serde_json::Value;
use shared::app::Clock;
use tests::{Library, SIGNING_SECRET, secrets};
use tower::ServiceExt;

use crate::contract::events;

/// What a stranger gets.
fn expected(function: &str, operation: &str) -> u16 {
    match (function, operation) {
        ("auth", "register" | "register-alias") => 201,
        ("auth", "jwks") | ("books", "list" | "list-archived") | ("users", "get-picture") => 200,
        ("site", _) => 200,
        ("auth", "request-reset") => 202,
        // Nobody has sent these tokens.
        ("auth", "reset-password" | "verify-email") => 400,
        ("books", "get" | "get-archived") => 404,
        _ => 401,
    }
}

#[tokio::test]
async fn every_example_event_reaches_its_operation() {
    let events = events();
    for (file, event) in events.iter().filter(|(_, event)| event["httpMethod"].is_string()) {
        let name = |path: Option<&Path>| {
            path.and_then(Path::file_stem).and_then(|name| name.to_str()).unwrap_or_default().to_owned()
        };
        let (function, operation) = (name(file.parent()), name(Some(file)));
        let library = Library::own().start().await;
        let endpoint = library.local().database().endpoint();
        let carrel =
            Carrel::on(endpoint, &secrets(SIGNING_SECRET), Place::nowhere(default_settings()), Clock::system()).await;
        let carrel = carrel.unwrap_or_else(|error| panic!("{error}"));
        let router = carrel.functions[&function].clone();

        let mut request =
            shared::lambda::request(&event.to_string()).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        // In the cloud, AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH keeps the stage out of the path.
        let uri = request.uri().to_string().replacen("/v1/", "/", 1);
        *request.uri_mut() = uri.parse().expect("a URI");
        let response = router.oneshot(request).await.unwrap_or_else(|never| match never {});
        let status = response.status().as_u16();
        let id = response.headers().get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
        let body = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        let body = String::from_utf8_lossy(&body);
        assert_eq!(status, expected(&function, &operation), "{} answered {body}", file.display());
        assert_eq!(Value::from(id), event["requestContext"]["requestId"], "{}", file.display());
    }
}

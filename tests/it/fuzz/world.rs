//! A library with something of everything, and its functions as Lambda calls them.

use std::time::Instant;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, Response, StatusCode};
use local::{Carrel, Deployment, default_settings};
use serde_json::{Value, json};
use shared::crypto::token::LIFETIME;
use shared::edge::refusals::ALL;
use shared::runtime::app::Clock;
use tests::{Library, Person, SIGNING_SECRET, secrets};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

/// A library, and a librarian who is signed in. It ends with this value.
pub(super) struct World {
    pub(super) library: Library,
    pub(super) carrel: Carrel,
    pub(super) admin: Person,
    started: Instant,
    /// What the example events name, and what it is called here.
    names: Vec<(&'static str, String)>,
    // The last field: what runs on it is dropped first.
    pub(super) runtime: Runtime,
}

/// An answer, as far as it tells one from another.
pub(super) type Told = (u16, String);

impl World {
    /// Starts a library. A reader has borrowed from it, and a file is coming in.
    pub(super) fn start() -> World {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
        let (library, carrel, admin, names) = runtime.block_on(async {
            let library = Library::own().start().await;
            let carrel = carrel(&library, Clock::system()).await;
            let (mut admin, reader) = (library.admin().await, library.reader().await);
            admin.id = admin.get("/users/me").await.expect(200).string("id");
            let names = example_names(&admin, &reader).await;
            (library, carrel, admin, names)
        });
        World { library, carrel, admin, started: Instant::now(), names, runtime }
    }

    /// Returns a text in which the examples' ids and tokens are those of this library.
    pub(super) fn of_this_world(&self, text: &[u8]) -> String {
        let text = String::from_utf8_lossy(text).into_owned();
        self.names.iter().fold(text, |text, (example, name)| text.replace(example, name))
    }

    /// Has a function answer, and checks what it says.
    pub(super) fn ask(&self, function: &str, request: Request<Body>) -> (Told, Value, HeaderMap) {
        self.runtime.block_on(answer(function, &self.carrel.functions[function], request))
    }

    /// Has a function answer a `GET` of the librarian.
    pub(super) fn get(&self, function: &str, uri: &str) -> (Told, Value, HeaderMap) {
        let token = self.admin.access_token.as_deref().unwrap_or_default();
        let request = Request::get(uri).header("authorization", format!("Bearer {token}"));
        self.ask(function, request.body(Body::empty()).expect("a request"))
    }

    /// Returns whether it is time for another one, before the librarian's token expires.
    pub(super) fn is_old(&self) -> bool {
        self.started.elapsed() > LIFETIME.unsigned_abs() / 2
    }

    /// Returns whether the librarian's session is live: an input may have ended it.
    pub(super) fn is_signed_in(&self) -> bool {
        self.get("favorites", "/favorites").0.0 == 200
    }
}

/// Starts the functions of a library once more, without the gateway.
pub(super) async fn carrel(library: &Library, clock: Clock) -> Carrel {
    let (database, secrets) = (library.dynamodb(), secrets(SIGNING_SECRET));
    let deployment = Deployment::without_gateway(default_settings(), database.access_key());
    let carrel = Carrel::on(database.endpoint(), &secrets, deployment, clock).await;
    carrel.unwrap_or_else(|error| panic!("{error}"))
}

/// Makes what the example events name.
async fn example_names(admin: &Person, reader: &Person) -> Vec<(&'static str, String)> {
    let token = |token: &Option<String>| token.clone().unwrap_or_default();
    let mut books = Vec::new();
    for title in ["Kindred", "Dawn", "Dusk", "Wild Seed", "Fledgling"] {
        let book = json!({"title": title, "author": "Octavia E. Butler", "subjects": ["Time travel"]});
        books.push(admin.post("/books", book).await.expect(201).string("id"));
    }
    for book in &books[..3] {
        admin.post(&format!("/favorites/{book}"), json!({})).await;
        admin.reserves(book).await;
    }
    for book in &books[3..] {
        admin.post(&format!("/books/{book}/archive"), json!({})).await.expect(200);
    }
    let reservation = reader.reserves(&books[0]).await.string("id");
    let mut import = String::new();
    for name in ["one.csv", "goodreads_library_export.csv"] {
        import = admin.post("/imports", json!({"name": name})).await.expect(201).string("id");
    }
    vec![
        ("eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCIsImtpZCI6ImV4YW1wbGUifQ.e30.c2lnbmF0dXJl", token(&admin.access_token)),
        ("ZXhhbXBsZS1yZWZyZXNoLXRva2Vu", token(&reader.refresh_token)),
        ("0192f3a4-5b6c-7d8e-9f01-23456789abcd", books[0].clone()),
        ("0192f3a4-77aa-7c3d-8b21-56789abcdef0", reader.id.clone()),
        ("0192f3a4-6f2d-7c10-8a35-d1e2f3a4b5c6", reader.id.clone()),
        ("0192f3a4-7b1c-7d8e-9f01-23456789abcd", import),
        ("AZLzpFtsfY6fASNFZ4mrzQGc67FkFHGKl1lIM3kiBnk", reservation),
    ]
}

/// Has a router answer, and holds what must be true of every answer: it is a right one, or a whole problem document, and no
/// failure of the function's own.
pub(super) async fn answer(function: &str, router: &Router, request: Request<Body>) -> (Told, Value, HeaderMap) {
    let asked = format!("{} {}", request.method(), request.uri());
    let is_head = request.method() == "HEAD";
    let response: Response<Body> = router.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
    let (parts, body) = response.into_parts();
    let (status, headers) = (parts.status, parts.headers);
    let body = to_bytes(body, usize::MAX).await.expect("a body");
    let shown = String::from_utf8_lossy(&body[..body.len().min(2_000)]).into_owned();
    assert!(status.as_u16() < 500, "{function} {asked}: {status} {shown}");
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    assert_eq!(header("x-content-type-options"), "nosniff", "{function} {asked}: {headers:?}");
    let kind = header("content-type");
    let is_json = kind == "application/json" || kind.ends_with("+json");
    let json: Value = if is_json && !is_head && !body.is_empty() {
        serde_json::from_slice(&body).unwrap_or_else(|error| panic!("{function} {asked}: {error}: {shown}"))
    } else {
        Value::Null
    };
    // The website has pages for people.
    let is_refusal = status.is_client_error() && !is_head && !(function == "web" && kind.starts_with("text/html"));
    if is_refusal {
        assert_eq!(kind, "application/problem+json", "{function} {asked}: {status} {shown}");
        assert_whole(&json, status, &format!("{function} {asked}"));
    }
    let code = json["code"].as_str().filter(|_| is_refusal).unwrap_or_default();
    let pointer = json["errors"][0]["pointer"].as_str().unwrap_or_default();
    ((status.as_u16(), format!("{code} {pointer}")), json, headers)
}

/// Asserts that a problem document has all its parts.
fn assert_whole(problem: &Value, status: StatusCode, asked: &str) {
    assert_eq!(problem["status"], status.as_u16(), "{asked}: {problem}");
    for field in ["type", "title", "detail", "instance", "requestId"] {
        assert!(problem[field].is_string(), "{asked}: {field} is missing in {problem}");
    }
    let code = problem["code"].as_str().unwrap_or_default();
    assert!(ALL.iter().any(|refusal| refusal.code == code), "{asked}: no refusal has the code {code:?}");
}

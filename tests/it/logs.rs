//! The log of the functions: the fields of its lines, and what must not be in it.

use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use local::{Carrel, Deployment, default_settings};
use serde_json::{Value, json};
use shared::runtime::app::Clock;
use tests::{Library, PASSWORD, SIGNING_SECRET, secrets, unique_email};
use tracing_subscriber::fmt::MakeWriter;

/// A log in memory.
#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Buffer {
    type Writer = Buffer;

    fn make_writer(&'a self) -> Buffer {
        self.clone()
    }
}

impl Buffer {
    /// Returns the text of the log so far.
    fn text(&self) -> String {
        let log = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        String::from_utf8(log).expect("text")
    }
}

/// The log of the whole process, from the first test on that reads it. Other tests log there, too.
static LOG: LazyLock<Buffer> = LazyLock::new(|| {
    let log = Buffer::default();
    shared::runtime::log::log_to(log.clone());
    log
});

#[tokio::test]
async fn a_row_that_fails_is_one_line_with_its_sequence_number_and_its_cause() {
    let log = &*LOG;
    let library = Library::own().start().await;
    let place = Deployment::without_gateway(default_settings(), library.dynamodb().access_key());
    let carrel = Carrel::on(library.dynamodb().endpoint(), &secrets(SIGNING_SECRET), place, Clock::system()).await;
    let carrel = carrel.unwrap_or_else(|error| panic!("{error}"));
    let row = json!({"dynamodb": {"SequenceNumber": "471100000000000000001", "NewImage": {"pk": {"S": "none"}}}});
    let answer = carrel.handlers["dispatch"](json!({"Records": [row]})).await;
    assert_eq!(answer, Ok(json!({"batchItemFailures": []})), "it is parked");
    let text = log.text();
    let lines: Vec<Value> = text
        .lines()
        .filter(|line| line.contains("471100000000000000001"))
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let [line] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!(line["level"], "ERROR");
    assert!(line["error"].as_str().is_some_and(|error| error.contains(": ")), "{line}");
}

#[tokio::test]
async fn log1_nothing_that_a_reader_sends_reaches_the_log_and_a_request_is_one_line() {
    // Only this test uses these words.
    let log = &*LOG;
    let library = Library::own().start().await;
    let canary = |place: &str| format!("Canary-{place}-7f3a");
    let email = format!("canary.7f3a.{}", unique_email());
    let registration = json!({"email": email, "password": canary("password"), "firstName": canary("name")});
    let welcome = library.stranger().post("/auth/register", registration).await.expect(201);
    let reader = library.stranger().with_tokens(&welcome);
    library.login(&email, &canary("wrong")).await.expect(401);
    let book = json!({"title": canary("title"), "author": canary("author"), "country": canary("country")});
    let book = reader.post("/books", book).header("idempotency-key", &canary("key")).await.expect(201).string("id");
    for path in [
        format!("/books?author={}", canary("query")),
        format!("/books/{}", canary("path")),
        format!("/{}", canary("route")),
    ] {
        let request = reader.get(&path).header("user-agent", &canary("agent")).header("x-anything", &canary("header"));
        request.header("cookie", &format!("theme={}", canary("cookie"))).header("origin", &canary("origin")).await;
    }
    reader.post("/books", json!({canary("field"): canary("value")})).await.expect(400);
    reader.get("/favorites").header("x-request", "a\tb").await.expect(200);
    reader.with_token(&canary("token")).get("/favorites").await.expect(401);
    library.stranger().post("/auth/refresh-token", json!({"refreshToken": canary("refresh")})).await.expect(401);
    library.stranger().post("/auth/reset-password-request", json!({"email": email})).await.expect(202);
    reader.get("/books?author=a%0d%0a%7B%22status%22%3A999%7D").await.expect(400);

    let log = log.text();
    assert!(!log.to_lowercase().contains("canary"), "{log}");
    for secret in [
        &email,
        PASSWORD,
        reader.access_token.as_deref().unwrap_or_default(),
        reader.refresh_token.as_deref().unwrap_or_default(),
    ] {
        assert!(!log.contains(secret), "{secret} is in {log}");
    }
    let lines: Vec<Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect();
    let id = welcome.json()["user"]["id"].clone();
    let of_reader: Vec<_> = lines.iter().filter(|line| line["user_id"] == id && line["message"] == "request").collect();
    assert!(
        of_reader.iter().any(|line| line["route"] == "/books" && line["status"] == 201 && line["method"] == "POST")
    );
    for line in of_reader {
        assert!(
            line["latency_ms"].is_f64() && line["request_id"].is_string() && line["cold_start"].is_boolean(),
            "{line}"
        );
        assert!(!line["route"].as_str().unwrap_or_default().contains(&book), "a route is a pattern: {line}");
    }
}

//! Runs a function as Lambda does: the process polls for events, answers them, logs a metric and ends on SIGTERM.
#![cfg(unix)]

use std::process::Stdio;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::sync::{Mutex, mpsc};

/// Lambda's side of the Runtime API (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>).
struct Runtime {
    /// Events that have not been polled. Without one, a poll waits.
    events: Mutex<mpsc::Receiver<Value>>,
    answers: mpsc::Sender<Value>,
}

async fn next(State(runtime): State<Arc<Runtime>>) -> Response {
    let Some(event) = runtime.events.lock().await.recv().await else {
        return std::future::pending().await;
    };
    let headers = [
        ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd"),
        ("lambda-runtime-deadline-ms", "4102444800000"),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-central-1:123456789012:function:site"),
    ];
    (headers, event.to_string()).into_response()
}

async fn answer(State(runtime): State<Arc<Runtime>>, body: Bytes) {
    let answer = serde_json::from_slice(&body).expect("an answer is JSON");
    runtime.answers.send(answer).await.expect("the test listens");
}

#[tokio::test]
async fn fc6_a_start_that_fails_is_a_line_of_the_log_with_its_cause_at_every_level() {
    for level in ["DEBUG", "INFO", "ERROR"] {
        fails_with_a_line(level).await;
    }
}

async fn fails_with_a_line(level: &str) {
    let environment = include_str!("../../../.env.example").lines().filter_map(|line| line.split_once('='));
    let mut function = Command::new(env!("CARGO_BIN_EXE_site"));
    let function = function.envs(environment).env_remove("TOKEN_ISSUER");
    let function = function.env("AWS_LAMBDA_LOG_LEVEL", level).output();
    let function = function.await.expect("it starts and ends");
    assert!(!function.status.success());
    let log = String::from_utf8(function.stdout).expect("text");
    let line: Value = serde_json::from_str(&log).unwrap_or_else(|_| panic!("one line of JSON: {log:?}"));
    assert_eq!(
        (&line["level"], &line["error"]),
        (&json!("ERROR"), &json!("the environment variable TOKEN_ISSUER is not set"))
    );
    assert!(line["place"].as_str().is_some_and(|place| place.contains("environment.rs:")), "{line}");
    assert_eq!(String::from_utf8_lossy(&function.stderr), "");
}

#[tokio::test]
async fn a_function_answers_counts_its_cold_start_and_ends_on_sigterm() {
    let (events, pending) = mpsc::channel(2);
    let (sender, mut answers) = mpsc::channel(2);
    let runtime = Arc::new(Runtime { events: Mutex::new(pending), answers: sender });
    let api = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(answer))
        .with_state(runtime);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, api).await });

    let environment = include_str!("../../../.env.example").lines().filter_map(|line| line.split_once('='));
    let mut function = Command::new(env!("CARGO_BIN_EXE_site"))
        .envs(environment)
        .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", "site")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the function starts");
    let health: Value = serde_json::from_str(include_str!("../../../events/site/health.json")).expect("an event");
    for _ in 0..2 {
        events.send(health.clone()).await.expect("the function polls for events");
        let answered = tokio::select! {
            answered = answers.recv() => answered.expect("the function answers"),
            ended = function.wait() => panic!("the function ended: {ended:?}"),
        };
        assert_eq!((&answered["statusCode"], &answered["body"]), (&json!(200), &json!(r#"{"status":"ok"}"#)));
    }

    let id = function.id().expect("the function is running").to_string();
    let killed = Command::new("kill").args(["-TERM", &id]).status().await.expect("kill runs");
    assert!(killed.success());
    let mut log = String::new();
    let mut output = BufReader::new(function.stdout.take().expect("its output is piped"));
    output.read_to_string(&mut log).await.expect("its log is text");
    assert!(function.wait().await.expect("the function ends").success(), "{log}");

    // The log has lines of JSON. One of them is a metric for CloudWatch.
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let counted: Vec<_> = lines.iter().filter(|line| line.get("_aws").is_some()).collect();
    let [counted] = counted[..] else { panic!("one line should have a metric: {log}") };
    assert_eq!((&counted["Function"], &counted["ColdStarts"]), (&json!("site"), &json!(1)));
    let directive = &counted["_aws"]["CloudWatchMetrics"][0];
    assert_eq!(
        (&directive["Namespace"], &directive["Dimensions"], &directive["Metrics"][0]["Name"]),
        (&json!("Carrel"), &json!([["Function"]]), &json!("ColdStarts"))
    );
    let requests: Vec<_> = lines.iter().filter(|line| line["message"] == "request").collect();
    assert_eq!(requests.iter().map(|line| &line["cold_start"]).collect::<Vec<_>>(), [&json!(true), &json!(false)]);
}

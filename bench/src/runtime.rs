//! The Lambda Runtime API for one bootstrap, with the calls that a bootstrap makes.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

/// A message of a bootstrap.
pub(crate) enum Message {
    /// It asks for an event.
    Next,
    /// It answers an event.
    Response(String),
    /// Its start or an event failed.
    Error(String),
}

/// A Runtime API. It ends when this is dropped.
pub(crate) struct Runtime {
    /// Its address: `127.0.0.1:1234`.
    pub(crate) address: String,
    events: mpsc::Sender<String>,
    messages: mpsc::Receiver<Message>,
    serving: JoinHandle<std::io::Result<()>>,
}

#[derive(Clone)]
struct Channels {
    events: Arc<Mutex<mpsc::Receiver<String>>>,
    messages: mpsc::Sender<Message>,
}

impl Runtime {
    /// Starts it.
    pub(crate) async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let (events, receiver) = mpsc::channel(1);
        let (sender, messages) = mpsc::channel(8);
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(answered))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(failed))
            .route("/2018-06-01/runtime/init/error", post(failed))
            .layer(DefaultBodyLimit::disable())
            .with_state(Channels { events: Arc::new(Mutex::new(receiver)), messages: sender });
        let serving = tokio::spawn(async { axum::serve(listener, router).await });
        Ok(Runtime { address, events, messages, serving })
    }

    /// Waits for the next message of the bootstrap.
    pub(crate) async fn receive(&mut self) -> Message {
        self.messages.recv().await.unwrap_or_else(|| Message::Error("the Runtime API ended".into()))
    }

    /// Sends an event to the bootstrap.
    pub(crate) async fn send(&self, event: &str) {
        // An error means that the Runtime API ended, which the next `receive` reports.
        let _ = self.events.send(event.to_owned()).await;
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn next(State(channels): State<Channels>) -> impl IntoResponse {
    // An error means that the `Runtime` was dropped, so that there are no more events.
    let _ = channels.messages.send(Message::Next).await;
    let event = channels.events.lock().await.recv().await.unwrap_or_default();
    let headers = [
        ("Content-Type", "application/json"),
        ("Lambda-Runtime-Aws-Request-Id", "868decfd-6fcc-43a0-8d22-394fdabfc316"),
        // In the year 2286.
        ("Lambda-Runtime-Deadline-Ms", "9999999999999"),
        ("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-central-1:123456789012:function:bench"),
        ("Lambda-Runtime-Trace-Id", "Root=1-69b52ad7-12ca2b9918f1fd228097e554"),
    ];
    (headers, event)
}

async fn answered(State(channels): State<Channels>, body: Bytes) -> StatusCode {
    // The body of a streamed answer may be of any bytes.
    let text = String::from_utf8_lossy(&body).into_owned();
    let _ = channels.messages.send(Message::Response(text)).await;
    StatusCode::ACCEPTED
}

async fn failed(State(channels): State<Channels>, body: String) -> StatusCode {
    let _ = channels.messages.send(Message::Error(body)).await;
    StatusCode::ACCEPTED
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_event_reaches_the_bootstrap_and_its_answer_comes_back() {
        let mut runtime = Runtime::start().await.expect("a free port");
        // In a build of the whole workspace the client speaks TLS, and needs a provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (client, url) = (reqwest::Client::new(), format!("http://{}/2018-06-01/runtime", runtime.address));
        let asking = tokio::spawn(client.get(format!("{url}/invocation/next")).send());
        assert!(matches!(runtime.receive().await, Message::Next));
        runtime.send("{}").await;
        let event = asking.await.expect("no panic").expect("an event");
        let id = event.headers()["lambda-runtime-aws-request-id"].to_str().expect("text").to_owned();
        assert_eq!(event.text().await.expect("a body"), "{}");

        for (end, word) in [("response", "answer"), ("error", "error")] {
            let said = client.post(format!("{url}/invocation/{id}/{end}")).body(word).send();
            assert_eq!(said.await.expect("an answer").status(), 202);
            match runtime.receive().await {
                Message::Response(text) | Message::Error(text) => assert_eq!(text, word),
                Message::Next => panic!("an unexpected request for an event"),
            }
        }
    }
}

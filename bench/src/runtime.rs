//! The Lambda Runtime API of one bootstrap, as far as a bootstrap can tell.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

/// What a bootstrap says.
pub(crate) enum Said {
    /// It wants an event, the next or the first.
    Next,
    /// Its answer.
    Answer(String),
    /// It failed, at its start or at an event.
    Error(String),
}

/// A Runtime API. Dropped, it ends.
pub(crate) struct Runtime {
    /// Where it is: `127.0.0.1:1234`.
    pub(crate) address: String,
    events: mpsc::Sender<String>,
    said: mpsc::Receiver<Said>,
    serving: JoinHandle<std::io::Result<()>>,
}

#[derive(Clone)]
struct Ends {
    events: Arc<Mutex<mpsc::Receiver<String>>>,
    said: mpsc::Sender<Said>,
}

impl Runtime {
    /// Starts it.
    pub(crate) async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let (events, to_come) = mpsc::channel(1);
        let (saying, said) = mpsc::channel(8);
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(answered))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(failed))
            .route("/2018-06-01/runtime/init/error", post(failed))
            .layer(DefaultBodyLimit::disable())
            .with_state(Ends { events: Arc::new(Mutex::new(to_come)), said: saying });
        let serving = tokio::spawn(async { axum::serve(listener, router).await });
        Ok(Runtime { address, events, said, serving })
    }

    /// What the bootstrap says next.
    pub(crate) async fn hear(&mut self) -> Said {
        self.said.recv().await.unwrap_or_else(|| Said::Error("the Runtime API ended".into()))
    }

    /// Hands the bootstrap an event.
    pub(crate) async fn send(&self, event: &str) {
        // An error means that the Runtime API ended, which is heard next.
        let _ = self.events.send(event.to_owned()).await;
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn next(State(ends): State<Ends>) -> impl IntoResponse {
    // An error means that nobody listens any more: there will be no event either.
    let _ = ends.said.send(Said::Next).await;
    let event = ends.events.lock().await.recv().await.unwrap_or_default();
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

async fn answered(State(ends): State<Ends>, body: String) -> StatusCode {
    let _ = ends.said.send(Said::Answer(body)).await;
    StatusCode::ACCEPTED
}

async fn failed(State(ends): State<Ends>, body: String) -> StatusCode {
    let _ = ends.said.send(Said::Error(body)).await;
    StatusCode::ACCEPTED
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_event_reaches_the_bootstrap_and_its_answer_comes_back() {
        let mut runtime = Runtime::start().await.expect("a free port");
        let (client, url) = (reqwest::Client::new(), format!("http://{}/2018-06-01/runtime", runtime.address));
        let asking = tokio::spawn(client.get(format!("{url}/invocation/next")).send());
        assert!(matches!(runtime.hear().await, Said::Next));
        runtime.send("{}").await;
        let event = asking.await.expect("no panic").expect("an event");
        let id = event.headers()["lambda-runtime-aws-request-id"].to_str().expect("text").to_owned();
        assert_eq!(event.text().await.expect("a body"), "{}");

        for (end, word) in [("response", "answer"), ("error", "error")] {
            let said = client.post(format!("{url}/invocation/{id}/{end}")).body(word).send();
            assert_eq!(said.await.expect("an answer").status(), 202);
            match runtime.hear().await {
                Said::Answer(said) | Said::Error(said) => assert_eq!(said, word),
                Said::Next => panic!("nothing was asked for"),
            }
        }
    }
}

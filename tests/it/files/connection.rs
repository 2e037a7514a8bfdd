//! A connection to a library that loses answers, and gives others.

use std::collections::VecDeque;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tests::Library;
use tokio::net::TcpListener;

/// What becomes of a request.
pub(super) enum Fate {
    /// The library has it, and its answer does not come back whole.
    AnswerLost,
    /// It does not reach the library, and has this answer.
    Answered(u16, &'static str),
    /// So many seconds pass before it reaches the library.
    Late(i64),
}

/// A connection.
pub(super) struct Connection {
    /// The URL of the library behind it.
    pub(super) url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Connection {
    /// Opens one. A request whose method and path contain a text has the first fate of that text.
    pub(super) async fn to(library: &Arc<Library>, fates: Vec<(&'static str, Fate)>) -> Connection {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let (library, http) = (Arc::clone(library), tests::client(None));
        let fates = Arc::new(Mutex::new(VecDeque::from(fates)));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let list = Arc::clone(&asked);
        let app = Router::new().fallback(async move |request: Request| {
            let what = format!("{} {}", request.method(), request.uri());
            list.lock().unwrap_or_else(PoisonError::into_inner).push(what.clone());
            let fate = {
                let mut fates = fates.lock().unwrap_or_else(PoisonError::into_inner);
                let place = fates.iter().position(|(text, _)| what.contains(text));
                place.and_then(|place| fates.remove(place)).map(|(_, fate)| fate)
            };
            match fate {
                Some(Fate::Answered(status, wait)) => Response::builder()
                    .status(status)
                    .header("retry-after", wait)
                    .body(Body::from(r#"{"detail":"Busy."}"#))
                    .expect("an answer"),
                Some(Fate::AnswerLost) => {
                    forward(&http, &library, request).await;
                    let broken = stream::iter([Ok(Bytes::from("{")), Err(std::io::Error::other("lost"))]);
                    Body::from_stream(broken).into_response()
                }
                Some(Fate::Late(seconds)) => {
                    library.wait(seconds);
                    forward(&http, &library, request).await
                }
                None => forward(&http, &library, request).await,
            }
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        Connection { url: format!("{origin}/v1"), asked }
    }

    /// Returns how many requests contain a text.
    pub(super) fn asked(&self, text: &str) -> usize {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.iter().filter(|asked| asked.contains(text)).count()
    }
}

async fn forward(http: &reqwest::Client, library: &Library, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let path = head.uri.to_string();
    let url = format!("{}{}", library.url(), path.strip_prefix("/v1").expect("it is in the stage"));
    let mut headers = head.headers;
    headers.remove("host");
    let body = to_bytes(body, usize::MAX).await.expect("a body");
    let answer = http.request(head.method, url).headers(headers).body(body).send().await.expect("an answer");
    let mut response = Response::builder().status(answer.status());
    for name in ["link", "retry-after", "content-type"] {
        if let Some(value) = answer.headers().get(name) {
            response = response.header(name, value);
        }
    }
    response.body(Body::from(answer.bytes().await.expect("a body"))).expect("an answer")
}

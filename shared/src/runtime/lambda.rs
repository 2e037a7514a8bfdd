//! Runs a function's router on AWS Lambda.

use std::convert::Infallible;
use std::mem;
use std::pin::Pin;

use axum::Router;
use axum::body::to_bytes;
use axum::response::Response;
pub use lambda_http::Error;
use lambda_http::request::LambdaRequest;
use lambda_http::tower::ServiceExt;
use lambda_http::tower::util::MapResponse;
use lambda_http::{Adapter, Body, IntoResponse, LambdaEvent, Request, StreamAdapter, service_fn};
use lambda_runtime::FunctionResponse;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::runtime::{environment, metrics};

/// Answers events with `router` until Lambda ends the process.
///
/// # Errors
/// When the Lambda runtime itself fails.
pub async fn run(router: Router) -> Result<(), Error> {
    begin();
    let complete = |event: LambdaEvent<_>| LambdaEvent::new(made_good(event.payload), event.context);
    until_asked_to_end(lambda_runtime::run(adapter(router).map_request(complete))).await
}

/// The same for a function that streams the answers of some routes: `("GET", "/users/{userId}/picture")`. Their events
/// say `ResponseTransferMode: RESPONSE_STREAM` in the template.
///
/// API Gateway hands a streamed body on as it is. Of any other body of bytes it makes base64, unless the type that the
/// client names first in `Accept` is in the template's `BinaryMediaTypes`.
///
/// # Errors
/// When the Lambda runtime itself fails.
pub async fn run_streaming(router: Router, streamed: &'static [(&'static str, &'static str)]) -> Result<(), Error> {
    begin();
    let (whole, stream) = (adapter(router.clone()), StreamAdapter::from(router));
    let answer = service_fn(move |event: LambdaEvent<LambdaRequest>| {
        let event = LambdaEvent::new(made_good(event.payload), event.context);
        let (whole, stream) = (whole.clone(), stream.clone());
        async move {
            Ok::<_, Infallible>(if is_of(&event.payload, streamed) {
                FunctionResponse::StreamingResponse(stream.oneshot(event).await?)
            } else {
                FunctionResponse::BufferedResponse(whole.oneshot(event).await?)
            })
        }
    });
    until_asked_to_end(lambda_runtime::run(answer)).await
}

/// The same for a function that a WebSocket API calls as well: `on_socket` answers the events of that one.
///
/// # Errors
/// When the Lambda runtime itself fails.
pub async fn run_with_sockets<F, A>(router: Router, on_socket: F) -> Result<(), Error>
where
    F: Fn(Value) -> A + Clone,
    A: Future<Output = Result<Value, Error>>,
{
    /// Only a WebSocket API's events say of which type they are.
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Peek {
        request_context: PeekContext,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct PeekContext {
        event_type: Option<String>,
    }

    begin();
    let adapter = adapter(router);
    let answer = service_fn(move |event: LambdaEvent<Box<RawValue>>| {
        let (adapter, on_socket) = (adapter.clone(), on_socket.clone());
        async move {
            let LambdaEvent { payload, context } = event;
            let Peek { request_context } = serde_json::from_str(payload.get())?;
            if request_context.event_type.is_some() {
                let answer = on_socket(serde_json::from_str(payload.get())?).await;
                metrics::write();
                return answer;
            }
            let request = made_good(serde_json::from_str(payload.get())?);
            let Ok(response) = adapter.oneshot(LambdaEvent::new(request, context)).await;
            Ok::<_, Error>(serde_json::to_value(response)?)
        }
    });
    until_asked_to_end(lambda_runtime::run(answer)).await
}

/// Runs a function that no API calls: `on_event` answers its events.
///
/// # Errors
/// When the Lambda runtime itself fails.
pub async fn run_events<F, A>(on_event: F) -> Result<(), Error>
where
    F: Fn(Value) -> A + Clone,
    A: Future<Output = Result<Value, Error>>,
{
    begin();
    let answer = service_fn(move |event: LambdaEvent<Value>| {
        let answer = on_event(event.payload);
        async move {
            let answer = answer.await;
            metrics::write();
            answer
        }
    });
    until_asked_to_end(lambda_runtime::run(answer)).await
}

/// Runs a function until the runtime fails, or somebody asks the process to end. Lambda does so between two events, if it
/// does at all; and since nothing is kept back for later, to end is all there is to do.
async fn until_asked_to_end(run: impl Future<Output = Result<(), Error>>) -> Result<(), Error> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            ended = run => ended,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    run.await
}

/// A router whose answers are [`Answer`]s.
type Answering = MapResponse<Router, fn(Response) -> Answer>;

/// The router as a function of events.
fn adapter(router: Router) -> Adapter<'static, Answer, Answering> {
    Adapter::from(ServiceExt::<Request>::map_response(router, Answer as fn(Response) -> Answer))
}

/// What a router answers: in the event's answer text where it is UTF-8, else bytes.
///
/// Left to itself, lambda_http would go by type and character set, with the tables of every character set there is: a
/// twentieth of each function's size, for answers that are never in another one.
struct Answer(Response);

impl IntoResponse for Answer {
    fn into_response(self) -> Pin<Box<dyn Future<Output = lambda_http::Response<Body>> + Send>> {
        Box::pin(async {
            let (parts, body) = self.0.into_parts();
            let bytes = to_bytes(body, usize::MAX).await.expect("the body is whole");
            let body = String::from_utf8(bytes.into()).map_or_else(|error| error.into_bytes().into(), Body::from);
            lambda_http::Response::from_parts(parts, body)
        })
    }
}

fn is_of(event: &LambdaRequest, routes: &[(&str, &str)]) -> bool {
    let LambdaRequest::ApiGatewayV1(event) = event else { return false };
    let resource = event.resource.as_deref().unwrap_or_default();
    routes.iter().any(|route| *route == (event.http_method.as_str(), resource))
}

/// The log and the metrics of a function on Lambda.
fn begin() {
    log_to(std::io::stdout);
    metrics::start();
}

/// Logs to `writer`, a line of JSON an event with the names that Lambda knows (`timestamp`, `level`, `message`), from
/// the level that its settings name (`AWS_LAMBDA_LOG_LEVEL`), else `INFO`. The first call decides.
pub fn log_to<W>(writer: W)
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let level = environment::LOG_LEVEL.get().and_then(|level| level.parse().ok());
    let log = tracing_subscriber::fmt().json().flatten_event(true).with_current_span(false).with_span_list(false);
    let _ = log.with_target(false).with_max_level(level.unwrap_or(LevelFilter::INFO)).with_writer(writer).try_init();
}

/// The request that an event, given as JSON, tells of: the one that [`run`] would hand to a router.
///
/// # Errors
/// Where the event is none of an API.
pub fn request(event: &str) -> Result<Request, Error> {
    let event = serde_json::from_str(event)?;
    Ok(made_good(event).into())
}

/// The event as lambda_http should have it.
///
/// A REST API's tells of its headers twice: with the last value of each name, and with all. lambda_http takes the second
/// list and overwrites each name with the first one's value, so a header that came twice would look like one that came
/// once. Here both lists are the complete one.
///
/// An HTTP API's has the stage in its path, which routes must not have. It comes from `cargo lambda watch`.
fn made_good(mut event: LambdaRequest) -> LambdaRequest {
    match &mut event {
        LambdaRequest::ApiGatewayV1(event) if !event.multi_value_headers.is_empty() => {
            event.headers = mem::take(&mut event.multi_value_headers);
        }
        LambdaRequest::ApiGatewayV2(event) => {
            let base = environment::BASE_PATH.get().unwrap_or_default();
            event.raw_path = event.raw_path.take().map(|path| within(&base, &path).to_owned());
        }
        _ => {}
    }
    event
}

/// What a path is below `base`; one outside of it stays as it is.
fn within<'a>(base: &str, path: &'a str) -> &'a str {
    path.strip_prefix(base).filter(|path| path.starts_with('/')).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use axum::response::Response;
    use lambda_http::{Body, IntoResponse};

    use super::{Answer, is_of, request, within};

    #[test]
    fn a_header_that_came_twice_is_there_twice() {
        let event = json!({
            "resource": "/books", "path": "/books", "httpMethod": "GET",
            "headers": {"host": "localhost", "authorization": "b"},
            "multiValueHeaders": {"host": ["localhost"], "authorization": ["a", "b"]},
            "requestContext": {"resourcePath": "/books", "httpMethod": "GET", "requestId": "1"},
        });
        let request = request(&event.to_string()).expect("an event");
        let values: Vec<_> = request.headers().get_all("authorization").iter().collect();
        assert_eq!(values, ["a", "b"]);
        assert_eq!(request.uri().path(), "/books");
    }

    #[tokio::test]
    async fn an_answer_is_text_where_it_is_text() {
        for (body, is) in
            [(&b"{}"[..], Body::from("{}")), (b"", Body::from("")), (b"\x89PNG", Body::from(&b"\x89PNG"[..]))]
        {
            assert_eq!(Answer(Response::new(body.into())).into_response().await.into_body(), is);
        }
    }

    #[test]
    fn an_http_apis_path_is_taken_below_the_stage() {
        for (base, path, below) in [
            ("/v1", "/v1/books", "/books"),
            ("/v1", "/v1/v1/books", "/v1/books"),
            ("/v1", "/v10/books", "/v10/books"),
            ("/v1", "/books", "/books"),
            ("", "/books", "/books"),
        ] {
            assert_eq!(within(base, path), below, "{base} {path}");
        }
    }

    #[test]
    fn a_streamed_route_is_known_by_its_event() {
        let streamed = [("GET", "/users/{userId}/picture")];
        for (method, resource, is_one) in [
            ("GET", "/users/{userId}/picture", true),
            ("PUT", "/users/{userId}/picture", false),
            ("GET", "/users/{userId}", false),
        ] {
            let context = json!({"resourcePath": resource, "httpMethod": method});
            let event = json!({"resource": resource, "path": "/", "httpMethod": method, "requestContext": context});
            let event = serde_json::from_value(event).expect("an event");
            assert_eq!(is_of(&event, &streamed), is_one, "{method} {resource}");
        }
    }
}

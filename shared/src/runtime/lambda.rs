//! Runs a function on AWS Lambda.

use std::convert::Infallible;
use std::mem;
use std::pin::Pin;
use std::process::ExitCode;
use std::time::Instant;

use axum::Router;
use axum::body::to_bytes;
use axum::response::Response;
pub use lambda_http::Error;
use lambda_http::request::LambdaRequest;
use lambda_http::tower::ServiceExt;
use lambda_http::tower::util::MapResponse;
use lambda_http::{Adapter, Body, IntoResponse, LambdaEvent, Request, StreamAdapter, service_fn};
use lambda_runtime::FunctionResponse;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::runtime::log::chain;
pub use crate::runtime::log::{log_panics, log_to};
use crate::runtime::{environment, metrics};

/// Answers requests with the router that `start` makes, until Lambda ends the process.
pub async fn run(start: impl Future<Output = Result<Router, Error>>) -> ExitCode {
    serve(async {
        let router = start.await?;
        let complete = |event: LambdaEvent<_>| LambdaEvent::new(complete(event.payload), event.context);
        lambda_runtime::run(adapter(router).map_request(complete)).await
    })
    .await
}

/// Does the same, and streams the answers of some routes: `("GET", "/users/{userId}/picture")`. The template declares
/// `ResponseTransferMode: RESPONSE_STREAM` for them.
///
/// API Gateway does not change a streamed body. It encodes any other binary body in base64, unless the first type of
/// the client's `Accept` is in the template's `BinaryMediaTypes`.
pub async fn run_streaming(
    start: impl Future<Output = Result<Router, Error>>,
    streamed: &'static [(&'static str, &'static str)],
) -> ExitCode {
    serve(async {
        let router = start.await?;
        let (whole, stream) = (adapter(router.clone()), StreamAdapter::from(router));
        let answer = service_fn(move |event: LambdaEvent<LambdaRequest>| {
            let event = LambdaEvent::new(complete(event.payload), event.context);
            let (whole, stream) = (whole.clone(), stream.clone());
            async move {
                Ok::<_, Infallible>(if is_one_of(&event.payload, streamed) {
                    FunctionResponse::StreamingResponse(stream.oneshot(event).await?)
                } else {
                    FunctionResponse::BufferedResponse(whole.oneshot(event).await?)
                })
            }
        });
        lambda_runtime::run(answer).await
    })
    .await
}

/// Does the same for a function that a WebSocket API calls too. `start` returns the router, and the handler of the
/// WebSocket API's events.
pub async fn run_with_sockets<E, A, F, R>(start: impl Future<Output = Result<(Router, F), Error>>) -> ExitCode
where
    E: DeserializeOwned,
    A: Serialize,
    F: Fn(E) -> R,
    R: Future<Output = Result<A, Error>>,
{
    /// Only the events of a WebSocket API have a type.
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Peek {
        request_context: PeekContext,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct PeekContext {
        event_type: Option<IgnoredAny>,
    }

    serve(async {
        let (router, on_socket) = start.await?;
        let (adapter, on_socket) = (adapter(router), &on_socket);
        let answer = service_fn(move |event: LambdaEvent<Box<RawValue>>| {
            let adapter = adapter.clone();
            async move {
                let Peek { request_context } = serde_json::from_str(event.payload.get())?;
                if request_context.event_type.is_some() {
                    let answer = answer_event(&event, on_socket).await?;
                    return Ok::<_, Error>(serde_json::to_value(answer)?);
                }
                let request = complete(serde_json::from_str(event.payload.get())?);
                let Ok(response) = adapter.oneshot(LambdaEvent::new(request, event.context)).await;
                Ok(serde_json::to_value(response)?)
            }
        });
        lambda_runtime::run(answer).await
    })
    .await
}

/// Runs a function that no API calls. `start` returns the handler of its events.
pub async fn run_events<E, A, F, R>(start: impl Future<Output = Result<F, Error>>) -> ExitCode
where
    E: DeserializeOwned,
    A: Serialize,
    F: Fn(E) -> R,
    R: Future<Output = Result<A, Error>>,
{
    serve(async {
        let on_event = &start.await?;
        let answer = service_fn(async move |event: LambdaEvent<Box<RawValue>>| answer_event(&event, on_event).await);
        lambda_runtime::run(answer).await
    })
    .await
}

/// Answers an event that is not an HTTP request, and logs one line about it.
async fn answer_event<E, A, F, R>(event: &LambdaEvent<Box<RawValue>>, on_event: &F) -> Result<A, Error>
where
    E: DeserializeOwned,
    F: Fn(E) -> R,
    R: Future<Output = Result<A, Error>>,
{
    let started = Instant::now();
    let cold_start = metrics::begin_event();
    let answer = match serde_json::from_str(event.payload.get()) {
        Ok(event) => on_event(event).await,
        // The message of a serde error may contain parts of the event.
        Err(error) => Err(format!("the event has an unexpected form: {:?} error", error.classify()).into()),
    };
    let latency_ms = started.elapsed().as_secs_f64() * 1000.0;
    let request_id = &event.context.request_id;
    match &answer {
        Ok(_) => tracing::info!(request_id, latency_ms, cold_start, "event"),
        Err(error) => {
            tracing::error!(request_id, latency_ms, cold_start, error = chain(error.as_ref()), "event");
        }
    }
    metrics::write();
    answer
}

/// Starts the log and the function, and runs it until the runtime fails or the process gets SIGTERM. A failed start is
/// logged here, because no request could report it.
async fn serve(function: impl Future<Output = Result<(), Error>>) -> ExitCode {
    log_to(std::io::stdout);
    log_panics();
    metrics::start();
    match until_terminated(function).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

/// Logs why the function ended.
fn failed(error: &Error) -> ExitCode {
    tracing::error!(error = chain(error.as_ref()), "the function ended");
    ExitCode::FAILURE
}

/// Runs a function until the runtime fails or the process gets SIGTERM. Lambda sends it between two events only, and
/// every event finishes its work, so the process can end at once.
async fn until_terminated(run: impl Future<Output = Result<(), Error>>) -> Result<(), Error> {
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

/// Adapts a router to the events of an API.
fn adapter(router: Router) -> Adapter<'static, Answer, Answering> {
    Adapter::from(ServiceExt::<Request>::map_response(router, Answer as fn(Response) -> Answer))
}

/// A router's answer. Its body becomes text if it is UTF-8, and bytes otherwise.
///
/// lambda_http would decide by content type and character set. It needs the tables of all character sets for that, a
/// twentieth of each function's size, but our text is always UTF-8.
pub struct Answer(pub Response);

impl IntoResponse for Answer {
    fn into_response(self) -> Pin<Box<dyn Future<Output = lambda_http::Response<Body>> + Send>> {
        Box::pin(async {
            let (parts, body) = self.0.into_parts();
            let bytes = to_bytes(body, usize::MAX).await.expect("the body is in memory");
            let body = String::from_utf8(bytes.into()).map_or_else(|error| error.into_bytes().into(), Body::from);
            lambda_http::Response::from_parts(parts, body)
        })
    }
}

/// Returns whether the event is a request of one of these routes.
fn is_one_of(event: &LambdaRequest, routes: &[(&str, &str)]) -> bool {
    let LambdaRequest::ApiGatewayV1(event) = event else { return false };
    let resource = event.resource.as_deref().unwrap_or_default();
    routes.iter().any(|route| *route == (event.http_method.as_str(), resource))
}

/// Returns the request of an event in JSON: the one that [`run`] hands to a router.
///
/// # Errors
/// If the event is not a request of an API.
pub fn request(event: &str) -> Result<Request, Error> {
    let event = serde_json::from_str(event)?;
    Ok(complete(event).into())
}

/// Returns the event in the form that lambda_http needs.
///
/// An event of a REST API has two lists of headers: one with the last value of each name, and one with all values.
/// lambda_http reads the complete list, and then overwrites each name with its value in the short list. A header that
/// was sent twice would look like a header that was sent once. So both lists become the complete one.
///
/// The path becomes that of a route ([`route_path`]).
fn complete(mut event: LambdaRequest) -> LambdaRequest {
    let base = environment::BASE_PATH.get().unwrap_or_default();
    let of_route = |path: &mut Option<String>| *path = path.take().map(|path| encoded(route_path(&base, &path)));
    match &mut event {
        LambdaRequest::ApiGatewayV1(event) => {
            if !event.multi_value_headers.is_empty() {
                event.headers = mem::take(&mut event.multi_value_headers);
            }
            of_route(&mut event.path);
        }
        LambdaRequest::ApiGatewayV2(event) => {
            of_route(&mut event.raw_path);
            event.raw_query_string = event.raw_query_string.take().map(|query| encoded(&query));
        }
        _ => {}
    }
    event
}

/// Percent-encodes what no path and no query may have. API Gateway hands on what it was sent, and lambda_http panics on it.
fn encoded(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_graphic() && !b"\"#<>?\\^`{|}".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Returns a path as routes have it: without `base` at its beginning, and without a slash at its end.
///
/// The path begins with the stage in an event of an HTTP API, which `cargo lambda watch` sends, and with the mapping's
/// base path behind a custom domain. API Gateway finds the resource of a path with a slash at its end, and leaves the
/// slash in the event.
fn route_path<'a>(base: &str, path: &'a str) -> &'a str {
    let path = match path.strip_prefix(base) {
        Some("") => "/",
        Some(below) if below.starts_with('/') => below,
        _ => path,
    };
    path.strip_suffix('/').filter(|path| !path.is_empty()).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use axum::response::Response;
    use lambda_http::{Body, IntoResponse};

    use lambda_runtime::{Context, LambdaEvent};
    use serde::Deserialize;
    use serde_json::value::RawValue;

    use super::{Answer, Error, answer_event, failed, is_one_of, request, route_path};
    use crate::runtime::log::tests::Log;
    use crate::tables::Fault;

    #[derive(Deserialize)]
    struct Ping {
        number: u8,
    }

    fn event(json: &str) -> LambdaEvent<Box<RawValue>> {
        let mut context = Context::default();
        "the-id".clone_into(&mut context.request_id);
        LambdaEvent::new(RawValue::from_string(json.to_owned()).expect("JSON"), context)
    }

    #[tokio::test]
    async fn an_event_is_one_line_and_a_failure_has_its_id_and_all_its_causes() {
        let (log, _logging) = Log::of_this_thread();
        let on_event = async |ping: Ping| match ping.number {
            0 => Err(Error::from(Fault::Busy("no route to the database".into()))),
            number => Ok(number),
        };
        assert_eq!(answer_event(&event(r#"{"number": 7}"#), &on_event).await.ok(), Some(7));
        assert!(answer_event(&event(r#"{"number": 0}"#), &on_event).await.is_err());
        assert!(answer_event(&event(r#"{"number": "canary"}"#), &on_event).await.is_err());
        let lines = log.lines();
        assert_eq!(lines.iter().map(|line| &line["level"]).collect::<Vec<_>>(), ["INFO", "ERROR", "ERROR"]);
        assert!(lines.iter().all(|line| line["request_id"] == "the-id"), "{lines:?}");
        assert_eq!(lines[1]["error"], "the database is busy: no route to the database");
        assert!(!format!("{lines:?}").contains("canary"), "{lines:?}");
    }

    #[test]
    fn fc6_a_function_that_ends_with_an_error_says_why() {
        let (log, _logging) = Log::of_this_thread();
        let _ = failed(&Error::from(Fault::Broken("no such table".into())));
        let lines = log.lines();
        assert_eq!((&lines[0]["level"], lines.len()), (&json!("ERROR"), 1));
        assert_eq!(lines[0]["error"], "a call of the database failed: no such table");
    }

    #[test]
    fn a_header_that_was_sent_twice_is_in_the_request_twice() {
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
    async fn a_body_in_utf_8_is_text_and_any_other_is_bytes() {
        for (body, is) in
            [(&b"{}"[..], Body::from("{}")), (b"", Body::from("")), (b"\x89PNG", Body::from(&b"\x89PNG"[..]))]
        {
            assert_eq!(Answer(Response::new(body.into())).into_response().await.into_body(), is);
        }
    }

    #[test]
    fn aw3_a_path_loses_the_stage_or_the_base_path_of_a_custom_domain_and_a_slash_at_its_end() {
        for (base, path, below) in [
            ("/v1", "/v1/books", "/books"),
            ("/v1", "/v1/v1/books", "/v1/books"),
            ("/v1", "/v10/books", "/v10/books"),
            ("/v1", "/books", "/books"),
            ("", "/books", "/books"),
            ("/v1", "/v1", "/"),
            ("/v1", "/v1/", "/"),
            ("/v1", "/", "/"),
            ("/v1", "/v1/books/", "/books"),
            ("/v1", "/books/%2F/", "/books/%2F"),
            ("/v1", "/books//", "/books/"),
        ] {
            assert_eq!(route_path(base, path), below, "{base} {path}");
        }
    }

    #[test]
    fn no_path_of_an_event_is_too_malformed_to_be_refused() {
        for path in
            ["/a b", "/\"", "/<>", "/\\", "/{}", "/|", "/^`", "/é", "/\u{7f}\0", "/#a", "/?a", "//", "", "a", "/%zz"]
        {
            let context =
                json!({"resourcePath": "/books/{bookId}", "httpMethod": "GET", "stage": "v1", "identity": {}});
            let event = json!({
                "resource": "/books/{bookId}", "path": path, "httpMethod": "GET", "headers": {"host": "localhost"},
                "requestContext": context,
            });
            assert!(request(&event.to_string()).is_ok(), "{path:?}");
        }
    }

    #[test]
    fn no_query_of_an_http_api_is_too_malformed_to_be_refused() {
        for query in ["\"", "a=<b>", "\u{1b}", "a b", "é", "q=%22&limit=1"] {
            let http = json!({"method": "GET", "path": "/books"});
            let event = json!({
                "version": "2.0", "rawPath": "/books", "rawQueryString": query, "headers": {"host": "localhost"},
                "requestContext": {"http": http, "stage": "$default"},
            });
            assert!(request(&event.to_string()).is_ok(), "{query:?}");
        }
    }

    #[test]
    fn a_streamed_route_is_recognised_by_its_event() {
        let streamed = [("GET", "/users/{userId}/picture")];
        for (method, resource, is_one) in [
            ("GET", "/users/{userId}/picture", true),
            ("PUT", "/users/{userId}/picture", false),
            ("GET", "/users/{userId}", false),
        ] {
            let context = json!({"resourcePath": resource, "httpMethod": method});
            let event = json!({"resource": resource, "path": "/", "httpMethod": method, "requestContext": context});
            let event = serde_json::from_value(event).expect("an event");
            assert_eq!(is_one_of(&event, &streamed), is_one, "{method} {resource}");
        }
    }
}

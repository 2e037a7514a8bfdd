//! Calls a function as Lambda does: with an event, in a task of its own, and for a limited time.

use std::any::Any;
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::to_bytes;
use axum::http::uri::{PathAndQuery, Uri};
use axum::http::{Request, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use lambda_http::lambda_runtime::Config;
use lambda_http::{Body, Context, IntoResponse, RequestExt};
use serde_json::Value;
use shared::runtime::lambda::Answer;
use shared::runtime::log::chain;
use tokio::sync::OwnedSemaphorePermit;
use tower::ServiceExt;

use crate::event::Call;
use crate::gateway::TIME_LIMIT;
use crate::template::{Api, Route};

/// The routers of the functions, by binary: `books`. The same routers run on Lambda.
pub type Functions = HashMap<String, Router>;

/// A function that takes other events than requests: of a stream, a schedule or a socket, each as the JSON that AWS would
/// send. An error is a text with all its causes.
pub type Handler = Arc<dyn Fn(Value) -> BoxFuture<'static, Result<Value, String>> + Send + Sync>;

/// Why a function did not answer.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    /// It panicked, with this message.
    #[error("it panicked: {0}")]
    Panicked(String),
    /// It took longer than the template allows.
    #[error("it took longer than {} seconds", .0.as_secs_f32())]
    TimedOut(Duration),
    /// It returned an error, or an answer that cannot be read.
    #[error("{0}")]
    Failed(String),
}

/// The size limit of an event, with a body in base64: 6 MiB.
pub(crate) const EVENT_LIMIT: usize = 6 << 20;
/// The size limit of an answer, with a body of bytes in base64: 6 MiB.
const ANSWER_LIMIT: usize = 6 << 20;

/// Calls a function with the event of a request, and returns the answer as API Gateway would pass it to the client.
///
/// A task of its own: the function goes on if the client goes away, and a panic ends only this call. It has its place among the
/// calls that may run at once until it ends.
pub(crate) async fn invoke(
    function: Router,
    event: String,
    call: &Call,
    api: &Api,
    route: &Route,
    place: OwnedSemaphorePermit,
) -> Result<Response<Bytes>, Failure> {
    let context = context(call, route);
    let stage = format!("/{}", api.stage);
    let streamed = route.streamed;
    let as_bytes = streamed || call.accepts_bytes(api);
    let answer = async move {
        let _place = place;
        let request = shared::runtime::lambda::request(&event).map_err(|problem| Failure::Failed(chain(&*problem)))?;
        let request = without_stage(request, &stage).with_lambda_context(context);
        let response = function.oneshot(request).await.unwrap_or_else(|never| match never {});
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, ANSWER_LIMIT).await.map_err(|problem| Failure::Failed(chain(&problem)))?;
        let answer = Answer(Response::from_parts(parts, body.into()));
        let (parts, body) = answer.into_response().await.into_parts();
        let length = match &body {
            Body::Binary(bytes) if !streamed => bytes.len().div_ceil(3) * 4,
            body => body.len(),
        };
        if length > ANSWER_LIMIT {
            return Err(Failure::Failed(format!("its answer has {length} bytes, more than {ANSWER_LIMIT}")));
        }
        let body = match body {
            Body::Binary(bytes) if !as_bytes => BASE64.encode(bytes).into(),
            body => Bytes::from(body.to_vec()),
        };
        Ok(Response::from_parts(parts, body))
    };
    apart(answer, route.timeout.min(TIME_LIMIT)).await
}

/// Calls a function with an event.
pub(crate) async fn call(handler: &Handler, event: Value, limit: Duration) -> Result<Value, Failure> {
    let answer = AssertUnwindSafe(async { handler(event).await }).catch_unwind();
    match tokio::time::timeout(limit, answer).await {
        Ok(Ok(answer)) => answer.map_err(Failure::Failed),
        Ok(Err(panic)) => Err(Failure::Panicked(message(&*panic))),
        Err(_) => Err(Failure::TimedOut(limit)),
    }
}

/// Calls a function with an event, in a task of its own: it goes on if the caller goes away.
pub(crate) async fn call_apart(handler: Handler, event: Value, limit: Duration) -> Result<Value, Failure> {
    apart(async move { handler(event).await.map_err(Failure::Failed) }, limit).await
}

/// Runs a call in a task of its own, and aborts it after `limit`.
async fn apart<T: Send + 'static>(
    call: impl Future<Output = Result<T, Failure>> + Send + 'static,
    limit: Duration,
) -> Result<T, Failure> {
    let task = tokio::spawn(call);
    let aborter = task.abort_handle();
    match tokio::time::timeout(limit, task).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(ended)) => Err(Failure::Panicked(match ended.try_into_panic() {
            Ok(panic) => message(&*panic),
            Err(cancelled) => cancelled.to_string(),
        })),
        Err(_) => {
            aborter.abort();
            Err(Failure::TimedOut(limit))
        }
    }
}

/// Returns the message of a panic.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without a message".to_owned())
}

/// Returns the context that the Lambda runtime adds to an invocation.
fn context(call: &Call, route: &Route) -> Context {
    let mut config = Config::default();
    config.function_name.clone_from(&route.function);
    config.version = "$LATEST".to_owned();
    config.memory = 128;
    let mut context = Context::default();
    context.request_id.clone_from(&call.id);
    context.invoked_function_arn = format!("arn:aws:lambda:local:123456789012:function:{}", route.function);
    let deadline = call.time.as_millisecond().unsigned_abs() + millis(route.timeout);
    context.deadline = deadline;
    context.env_config = Arc::new(config);
    context
}

/// Removes the stage from the path of a request. In the cloud an environment variable makes lambda_http leave it out; here
/// the variable would have to be set within the process, which is unsafe.
fn without_stage<B>(mut request: Request<B>, stage: &str) -> Request<B> {
    let uri = request.uri();
    let whole = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    let path = whole.strip_prefix(stage).filter(|path| path.starts_with('/'));
    if let Some(Ok(path)) = path.map(str::parse) {
        let mut parts = uri.clone().into_parts();
        parts.path_and_query = Some(path);
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    request
}

fn millis(duration: Duration) -> u64 {
    duration.as_millis().try_into().unwrap_or(u64::MAX)
}

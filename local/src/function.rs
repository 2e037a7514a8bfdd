//! A function called as Lambda calls it: with an event, at arm's length, and for a limited time.

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
use http_body_util::Full;
use lambda_http::lambda_runtime::Config;
use lambda_http::{Body, Context, IntoResponse, RequestExt};
use serde_json::Value;
use tower::ServiceExt;

use crate::event::Call;
use crate::template::{Api, Route};

/// The routers of the functions, by binary: `books`. The same ones that run on Lambda.
pub type Functions = HashMap<String, Router>;

/// A function that takes other events than requests: of a stream, a schedule, a socket, each as the JSON that AWS would
/// send. What it cannot do, it says in words.
pub type Handler = Arc<dyn Fn(Value) -> BoxFuture<'static, Result<Value, String>> + Send + Sync>;

/// Why a function gave no answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It panicked, or its answer could not be read.
    Crashed,
    /// It took longer than the template allows.
    TimedOut,
}

/// An event is smaller than this: 6 MiB, a body in base64 included.
pub(crate) const EVENT_LIMIT: usize = 6 << 20;
/// The most that Lambda hands back: 6 MiB.
const ANSWER_LIMIT: usize = 6 << 20;

/// Calls `function` with `event`, and gives the answer as API Gateway would hand it to the client.
///
/// In a task of its own: a client that goes away does not stop a function, and a panic ends only this call.
pub(crate) async fn invoke(
    function: Router,
    event: String,
    call: &Call,
    api: &Api,
    route: &Route,
) -> Result<Response<Bytes>, Failure> {
    let context = context(call, route);
    let stage = format!("/{}", api.stage);
    let as_bytes = route.streamed || call.accepts_bytes(api);
    let task = tokio::spawn(async move {
        let request = shared::runtime::lambda::request(&event).map_err(|_| Failure::Crashed)?;
        let request = without_stage(request, &stage).with_lambda_context(context);
        let response = function.oneshot(request).await.unwrap_or_else(|never| match never {});
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, ANSWER_LIMIT).await.map_err(|_| Failure::Crashed)?;
        // What lambda_http takes for text and for bytes.
        let (parts, body) = Response::from_parts(parts, Full::new(body)).into_response().await.into_parts();
        let body = match body {
            Body::Binary(bytes) if !as_bytes => BASE64.encode(bytes).into(),
            body => Bytes::from(body.to_vec()),
        };
        Ok(Response::from_parts(parts, body))
    });
    let aborter = task.abort_handle();
    match tokio::time::timeout(route.timeout, task).await {
        Ok(finished) => finished.unwrap_or(Err(Failure::Crashed)),
        Err(_) => {
            aborter.abort();
            Err(Failure::TimedOut)
        }
    }
}

/// Calls `handler` with `event`. A panic ends only this call, and so does the end of its time.
pub(crate) async fn call(handler: &Handler, event: Value, limit: Duration) -> Result<Value, String> {
    let answer = AssertUnwindSafe(async { handler(event).await }).catch_unwind();
    match tokio::time::timeout(limit, answer).await {
        Ok(answer) => answer.unwrap_or_else(|_| Err("it panicked".to_owned())),
        Err(_) => Err(format!("it took longer than {} seconds", limit.as_secs_f32())),
    }
}

/// What the Lambda runtime knows of an invocation.
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

/// In the cloud an environment variable keeps lambda_http from putting the stage in front of the path. Here the
/// variable would have to be set within the process, which is unsafe, so the stage is taken off again.
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

//! The edge around every function's router: one log line a request, security headers on every status, problem
//! documents for every error.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use lambda_http::RequestExt;
use lambda_http::request::RequestContext;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::error::{Error, Problem};
use crate::extract::IfNoneMatch;
use crate::types::UserId;

/// The most bytes that a body may have, where nothing larger is called for.
pub const BODY_LIMIT: usize = 64 * 1024;

/// The router of a function: its routes, with the edge around them.
///
/// `body_limit` is the most bytes that a body may have.
pub fn router<S: Clone + Send + Sync + 'static>(
    routes: OpenApiRouter<S>,
    state: S,
    app: App,
    body_limit: usize,
) -> Router {
    let (router, _) = routes.split_for_parts();
    router
        .fallback(async || Error::NotFound("route"))
        .method_not_allowed_fallback(async || Error::MethodNotAllowed)
        .layer(DefaultBodyLimit::max(body_limit))
        .layer(middleware::from_fn_with_state(app, edge))
        .with_state(state)
}

/// Who turned out to be calling. [`crate::caller::Caller`] fills it in, the log line reads it.
#[derive(Clone, Default)]
pub(crate) struct Signature(pub(crate) Arc<OnceLock<UserId>>);

async fn edge(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let signature = Signature::default();
    request.extensions_mut().insert(signature.clone());
    let method = request.method().clone();
    let instance = app.url(request.uri().path());
    let request_id = request_id(&request);
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();

    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let mut response = answered.unwrap_or_else(|_| Error::Internal("a handler panicked".into()).into_response());
    if let Some(mut problem) = response.extensions_mut().remove::<Problem>() {
        problem.instance = instance;
        problem.request_id.clone_from(&request_id);
        response = write(response, &problem);
    }
    protect(response.headers_mut());
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), id);
    }
    tracing::info!(
        method = method.as_str(),
        route,
        status = response.status().as_u16(),
        latency_ms = started.elapsed().as_secs_f64() * 1000.0,
        request_id,
        user_id = signature.0.get().map(tracing::field::display),
        cold_start = COLD.swap(false, Ordering::Relaxed),
        "request"
    );
    response
}

/// True until the first request of this process.
static COLD: AtomicBool = AtomicBool::new(true);

/// The id that API Gateway gave the request; clients see the same one.
fn request_id(request: &Request) -> String {
    let of_gateway = match request.extensions().get::<RequestContext>() {
        Some(RequestContext::ApiGatewayV1(context)) => context.request_id.clone(),
        Some(RequestContext::ApiGatewayV2(context)) => context.request_id.clone(),
        _ => None,
    };
    of_gateway.or_else(|| request.lambda_context_ref().map(|context| context.request_id.clone())).unwrap_or_default()
}

fn write(response: Response, problem: &Problem) -> Response {
    let (mut parts, _) = response.into_parts();
    let body = serde_json::to_vec(problem).unwrap_or_default();
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(body))
}

/// What every answer carries (OWASP REST Security Cheat Sheet). A handler's own Cache-Control stands.
fn protect(headers: &mut HeaderMap) {
    const ALWAYS: [(HeaderName, &str); 4] = [
        (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// A representation with its validator. Whoever has it already gets 304 (RFC 9110, 15.4.5).
pub fn with_etag(response: impl IntoResponse, version: u64, known: Option<&IfNoneMatch>) -> Response {
    let etag = format!("\"{version}\"");
    let mut response = match known {
        Some(known) if known.has(&etag) => StatusCode::NOT_MODIFIED.into_response(),
        _ => response.into_response(),
    };
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    // Keep it, but ask each time whether it still holds.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

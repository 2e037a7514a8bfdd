//! The edge around every function's router: one log line a request, security headers on every status, problem
//! documents for every error.

pub mod browser;
pub mod caller;
pub mod error;
pub mod extract;
pub mod page;
pub mod routes;

use std::collections::HashSet;
use std::fmt::Display;
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
use http::{HeaderMap, Method, StatusCode};
use lambda_http::RequestExt;
use lambda_http::request::RequestContext;

use crate::edge::error::{Error, Problem};
use crate::edge::extract::IfNoneMatch;
use crate::edge::routes::Routing;
use crate::runtime::app::Settings;
use crate::runtime::metrics;
use crate::values::UserId;

/// The most bytes that a body may have, where nothing larger is called for.
pub const BODY_LIMIT: usize = 64 * 1024;

/// The router of a function: its routes, with the edge around them.
///
/// `body_limit` is the most bytes that a body may have.
pub fn router<S: Clone + Send + Sync + 'static>(
    routes: Routing<S>,
    state: S,
    settings: Arc<Settings>,
    body_limit: usize,
) -> Router {
    let edge_state = Edge { settings, without_query: Arc::new(routes.without_query) };
    routes
        .router
        .fallback(async || Error::NotFound("route"))
        .method_not_allowed_fallback(async || Error::MethodNotAllowed)
        .layer(DefaultBodyLimit::max(body_limit))
        .layer(middleware::from_fn_with_state(edge_state, edge))
        .with_state(state)
}

/// What the edge knows.
#[derive(Clone)]
struct Edge {
    settings: Arc<Settings>,
    without_query: Arc<HashSet<(Method, String)>>,
}

/// The first parameter of the query of an operation that takes none.
fn unexpected_parameter(without_query: &HashSet<(Method, String)>, request: &Request) -> Option<Error> {
    let (name, _) = form_urlencoded::parse(request.uri().query()?.as_bytes()).next()?;
    let route = request.extensions().get::<MatchedPath>()?.as_str().to_owned();
    let unexpected = without_query.contains(&(request.method().clone(), route));
    unexpected.then(|| Error::invalid(format!("?{name}"), "is not known here"))
}

/// Who turned out to be calling. [`crate::edge::caller::Caller`] fills it in, the log line reads it.
#[derive(Clone, Default)]
pub(crate) struct Signature(pub(crate) Arc<OnceLock<UserId>>);

async fn edge(State(Edge { settings, without_query }): State<Edge>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let signature = Signature::default();
    request.extensions_mut().insert(signature.clone());
    let method = request.method().clone();
    let instance = settings.url(request.uri().path());
    let request_id = request_id(&request);
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();

    let origin = request.headers().get(header::ORIGIN).cloned();
    let allowed = &settings.allowed_origins;
    let refused = browser::refuse_forgery(&method, request.headers(), allowed).err();
    let mut response = match refused.or_else(|| unexpected_parameter(&without_query, &request)) {
        None => {
            let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
            answered.unwrap_or_else(|_| Error::Internal("a handler panicked".into()).into_response())
        }
        Some(error) => error.into_response(),
    };
    if let Some(mut problem) = response.extensions_mut().remove::<Problem>() {
        problem.instance = instance;
        problem.request_id.clone_from(&request_id);
        response = write(response, &problem);
    }
    protect(response.headers_mut());
    browser::permit(origin.as_ref(), response.headers_mut(), allowed);
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), id);
    }
    let cold_start = COLD.swap(false, Ordering::Relaxed);
    tracing::info!(
        method = method.as_str(),
        route,
        status = response.status().as_u16(),
        latency_ms = started.elapsed().as_secs_f64() * 1000.0,
        request_id,
        user_id = signature.0.get().map(tracing::field::display),
        cold_start,
        "request"
    );
    if response.status() == StatusCode::TOO_MANY_REQUESTS {
        metrics::count(metrics::THROTTLED);
    }
    metrics::write();
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

/// What every answer carries (OWASP REST Security Cheat Sheet). How long it may be kept and, where it is a page, what that
/// may load, a handler can say itself.
fn protect(headers: &mut HeaderMap) {
    const ALWAYS: [(HeaderName, &str); 3] = [
        (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    const UNLESS_SAID: [(HeaderName, &str); 2] = [
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in UNLESS_SAID {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

/// A representation with its validator, a version or whatever else names these very bytes. Whoever has it already gets
/// 304 (RFC 9110, 15.4.5) with the same headers, since a cache takes them over (RFC 9111, 4.3.4).
///
/// It may be kept but is asked for each time, unless `response` has a Cache-Control of its own.
pub fn with_etag(response: impl IntoResponse, tag: impl Display, known: Option<&IfNoneMatch>) -> Response {
    let etag = format!("\"{tag}\"");
    let mut response = response.into_response();
    if known.is_some_and(|known| known.has(&etag)) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
    }
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    response
}

//! One log line for each request: its id, route, status and duration, and the cause of a 5xx.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use http::StatusCode;
use http::header::{HeaderName, HeaderValue};
use lambda_http::RequestExt;
use lambda_http::request::RequestContext;

use crate::edge::error::Cause;
use crate::runtime::metrics;
use crate::values::UserId;

/// The header with the request's id. API Gateway sends the same id in a header of its own, which pages cannot read.
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of the caller, for the log line. [`Caller`](crate::edge::caller::Caller) sets it.
#[derive(Clone, Default)]
pub(crate) struct CallerId(pub(crate) Arc<OnceLock<UserId>>);

/// Logs the request and counts it. The line has nothing that a client can choose freely: the route is a pattern.
pub(super) async fn log(mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let cold_start = metrics::begin_event();
    let caller = CallerId::default();
    request.extensions_mut().insert(caller.clone());
    let method = request.method().clone();
    let request_id = request_id(&request);
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();

    let mut response = next.run(request).await;

    if let Ok(id) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(X_REQUEST_ID, id);
    }
    let cause = response.extensions_mut().remove::<Cause>().map(|cause| cause.0);
    let status = response.status();
    // The macro needs a constant level, so there are two calls.
    macro_rules! line {
        ($level:ident) => {
            tracing::$level!(
                method = method.as_str(),
                route,
                status = status.as_u16(),
                latency_ms = started.elapsed().as_secs_f64() * 1000.0,
                request_id,
                user_id = caller.0.get().map(tracing::field::display),
                cold_start,
                error = cause,
                "request"
            )
        };
    }
    if status.is_server_error() {
        line!(error)
    } else {
        line!(info)
    }
    if status == StatusCode::TOO_MANY_REQUESTS {
        metrics::count(metrics::THROTTLED);
    }
    metrics::write();
    response
}

/// Returns the request's id from API Gateway. Clients see the same id. Without a gateway it is Lambda's id.
pub(super) fn request_id(request: &Request) -> String {
    let of_gateway = match request.extensions().get::<RequestContext>() {
        Some(RequestContext::ApiGatewayV1(context)) => context.request_id.clone(),
        Some(RequestContext::ApiGatewayV2(context)) => context.request_id.clone(),
        _ => None,
    };
    of_gateway.or_else(|| request.lambda_context_ref().map(|context| context.request_id.clone())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::Router;
    use axum::body::Body;
    use axum::extract::Request;
    use axum::routing::get;
    use jiff::SignedDuration;
    use lambda_http::{Context, RequestExt};
    use serde_json::Value;
    use tower::ServiceExt;

    use crate::edge::error::{Error, Result};
    use crate::edge::routes::Routes;
    use crate::edge::{BODY_LIMIT, router};
    use crate::runtime::app::Settings;
    use crate::runtime::log::tests::Log;
    use crate::tables::Fault;

    fn broken_function() -> Router {
        let settings = Settings {
            base_path: String::new(),
            issuer: String::new(),
            members_only_reads: false,
            admins_only_writes: false,
            members_borrow: false,
            allowed_origins: Vec::new(),
            library_addresses: Vec::new(),
            metadata_sources: Vec::new(),
            site_url: String::new(),
            activity_retention: SignedDuration::from_hours(1),
            admin_email: None,
        };
        let fails = async || -> Result<()> {
            Err(Error::from(Fault::Broken(Box::new(Fault::Busy("no route to the database".into())))))
        };
        let panics = async |request: Request| -> Result<()> {
            let sent = request.uri().query().unwrap_or_default().to_owned();
            tokio::task::yield_now().await;
            panic!("reading {sent:?} failed")
        };
        let routes = Routes::<()>::default().route("/fails", get(fails)).route("/panics", get(panics));
        router(routes, (), Arc::new(settings), BODY_LIMIT)
    }

    /// Sends a request with the id `the-id`, and returns the lines of the log and the answer.
    async fn request(path: &str) -> (Vec<Value>, String) {
        let (log, _logging) = Log::of_this_thread();
        let mut context = Context::default();
        "the-id".clone_into(&mut context.request_id);
        let request = Request::builder().uri(path).body(Body::empty()).expect("a request");
        let Ok(answer) = broken_function().oneshot(request.with_lambda_context(context)).await;
        assert_eq!(answer.headers()["x-request-id"], "the-id");
        let answer = axum::body::to_bytes(answer.into_body(), 10_000).await.expect("a body");
        (log.lines(), String::from_utf8(answer.into()).expect("text"))
    }

    #[tokio::test]
    async fn a_failure_is_one_line_with_the_request_id_and_all_its_causes() {
        let (lines, answer) = request("/fails").await;
        let [line] = &lines[..] else { panic!("{lines:?}") };
        assert_eq!((&line["level"], &line["message"]), (&"ERROR".into(), &"request".into()));
        assert_eq!(
            (&line["request_id"], &line["route"], &line["status"]),
            (&"the-id".into(), &"/fails".into(), &500.into())
        );
        let error = line["error"].as_str().expect("a cause");
        assert_eq!(error, "the database is busy: no route to the database");
        assert!(answer.contains("\"requestId\":\"the-id\"") && !answer.contains("route to"), "{answer}");
    }

    #[tokio::test]
    async fn a_panic_is_one_line_with_the_request_id_and_its_place_but_without_input() {
        let (lines, answer) = request("/panics?canary").await;
        let [line] = &lines[..] else { panic!("{lines:?}") };
        assert_eq!((&line["request_id"], &line["status"]), (&"the-id".into(), &500.into()));
        let error = line["error"].as_str().expect("a cause");
        assert!(error.starts_with("panicked at shared/src/edge/log.rs:"), "{error}");
        assert!(error.ends_with(": reading …"), "{error}");
        assert!(!line.to_string().contains("canary") && !answer.contains("canary"), "{line} {answer}");
        assert!(answer.contains("\"code\":\"internal\""), "{answer}");
    }
}

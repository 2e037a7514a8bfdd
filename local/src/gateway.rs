//! API Gateway's part of every request.
//!
//! A request finds its route in the template, is counted against a usage plan, becomes a proxy event, and goes to the
//! function that the template names. The gateway's own errors are answered with the template's gateway responses.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, header};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio_util::task::TaskTracker;

use crate::answer::{Kind, retry_after};
use crate::error::{Error, Result};
use crate::event::Call;
use crate::function::{EVENT_LIMIT, Failure, Functions, invoke};
use crate::log::Log;
use crate::plans::{Plans, Verdict};
use crate::routes::Routes;
use crate::template::{Api, Cors, Route, Template};

/// The size limits of a body, and of the request line with the headers.
const BODY_LIMIT: usize = 10 << 20;
const HEAD_LIMIT: usize = 10_240;

/// Answers requests as API Gateway does.
#[derive(Debug)]
pub(crate) struct Gateway {
    api: Api,
    routes: Routes,
    functions: Functions,
    plans: Option<Plans>,
    log: Log,
    /// The requests that are being answered. Closed, it refuses new ones.
    running: TaskTracker,
}

impl Gateway {
    /// Creates a gateway in front of `functions`. Without `plans` nothing is limited.
    pub(crate) fn new(template: &Template, functions: Functions, plans: Option<Plans>, log: Log) -> Result<Self> {
        let orphan = template.routes.iter().find(|route| !functions.contains_key(&route.binary));
        if let Some(Route { function, binary, .. }) = orphan {
            return Err(Error::template(function, format!("the runner does not know the function {binary}")));
        }
        let routes = Routes::new(&template.routes);
        let (api, running) = (template.api.clone(), TaskTracker::new());
        Ok(Gateway { api, routes, functions, plans, log, running })
    }

    /// Refuses new requests, and waits until the running ones are answered.
    pub(crate) async fn close(&self) {
        self.running.close();
        self.running.wait().await;
    }

    pub(crate) fn stage(&self) -> &str {
        &self.api.stage
    }

    /// Returns the routes, with the gateway behind them: it answers what none of them does.
    pub(crate) fn behind(self: Arc<Self>, routes: Router) -> Router {
        routes.fallback_service(Router::new().fallback(answer_client).with_state(self))
    }

    /// Answers a request of the runner itself. It takes the same way as a client's, but without a usage plan.
    pub(crate) async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.answer(IpAddr::V4(Ipv4Addr::LOCALHOST), request, None).await.response
    }

    async fn answer(&self, peer: IpAddr, request: Request<Body>, plans: Option<&Plans>) -> Answered<'_> {
        let (head, body) = request.into_parts();
        let mut call = Call::new(peer, &head, &self.api.stage);
        let has_body = !body.is_end_stream();
        let mut failure = None;
        let (mut response, by) = match self.forward(&mut call, body, plans).await {
            Ok((response, route)) => (response.map(Body::from), route.binary.as_str()),
            Err(Refusal::Preflight(cors)) => (preflight(cors), "gateway"),
            Err(Refusal::Kind(kind)) => (kind.answer(&self.api, &call), "gateway"),
            Err(Refusal::Later(kind, wait)) => (retry_after(kind.answer(&self.api, &call), wait), "gateway"),
            Err(Refusal::Failed(problem)) => {
                failure = Some(problem);
                (Kind::FunctionFailed.answer(&self.api, &call), "gateway")
            }
        };
        // The body may be unread: the client must not send its next request on this connection.
        if by == "gateway" && has_body {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if let Ok(id) = HeaderValue::from_str(&call.id) {
            response.headers_mut().insert(HeaderName::from_static("x-amzn-requestid"), id);
        }
        Answered { response, by, id: call.id, failure }
    }

    fn refuse(&self, peer: IpAddr, request: Request<Body>) -> Answered<'_> {
        let (head, _) = request.into_parts();
        let call = Call::new(peer, &head, &self.api.stage);
        let mut response = Kind::Closing.answer(&self.api, &call);
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        Answered { response, by: "gateway", id: call.id, failure: None }
    }

    async fn forward(
        &self,
        call: &mut Call,
        body: Body,
        plans: Option<&Plans>,
    ) -> Result<(Response<Bytes>, &Route), Refusal<'_>> {
        if call.head_size() > HEAD_LIMIT {
            return Err(Refusal::Kind(Kind::RequestTooLarge));
        }
        let no_route = Refusal::Kind(Kind::MissingAuthenticationToken);
        let Some((resource, variables)) = self.routes.find(&call.path).filter(|_| !call.path.is_empty()) else {
            return Err(no_route);
        };
        let Some(route) = resource.route(call.method.as_str()) else {
            return Err(self
                .api
                .cors
                .as_ref()
                .filter(|_| call.method == Method::OPTIONS)
                .map_or(no_route, Refusal::Preflight));
        };
        if let Some(plans) = plans.filter(|_| route.key_required) {
            match plans.check(call.api_key()) {
                Verdict::Allowed => {}
                Verdict::UnknownKey => return Err(Refusal::Kind(Kind::InvalidApiKey)),
                Verdict::Throttled { retry_after } => return Err(Refusal::Later(Kind::Throttled, retry_after)),
                Verdict::QuotaExceeded { retry_after } => return Err(Refusal::Later(Kind::QuotaExceeded, retry_after)),
            }
        }
        if !call.has_valid_url(&self.api) {
            return Err(Refusal::Kind(Kind::BadRequest));
        }
        call.body = read(body).await.map_err(Refusal::Kind)?;
        let event = call.event(&self.api, route, &variables).to_string();
        if event.len() >= EVENT_LIMIT {
            return Err(Refusal::Kind(Kind::RequestTooLarge));
        }
        let function = self.functions[&route.binary].clone();
        let response = invoke(function, event, call, &self.api, route).await;
        let mut response = response.map_err(Refusal::Failed)?;
        remove_hop_by_hop(response.headers_mut());
        remap_challenge(response.headers_mut());
        Ok((response, route))
    }
}

/// Why the gateway answers by itself.
enum Refusal<'a> {
    Kind(Kind),
    Later(Kind, Duration),
    Preflight(&'a Cors),
    /// The function was called and did not answer.
    Failed(Failure),
}

/// A response, and what the log says about it.
struct Answered<'a> {
    response: Response<Body>,
    /// Who answered: a function, or the gateway.
    by: &'a str,
    /// The id of the request.
    id: String,
    failure: Option<Failure>,
}

async fn answer_client(
    State(gateway): State<Arc<Gateway>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request<Body>,
) -> Response<Body> {
    let started = Instant::now();
    let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
    let _running = gateway.running.token();
    let answered = if gateway.running.is_closed() {
        gateway.refuse(peer.ip(), request)
    } else {
        gateway.answer(peer.ip(), request, gateway.plans.as_ref()).await
    };
    let Answered { response, by, id, failure } = answered;
    let (status, millis) = (response.status(), started.elapsed().as_millis());
    // The id finds the function's own line. The query is left out: it may hold secrets.
    let id = if status.is_server_error() { format!("  request {id}") } else { String::new() };
    let cause = failure.map(|failure| format!(": {failure}")).unwrap_or_default();
    gateway.log.line(format_args!("{}  {method:<7} {path}  {millis} ms  {by}{id}{cause}", status.as_u16()));
    response
}

async fn read(body: Body) -> Result<Bytes, Kind> {
    match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(problem) if problem.is::<LengthLimitError>() => Err(Kind::RequestTooLarge),
        Err(_) => Err(Kind::BadRequest),
    }
}

fn preflight(cors: &Cors) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    for (name, value) in &cors.0 {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    response
}

/// Removes the hop-by-hop headers (RFC 9110, 7.6.1).
fn remove_hop_by_hop(headers: &mut HeaderMap) {
    for name in [
        header::CONNECTION,
        header::CONTENT_LENGTH,
        header::TE,
        header::TRAILER,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
    ] {
        headers.remove(name);
    }
    headers.remove("keep-alive");
}

/// Renames a function's `WWW-Authenticate`, as every REST API does. No client knows the other name, so the problem document
/// says what to do.
fn remap_challenge(headers: &mut HeaderMap) {
    if let Some(challenge) = headers.remove(header::WWW_AUTHENTICATE) {
        headers.insert(HeaderName::from_static("x-amzn-remapped-www-authenticate"), challenge);
    }
}

#[cfg(test)]
mod tests;

//! API Gateway's part of every request.
//!
//! A request finds its route in the template, is counted against a usage plan, becomes a proxy event, and goes to the
//! function that the template names. The gateway's own errors are answered with the template's gateway responses.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, header};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use shared::edge::origin::is_allowed;
use tokio::sync::{Semaphore, watch};
use tokio_util::task::TaskTracker;

use crate::answer::{Kind, retry_after};
use crate::error::{Error, Result};
use crate::event::Call;
use crate::function::{EVENT_LIMIT, Failure, Functions, invoke};
use crate::log::Log;
use crate::plans::{Plans, Verdict};
use crate::routes::Routes;
use crate::site::{self, Site};
use crate::template::{Api, Preflight, Route, Template};
use crate::wire::Peer;

/// The limits of a body, of a URL and of the headers, and the longest time that a function gets (developer guide, "Quotas for
/// configuring and running a REST API").
const BODY_LIMIT: usize = 10 << 20;
const URL_LIMIT: usize = 10_240;
const HEADERS_LIMIT: usize = 10_240;
pub(crate) const TIME_LIMIT: Duration = Duration::from_secs(29);

/// What the log shows for a path without a route.
const NO_ROUTE: &str = "(no route)";

/// Answers requests as API Gateway does.
#[derive(Debug)]
pub(crate) struct Gateway {
    api: Api,
    routes: Routes,
    functions: Functions,
    /// The site at the root, beside the REST API.
    site: Option<Site>,
    plans: Option<Plans>,
    /// A permit for each call that may run at once.
    places: Arc<Semaphore>,
    log: Log,
    /// The requests that are being answered. Closed, it refuses new ones.
    running: TaskTracker,
    /// Whether clients are answered. Until then their requests wait.
    is_open: watch::Sender<bool>,
}

impl Gateway {
    /// Creates a gateway at `origin` in front of `functions`, of which `most_calls` run at once. Without `plans` no client is
    /// limited.
    pub(crate) fn new(
        template: &Template,
        origin: &str,
        functions: Functions,
        plans: Option<Plans>,
        most_calls: usize,
        log: Log,
    ) -> Result<Self> {
        let orphan = template.routes.iter().find(|route| !functions.contains_key(&route.binary));
        if let Some(Route { function, binary, .. }) = orphan {
            return Err(Error::template(function, format!("the runner does not know the function {binary}")));
        }
        let routes = Routes::new(&template.routes)?;
        let (api, running) = (template.api.clone(), TaskTracker::new());
        let is_open = watch::Sender::new(true);
        let (site, places) = (Site::of(template, origin)?, Arc::new(Semaphore::new(most_calls)));
        Ok(Gateway { api, routes, functions, site, plans, places, log, running, is_open })
    }

    /// Lets clients wait until [`Gateway::open`].
    pub(crate) fn hold(&self) {
        self.is_open.send_replace(false);
    }

    /// Answers clients, also those that wait.
    pub(crate) fn open(&self) {
        self.is_open.send_replace(true);
    }

    /// Refuses new requests, and waits until the running ones are answered.
    pub(crate) async fn close(&self) {
        self.running.close();
        self.open();
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
        let (mut failure, mut known) = (None, None);
        let (mut response, by) = match self.forward(&mut call, body, plans).await {
            Ok((response, route)) => {
                known = Some(route.path.as_str());
                (response.map(Body::from), route.binary.as_str())
            }
            Err(Refusal::Elsewhere(response)) => (*response, "gateway"),
            Err(Refusal::Preflight(preflight)) => (preflight_answer(preflight, &call), "gateway"),
            Err(Refusal::Kind(kind)) => (kind.answer(&self.api, &call), "gateway"),
            Err(Refusal::Later(kind, wait)) => (retry_after(kind.answer(&self.api, &call), wait), "gateway"),
            Err(Refusal::Failed(problem)) => {
                let kind = if problem == Failure::TimedOut(TIME_LIMIT) { Kind::TimedOut } else { Kind::FunctionFailed };
                failure = Some(problem);
                (kind.answer(&self.api, &call), "gateway")
            }
        };
        // What API Gateway answers by itself names the first origin of the template. Pages of this machine are the runner's own
        // affair.
        if let Some(preflight) = self.api.preflight.as_ref().filter(|_| by == "gateway") {
            let of_machines: Vec<_> =
                preflight.origins.iter().filter(|origin| origin.ends_with(":*")).cloned().collect();
            permit(&call, &of_machines, &mut response);
        }
        // The body may be unread: the client must not send its next request on this connection.
        if by == "gateway" && has_body {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if let Ok(id) = HeaderValue::from_str(&call.id) {
            response.headers_mut().insert(HeaderName::from_static("x-amzn-requestid"), id);
        }
        let found = self.routes.find(&call.path).and_then(|(resource, _)| resource.path());
        // The root has no route; a path outside the stage ends there.
        let route = known.or(found.filter(|path| *path != "/")).unwrap_or(NO_ROUTE);
        Answered { response, route, by, id: call.id, failure }
    }

    fn refuse(&self, peer: IpAddr, request: Request<Body>) -> Answered<'_> {
        let (head, _) = request.into_parts();
        let call = Call::new(peer, &head, &self.api.stage);
        let mut response = Kind::Closing.answer(&self.api, &call);
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        Answered { response, route: NO_ROUTE, by: "gateway", id: call.id, failure: None }
    }

    async fn forward(
        &self,
        call: &mut Call,
        body: Body,
        plans: Option<&Plans>,
    ) -> Result<(Response<Bytes>, &Route), Refusal<'_>> {
        if !call.is_well_formed() {
            return Err(Refusal::Kind(Kind::Malformed));
        }
        if call.url_length() > URL_LIMIT {
            return Err(Refusal::Kind(Kind::UrlTooLong));
        }
        if call.headers_size() > HEADERS_LIMIT {
            return Err(Refusal::Kind(Kind::HeadersTooLarge));
        }
        // API Gateway takes a request without a route for one that should be signed, and looks for AWS's signature.
        let unsigned =
            if call.has_other_authorization() { Kind::IncompleteSignature } else { Kind::MissingAuthenticationToken };
        let no_route = Refusal::Kind(unsigned);
        let at_root = self.site.as_ref().and_then(|site| Some((site, site.route(call)?)));
        if let Some((site, route)) = at_root {
            if let Some(elsewhere) = site.elsewhere(call) {
                return Err(Refusal::Elsewhere(Box::new(elsewhere)));
            }
            let event = site::event(call).to_string();
            return Ok((self.invoke(event, call, route).await?, route));
        }
        let Some((resource, variables)) = self.routes.find(&call.path).filter(|_| !call.path.is_empty()) else {
            return Err(no_route);
        };
        let Some(route) = resource.route(call.method.as_str()) else {
            let is_of = |preflight: &&Preflight| resource.path().is_some_and(|path| preflight.paths.contains(path));
            let preflight = self.api.preflight.as_ref().filter(|_| call.method == Method::OPTIONS).filter(is_of);
            return Err(preflight.map_or(no_route, Refusal::Preflight));
        };
        let site = self.site.as_ref().filter(|site| site.has(route));
        if let Some(elsewhere) = site.and_then(|site| site.elsewhere(call)) {
            return Err(Refusal::Elsewhere(Box::new(elsewhere)));
        }
        if let Some(plans) = plans.filter(|_| route.key_required) {
            match plans.check(call.api_key()) {
                Verdict::Allowed => {}
                Verdict::UnknownKey => return Err(Refusal::Kind(Kind::InvalidApiKey)),
                Verdict::Throttled { retry_after } => return Err(Refusal::Later(Kind::Throttled, retry_after)),
                Verdict::QuotaExceeded { retry_after } => return Err(Refusal::Later(Kind::QuotaExceeded, retry_after)),
            }
        }
        call.body = read(body).await.map_err(Refusal::Kind)?;
        let event = call.event(&self.api, route, &variables).to_string();
        if event.len() >= EVENT_LIMIT {
            return Err(Refusal::Kind(Kind::RequestTooLarge));
        }
        let mut response = self.invoke(event, call, route).await?;
        rewrite(response.headers_mut());
        Ok((response, route))
    }

    /// Calls the function of a route, unless as many calls are running as may. What waited instead would be answered late, and
    /// everything after it too: a client that is refused at once knows when to come again.
    async fn invoke(&self, event: String, call: &Call, route: &Route) -> Result<Response<Bytes>, Refusal<'_>> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Refusal::Kind(Kind::TooManyCalls))?;
        let function = self.functions[&route.binary].clone();
        invoke(function, event, call, &self.api, route, place).await.map_err(Refusal::Failed)
    }
}

/// Why the gateway answers by itself.
enum Refusal<'a> {
    Kind(Kind),
    Later(Kind, Duration),
    Preflight(&'a Preflight),
    /// The site's pages are at another name of this machine.
    Elsewhere(Box<Response<Body>>),
    /// The function was called and did not answer.
    Failed(Failure),
}

/// A response, and what the log says about it.
struct Answered<'a> {
    response: Response<Body>,
    /// The path in the template: `/books/{bookId}`.
    route: &'a str,
    /// Who answered: a function, or the gateway.
    by: &'a str,
    /// The id of the request.
    id: String,
    failure: Option<Failure>,
}

async fn answer_client(
    State(gateway): State<Arc<Gateway>>,
    ConnectInfo(Peer(peer)): ConnectInfo<Peer>,
    request: Request<Body>,
) -> Response<Body> {
    let started = Instant::now();
    let method = request.method().to_string();
    // A gateway is never dropped before its clients.
    let _ = gateway.is_open.subscribe().wait_for(|is_open| *is_open).await;
    let _running = gateway.running.token();
    let answered = if gateway.running.is_closed() {
        gateway.refuse(peer.ip(), request)
    } else {
        gateway.answer(peer.ip(), request, gateway.plans.as_ref()).await
    };
    gateway.log.line(format_args!("{}", answered.line(&method, started.elapsed())));
    answered.response
}

impl Answered<'_> {
    /// Returns the line of the access log.
    fn line(&self, method: &str, took: Duration) -> String {
        let Answered { response, route, by, id, failure } = self;
        let (status, millis) = (response.status(), took.as_millis());
        // The id finds the function's own line. The route is named, not the path: a path may hold a name, a query a secret.
        let id = if status.is_server_error() { format!("  request {id}") } else { String::new() };
        let cause = failure.as_ref().map(|failure| format!(": {failure}")).unwrap_or_default();
        format!("{}  {method:<7} {route}  {millis} ms  {by}{id}{cause}", status.as_u16())
    }
}

async fn read(body: Body) -> Result<Bytes, Kind> {
    match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(problem) if problem.is::<LengthLimitError>() => Err(Kind::RequestTooLarge),
        Err(_) => Err(Kind::Malformed),
    }
}

fn preflight_answer(preflight: &Preflight, call: &Call) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    for (name, value) in &preflight.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    permit(call, &preflight.origins, &mut response);
    response
}

/// Permits the page of a request to read the answer, if its origin is one of these.
fn permit(call: &Call, origins: &[String], response: &mut Response<Body>) {
    if let Some(origin) = call.headers.get(header::ORIGIN).filter(|origin| is_allowed(origin.as_bytes(), origins)) {
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    }
}

/// The headers of a function that API Gateway drops, and those that it renames (developer guide, "Important notes"). No client
/// knows the other names. hyper writes the length and the date.
const DROPPED: [&str; 11] = [
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "date",
];
const RENAMED: [&str; 7] =
    ["authorization", "connection", "content-md5", "max-forwards", "server", "user-agent", "www-authenticate"];

/// Changes the headers of a function's answer as every REST API does.
fn rewrite(headers: &mut HeaderMap) {
    DROPPED.iter().for_each(|name| drop(headers.remove(*name)));
    for name in RENAMED {
        let renamed = HeaderName::try_from(format!("x-amzn-remapped-{name}"));
        if let (Some(value), Ok(renamed)) = (headers.remove(name), renamed) {
            headers.insert(renamed, value);
        }
    }
    headers.entry(header::CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
}

#[cfg(test)]
mod tests;

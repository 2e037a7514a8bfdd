//! The gateway: API Gateway's part of every request, on a laptop.
//!
//! A request finds its route in the template, is counted against a usage plan, becomes a proxy event, and goes to
//! the function that the template names. What goes wrong on the way is answered in the template's words.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, header};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use jiff::Zoned;
use tokio::sync::watch;

use crate::answer::{Kind, retry_after};
use crate::error::{Error, Result};
use crate::event::Call;
use crate::function::{EVENT_LIMIT, Functions, invoke};
use crate::plans::{Plans, Verdict};
use crate::routes::Routes;
use crate::template::{Api, Cors, Route, Template};

/// The most bytes that API Gateway takes in a body, and in the request line with the headers.
const BODY_LIMIT: usize = 10 << 20;
const HEAD_LIMIT: usize = 10_240;

/// Answers requests as API Gateway does.
#[derive(Debug)]
pub(crate) struct Gateway {
    api: Api,
    routes: Routes,
    functions: Functions,
    plans: Option<Plans>,
    access_log: bool,
    /// Whether clients are turned away.
    closed: AtomicBool,
    /// How many clients are being answered.
    running: watch::Sender<usize>,
}

impl Gateway {
    /// A gateway in front of `functions`. Without `plans` nothing is limited.
    pub(crate) fn new(
        template: &Template,
        functions: Functions,
        plans: Option<Plans>,
        access_log: bool,
    ) -> Result<Self> {
        let orphan = template.routes.iter().find(|route| !functions.contains_key(&route.binary));
        if let Some(Route { function, binary, .. }) = orphan {
            return Err(Error::template(function, format!("the runner does not know the function {binary}")));
        }
        let routes = Routes::new(&template.routes);
        let (closed, running) = (AtomicBool::new(false), watch::Sender::new(0));
        Ok(Gateway { api: template.api.clone(), routes, functions, plans, access_log, closed, running })
    }

    /// Turns new clients away, and waits until the others are answered. What is served beside goes on.
    pub(crate) async fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        // An error would mean that the sender is gone, which is ours.
        let _ = self.running.subscribe().wait_for(|running| *running == 0).await;
    }

    pub(crate) fn stage(&self) -> &str {
        &self.api.stage
    }

    /// Serves clients until `shutdown`, then finishes what it has begun. `beside` is what else is served: nothing that
    /// the cloud has.
    pub(crate) async fn serve(
        self: Arc<Self>,
        listener: TcpListener,
        beside: Router,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let service = beside.fallback_service(Router::new().fallback(of_client).with_state(self));
        let service = service.into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(listener, service).with_graceful_shutdown(shutdown).await
    }

    /// A request of the runner itself: on the same way to the same function, but on nobody's usage plan.
    pub(crate) async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.answer(IpAddr::V4(Ipv4Addr::LOCALHOST), request, None).await.0
    }

    /// The answer, and who gave it.
    async fn answer(&self, peer: IpAddr, request: Request<Body>, plans: Option<&Plans>) -> (Response<Body>, &str) {
        let (head, body) = request.into_parts();
        let mut call = Call::new(peer, &head, &self.api.stage);
        let has_body = !body.is_end_stream();
        let (mut response, by) = match self.forward(&mut call, body, plans).await {
            Ok((response, route)) => (response.map(Body::from), route.binary.as_str()),
            Err(Refusal::Preflight(cors)) => (preflight(cors), "gateway"),
            Err(Refusal::Kind(kind)) => (kind.answer(&self.api, &call), "gateway"),
            Err(Refusal::Later(kind, wait)) => (retry_after(kind.answer(&self.api, &call), wait), "gateway"),
        };
        // A body that was refused unread ends the connection: the client must not send its next request there.
        if by == "gateway" && has_body {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if let Ok(id) = HeaderValue::from_str(&call.id) {
            response.headers_mut().insert(HeaderName::from_static("x-amzn-requestid"), id);
        }
        (response, by)
    }

    fn turn_away(&self, peer: IpAddr, request: Request<Body>) -> Response<Body> {
        let (head, _) = request.into_parts();
        let mut response = Kind::Closing.answer(&self.api, &Call::new(peer, &head, &self.api.stage));
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        response
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
        if !call.has_address(&self.api) {
            return Err(Refusal::Kind(Kind::BadRequest));
        }
        call.body = read(body).await.map_err(Refusal::Kind)?;
        let event = call.event(&self.api, route, &variables).to_string();
        if event.len() >= EVENT_LIMIT {
            return Err(Refusal::Kind(Kind::RequestTooLarge));
        }
        let function = self.functions[&route.binary].clone();
        let response = invoke(function, event, call, &self.api, route).await;
        let mut response = response.map_err(|_| Refusal::Kind(Kind::FunctionFailed))?;
        leave_to_the_connection(response.headers_mut());
        rename(response.headers_mut());
        Ok((response, route))
    }
}

/// Why no function is asked.
enum Refusal<'a> {
    Kind(Kind),
    Later(Kind, std::time::Duration),
    Preflight(&'a Cors),
}

/// A client that is being answered.
struct Running<'a>(&'a watch::Sender<usize>);

impl<'a> Running<'a> {
    fn on(count: &'a watch::Sender<usize>) -> Self {
        count.send_modify(|running| *running += 1);
        Running(count)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|running| *running -= 1);
    }
}

async fn of_client(
    State(gateway): State<Arc<Gateway>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request<Body>,
) -> Response<Body> {
    let started = Instant::now();
    let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
    let _running = Running::on(&gateway.running);
    let (response, by) = if gateway.closed.load(Ordering::SeqCst) {
        (gateway.turn_away(peer.ip(), request), "gateway")
    } else {
        gateway.answer(peer.ip(), request, gateway.plans.as_ref()).await
    };
    if gateway.access_log {
        // Never the query: it may hold what nobody else should read.
        let (time, status, millis) =
            (Zoned::now().strftime("%H:%M:%S"), response.status().as_u16(), started.elapsed().as_millis());
        let _ = writeln!(std::io::stderr().lock(), "{time}  {status}  {method:<7} {path}  {millis} ms  {by}");
    }
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

/// Removes what belongs to one connection (RFC 9110, 7.6.1): the client's has its own.
fn leave_to_the_connection(headers: &mut HeaderMap) {
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

/// A REST API keeps a function's challenge for itself and passes it on under another name, which no client knows;
/// functions cannot prevent it. The problem document says what to do.
fn rename(headers: &mut HeaderMap) {
    if let Some(challenge) = headers.remove(header::WWW_AUTHENTICATE) {
        headers.insert(HeaderName::from_static("x-amzn-remapped-www-authenticate"), challenge);
    }
}

#[cfg(test)]
mod tests;

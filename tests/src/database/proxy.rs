//! The proxies: each function of the template calls DynamoDB through one of its own.

use std::collections::HashMap;
use std::net::Ipv4Addr;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use local::template::Template;
use serde_json::json;
use tokio::net::TcpListener;

use super::choice::Faults;
use super::client::Client;
use super::delay::Delays;
use super::faults::Fault;
use super::hold::{Hold, Holds, RandomHolds};
use super::lag::Lags;
use super::meter::{Call, Meter};
use super::pattern::{Pattern, Request};
use super::stale::StaleReads;

/// The functions that follow the journal, for which no request waits.
const BEHIND: [&str; 2] = ["dispatch", "indexer"];

/// The proxies of all functions, seen by a test.
#[derive(Clone)]
pub struct Proxy {
    database: Client,
    meter: Option<Meter>,
    faults: Faults,
    holds: Holds,
    random_holds: RandomHolds,
    lags: Lags,
    delays: Delays,
    stale_reads: StaleReads,
}

impl Proxy {
    /// Proxies in front of `database`, which count calls or do not: counting costs time.
    pub(crate) fn new(database: Client, is_metered: bool) -> Proxy {
        Proxy {
            database,
            meter: is_metered.then(Meter::default),
            faults: Faults::default(),
            holds: Holds::default(),
            random_holds: RandomHolds::default(),
            lags: Lags::default(),
            delays: Delays::default(),
            stale_reads: StaleReads::default(),
        }
    }

    /// Starts a proxy for each function of the template. Returns the addresses by function.
    pub(crate) async fn start(&self) -> HashMap<String, String> {
        let template = Template::embedded().unwrap_or_else(|error| panic!("{error}"));
        let mut endpoints = HashMap::new();
        let of_routes = template.routes.iter().map(|route| &route.binary);
        for function in of_routes.chain(template.mappings.iter().map(|mapping| &mapping.binary)) {
            if endpoints.contains_key(function) {
                continue;
            }
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
            let address = listener.local_addr().expect("an address");
            let app = Router::new().fallback(forward).with_state((self.clone(), function.clone()));
            tokio::spawn(async move { axum::serve(listener, app).await });
            endpoints.insert(function.clone(), format!("http://{address}"));
        }
        endpoints
    }

    /// Returns the calls since the last time that this was asked.
    ///
    /// # Panics
    /// If calls are not counted.
    pub fn take(&self) -> Vec<Call> {
        self.meter.as_ref().expect("set up metered").take()
    }

    /// Returns the same without the calls of functions that work in the background.
    pub fn take_of_requests(&self) -> Vec<Call> {
        self.take().into_iter().filter(|call| !BEHIND.contains(&call.function.as_str())).collect()
    }

    /// Holds the next call of that pattern on its way to DynamoDB, until the handle is released or dropped.
    pub fn hold(&self, pattern: Pattern) -> Hold {
        self.holds.add(pattern)
    }

    /// Holds so many of a hundred transactions from now on, each until some other calls have gone past it.
    pub fn hold_at_random(&self, percent: u32) {
        self.random_holds.set(percent);
    }

    /// Lets indexes lag from now on: so many of a hundred changed items are shown as they were before.
    pub fn lag(&self, percent: u32) {
        self.lags.set(percent);
    }

    /// Lets so many of a thousand calls be late from now on, by a tenth of a second to half a minute.
    pub fn delay(&self, of_a_thousand: u32) {
        self.delays.0.set(of_a_thousand);
    }

    /// Lets so many of a thousand eventually consistent reads of an item show what it was up to a second ago.
    pub fn stale_reads(&self, of_a_thousand: u32) {
        self.stale_reads.share.set(of_a_thousand);
    }

    /// Lets other calls fail, wait and lag from now on than those of another seed.
    pub fn seed(&self, seed: u64) {
        self.faults.seed(seed);
        self.random_holds.seed(seed);
        self.lags.seed(seed);
        self.delays.0.seed(seed);
        self.stale_reads.share.seed(seed);
    }

    /// Lets so many of a hundred calls go wrong from now on, on the way to DynamoDB or back.
    pub fn fail(&self, percent: u32) {
        self.fail_with(percent, Fault::NETWORK);
    }

    /// Lets so many of a hundred calls go wrong from now on, in these ways, besides those that go wrong already.
    pub fn fail_with(&self, percent: u32, faults: &[Fault]) {
        self.faults.add_share(percent, faults);
    }

    /// Lets the next call of that pattern go wrong.
    pub fn fail_once(&self, pattern: Pattern, fault: Fault) {
        self.faults.choose(pattern, fault, Some(1));
    }

    /// Lets the next `count` calls of that pattern go wrong.
    pub fn fail_times(&self, count: u32, pattern: Pattern, fault: Fault) {
        self.faults.choose(pattern, fault, Some(count));
    }

    /// Lets every call of that pattern go wrong from now on.
    pub fn fail_always(&self, pattern: Pattern, fault: Fault) {
        self.faults.choose(pattern, fault, None);
    }

    /// Returns how many calls have gone wrong.
    pub fn failed(&self) -> u32 {
        self.faults.failed()
    }

    /// Lets no call go wrong or be late from now on, holds none at random, and lets no index lag.
    pub fn recover(&self) {
        self.faults.clear();
        self.random_holds.set(0);
        self.lags.set(0);
        self.delay(0);
        self.stale_reads(0);
    }
}

/// Forwards a call to DynamoDB, with what the test wants to happen on the way.
async fn forward(State((proxy, function)): State<(Proxy, String)>, headers: HeaderMap, bytes: Bytes) -> Response {
    let request = Request::new(function, &headers, bytes);
    proxy.holds.pass(&request).await;
    proxy.random_holds.pass(&request).await;
    proxy.delays.pass().await;
    let fault = proxy.faults.next(&request);
    if let Some(answer) = fault.and_then(|fault| fault.instead(&request)) {
        return answer;
    }
    let answer = match &proxy.meter {
        Some(meter) => {
            let answer = proxy.database.forward(headers, asking_for_capacity(&request)).await;
            meter.record(&request, &answer.bytes);
            answer
        }
        None => {
            let bytes = fault.map_or_else(|| request.bytes.clone(), |fault| fault.forwarded(&request));
            let answer = proxy.lags.change(&request, proxy.database.forward(headers, bytes).await);
            proxy.stale_reads.change(&request, answer)
        }
    };
    match fault {
        Some(fault) => fault.change(&request, answer),
        None => answer.into_response(),
    }
}

/// The same request, which also asks what it costs.
fn asking_for_capacity(request: &Request) -> String {
    let mut body = request.body().clone();
    body["ReturnConsumedCapacity"] = json!("INDEXES");
    body.to_string()
}

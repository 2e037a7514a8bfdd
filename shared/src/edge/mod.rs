//! The edge: HTTP around every function's routes.
//!
//! - [`routes`]: a function's route table
//! - [`extract`], [`caller`]: what a handler may ask of a request
//! - [`page`]: lists, and their cursors
//! - [`error`], [`refusals`], [`problem`]: how a request is refused
//! - [`router`]: the layers around all routes

pub mod caller;
#[cfg(feature = "contract")]
mod contract;
mod deadline;
pub mod details;
pub mod error;
mod etag;
pub mod extract;
pub mod forgery;
pub mod headers;
mod log;
pub mod origin;
mod outcomes;
pub mod page;
mod panics;
pub mod problem;
mod protect;
pub mod refusals;
pub mod refuses;
pub mod routes;
pub mod site;
mod unknown_query;

use std::collections::HashSet;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use http::Method;
use tower::ServiceBuilder;

pub use crate::edge::etag::with_etag;
pub(crate) use crate::edge::log::CallerId;

use crate::edge::deadline::answer_in_time;
use crate::edge::error::Error;
use crate::edge::forgery::refuse_forgery;
use crate::edge::log::log;
use crate::edge::origin::permit;
use crate::edge::panics::catch_panics;
use crate::edge::problem::explain;
use crate::edge::protect::protect;
use crate::edge::refusals::{MethodNotAllowed, NotFound};
use crate::edge::routes::Routes;
use crate::edge::unknown_query::refuse_unknown_query;
use crate::runtime::app::Settings;

/// The most bytes that a body may have, where nothing larger is called for.
pub const BODY_LIMIT: usize = 64 * 1024;

/// What the layers know.
#[derive(Clone)]
struct Edge {
    settings: Arc<Settings>,
    without_query: Arc<HashSet<(Method, String)>>,
}

/// Returns the router of a function: its routes, with the layers of the edge around each.
///
/// `body_limit` is the most bytes that a body may have.
pub fn router<S: Clone + Send + Sync + 'static>(
    routes: Routes<S>,
    state: S,
    settings: Arc<Settings>,
    body_limit: usize,
) -> Router {
    let edge = Edge { settings, without_query: Arc::new(routes.without_query) };
    panics::record();
    // A request goes down the list, its answer comes up.
    let layers = ServiceBuilder::new()
        .layer(from_fn(log))
        .layer(map_response(protect))
        .layer(from_fn_with_state(edge.clone(), permit))
        .layer(from_fn_with_state(edge.clone(), explain))
        .layer(from_fn(answer_in_time))
        .layer(from_fn(catch_panics))
        .layer(from_fn_with_state(edge.clone(), refuse_forgery))
        .layer(from_fn_with_state(edge, refuse_unknown_query))
        .layer(DefaultBodyLimit::max(body_limit));
    routes
        .router
        .fallback(async || Error::from(NotFound::Route))
        .method_not_allowed_fallback(async || Error::from(MethodNotAllowed::Method))
        .layer(layers)
        .with_state(state)
}

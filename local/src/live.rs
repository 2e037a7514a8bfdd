//! API Gateway's WebSocket API: sockets, the events that describe them to a function, and the management API through which a
//! function reaches them. Each module uses those below it only.
//!
//! - `handshake`: `GET /socket`, which the function may refuse
//! - `management`: `/socket/@connections/{id}`
//! - `session`: the life of a socket, from the handshake to the last event
//! - `sockets`: all open sockets, and the function that hears of them
//! - `event`: the events
//! - `connection`: what can be done with a socket from outside its session
//! - `close`: why a socket closes
//!
//! In the cloud this is an API of its own, with a stage; here it is beside the other API, at `/socket`.

mod close;
mod connection;
mod event;
mod handshake;
mod management;
mod session;
mod sockets;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::dev;
pub(crate) use sockets::Sockets;

/// Returns the routes of the sockets and of their management.
pub(crate) fn router(sockets: Arc<Sockets>) -> Router {
    Router::new().route(dev::LIVE, get(handshake::handshake)).merge(management::router()).with_state(sockets)
}

#[cfg(test)]
mod tests;

//! Live events and the activity log, for librarians.

mod create_ticket;
mod list_activity;
mod list_events;
pub mod socket;

use axum::extract::FromRef;
use shared::edge::routes::Routes;
use shared::routes;
use shared::runtime::app::App;
use shared::tables::{Connections, Journal};

/// What this function needs beyond every function's [`App`].
#[derive(Clone)]
pub struct Live {
    app: App,
    journal: Journal,
    connections: Connections,
    /// The URL of the WebSocket API, to which monitors connect.
    url: String,
}

impl Live {
    /// Returns the state on the tables of `app`. Monitors connect to the WebSocket API at `url`.
    pub fn new(app: App, url: String) -> Self {
        Live { journal: app.journal(), connections: app.connections(), app, url }
    }
}

impl FromRef<Live> for App {
    fn from_ref(live: &Live) -> App {
        live.app.clone()
    }
}

/// Returns all routes of this function. The contract test compares them with template.yaml.
pub fn routes() -> Routes<Live> {
    Routes::default()
        .routes(routes!(create_ticket::create_ticket))
        .routes(routes!(list_events::list_events).with_query())
        .routes(routes!(list_activity::list_activity).with_query())
}

/// Returns the function's router. [`socket::handle`] answers the events of the WebSocket API.
pub fn app(live: Live) -> axum::Router {
    let settings = live.app.settings.clone();
    shared::edge::router(routes(), live, settings, shared::edge::BODY_LIMIT)
}

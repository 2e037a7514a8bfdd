//! What librarians watch: live events, and the activity log.

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
    /// Where monitors connect: the WebSocket API's own address.
    url: String,
}

impl Live {
    /// The state on the tables of `app`. Monitors connect to the WebSocket API at `url`.
    pub fn new(app: App, url: String) -> Self {
        Live { journal: app.journal(), connections: app.connections(), app, url }
    }
}

impl FromRef<Live> for App {
    fn from_ref(live: &Live) -> App {
        live.app.clone()
    }
}

/// All routes of this function. The contract test compares them with template.yaml.
pub fn routes() -> Routes<Live> {
    Routes::default()
        .routes(routes!(create_ticket::create_ticket))
        .routes(routes!(list_events::list_events).with_query())
        .routes(routes!(list_activity::list_activity).with_query())
}

/// The function, ready to answer. What comes over the WebSocket API goes to [`socket::handle`].
pub fn app(live: Live) -> axum::Router {
    let settings = live.app.settings.clone();
    shared::edge::router(routes(), live, settings, shared::edge::BODY_LIMIT)
}

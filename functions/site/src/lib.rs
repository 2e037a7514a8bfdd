//! What a library tells everybody about itself: its documentation, its contract, and that it is there.
//!
//! All of it is in the binary. This function has no table and may not read one.

mod contract;
mod file;
mod health;
mod page;

use std::sync::Arc;

use axum::routing::get;
use sha2::{Digest, Sha256};
use shared::edge::routes::Routes;
use shared::routes;
use shared::runtime::app::Settings;

/// All routes of this function. The contract test compares them with template.yaml.
pub fn routes() -> Routes<Arc<Settings>> {
    Routes::default()
        .routes(routes!(health::health))
        .routes(routes!(contract::contract))
        .routes(routes!(page::page))
        .routes(routes!(file::file))
}

/// The routes whose answers are streamed, as the template says too: Swagger UI is compressed, and its bytes must reach
/// every browser as bytes.
pub const STREAMED: &[(&str, &str)] = &[("GET", "/docs/{file}")];

/// The function, ready to answer.
pub fn app(settings: Arc<Settings>) -> axum::Router {
    // API Gateway takes /docs/ for /docs, and people type both; what the page loads, it names by whole paths.
    let routes = routes().route("/docs/", get(page::page));
    shared::edge::router(routes, settings.clone(), settings, shared::edge::BODY_LIMIT)
}

/// An ETag's value for these very bytes.
fn tag(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

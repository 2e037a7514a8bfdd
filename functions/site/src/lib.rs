//! The contract and the health check.
//!
//! All of it is in the binary. This function cannot read any table.

mod contract;
mod health;
mod root;

use std::sync::Arc;

use sha2::{Digest, Sha256};
use shared::edge::routes::Routes;
use shared::routes;
use shared::runtime::app::Settings;

/// Returns all routes of this function. The contract test compares them with template.yaml.
pub fn routes() -> Routes<Arc<Settings>> {
    Routes::default().routes(routes!(root::root)).routes(routes!(health::health)).routes(routes!(contract::contract))
}

/// Returns the function's router.
pub fn app(settings: Arc<Settings>) -> axum::Router {
    shared::edge::router(routes(), settings.clone(), settings, shared::edge::BODY_LIMIT)
}

/// Returns the value of the `ETag` for these bytes.
fn tag(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

//! `GET /health`.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// The status of the API.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// Always `ok`.
    #[schema(example = "ok")]
    status: &'static str,
}

/// Returns `ok` if the gateway and a function are running.
///
/// It does not call the database: a probe every second is cheap, and a busy table does not make the API look
/// unavailable.
///
/// # Errors
/// None of its own.
#[utoipa::path(get, path = "/health", tag = "site", operation_id = "health",
    extensions(("x-access" = json!("public"))),
    responses((status = 200, description = "The API is running.", body = Health)))]
pub(crate) async fn health() -> Json<Health> {
    Json(Health { status: "ok" })
}

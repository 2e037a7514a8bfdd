//! `GET /health`.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// How the library is.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok`: whoever gets an answer gets this one.
    #[schema(example = "ok")]
    status: &'static str,
}

/// Tells that the library is there: the gateway, and behind it a function.
///
/// Nothing else is asked, the database least of all: a probe every second costs nothing, and a busy table does not make a
/// library look gone.
///
/// # Errors
/// None of its own.
#[utoipa::path(get, path = "/health", tag = "site", operation_id = "health",
    extensions(("x-access" = json!("public"))),
    responses((status = 200, description = "It is there.", body = Health)))]
pub(crate) async fn health() -> Json<Health> {
    Json(Health { status: "ok" })
}

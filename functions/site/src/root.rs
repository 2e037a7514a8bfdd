//! `GET /`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::IntoResponse;
use shared::runtime::app::Settings;

/// Leads to the documentation page.
///
/// # Errors
/// None of its own.
#[utoipa::path(get, path = "/", tag = "site", operation_id = "root",
    extensions(("x-access" = json!("public"))),
    responses((status = 302, description = "The documentation is at `Location`.",
        headers(("Location" = String, description = "The page.")))))]
pub(crate) async fn root(State(settings): State<Arc<Settings>>) -> impl IntoResponse {
    (StatusCode::FOUND, [(LOCATION, settings.url("/docs"))])
}

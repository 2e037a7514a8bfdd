//! `GET /docs`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{Html, IntoResponse};
use shared::runtime::app::Settings;

const PAGE: &str = include_str!("page.html");

/// The Content-Security-Policy of the page. Scripts, styles and requests are allowed from this origin only, and nothing
/// is inline. Images are allowed from two schemes:
/// `data:`, because Swagger UI's style sheet contains its arrows, and the page its icon;
/// `blob:`, because Swagger UI shows a picture that an operation returned from memory.
///
/// Swagger UI sets styles of elements by script (CSSOM), which `style-src` does not restrict.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data: blob:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Returns the documentation page, which describes every operation and can call it.
///
/// "Authorize" accepts an `accessToken` and the API key of a front end. The page forgets both when it is closed.
///
/// # Errors
/// None of its own.
#[utoipa::path(get, path = "/docs", tag = "site", operation_id = "docs",
    extensions(("x-access" = json!("public"))),
    responses((status = 200, description = "A page for a browser.", body = String, content_type = "text/html")))]
pub(crate) async fn page(State(settings): State<Arc<Settings>>) -> impl IntoResponse {
    let page = PAGE.replace("{{base}}", &settings.base_path);
    ([(CONTENT_SECURITY_POLICY, POLICY)], Html(page))
}

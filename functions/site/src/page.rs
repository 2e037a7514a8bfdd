//! `GET /docs`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{Html, IntoResponse};
use shared::runtime::app::Settings;

const PAGE: &str = include_str!("page.html");

/// What the page may do. Everything that it is made of, and all that it asks, is this library's own, and nothing in it is
/// inline. Beyond that it shows pictures from two sources that are no addresses:
/// `data:`, as Swagger UI's style sheet has its arrows in itself, and the page its icon;
/// `blob:`, as a picture that was asked for by trying it out is shown from memory.
///
/// Swagger UI does set styles of elements, but by script (CSSOM), which `style-src` is not about.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data: blob:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Shows the documentation: every operation, to read about and to try out.
///
/// "Authorize" takes the `accessToken` of signing in, and a frontend's key; neither outlives the page.
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

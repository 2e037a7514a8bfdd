//! `GET /openapi.json`.

use std::sync::LazyLock;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::Response;
use shared::edge::extract::IfNoneMatch;
use shared::edge::with_etag;
use utoipa::ToSchema;

/// The committed contract. The program that generates it includes this function, but generates it from the routes and
/// not from this text: so an outdated text does no harm, and the next build includes the new one.
const CONTRACT: &str = include_str!("../../../openapi.json");

static TAG: LazyLock<String> = LazyLock::new(|| crate::tag(CONTRACT.as_bytes()));

/// An OpenAPI document.
#[derive(ToSchema)]
#[schema(value_type = Object)]
pub(crate) struct Contract(());

/// Returns this contract (OpenAPI 3.1).
///
/// # Errors
/// None of its own.
#[utoipa::path(get, path = "/openapi.json", tag = "site", operation_id = "contract", params(IfNoneMatch),
    extensions(("x-access" = json!("public"))),
    responses(
        (status = 200, description = "The contract.", body = Contract,
            headers(("ETag" = String, description = "Identifies this text."))),
        (status = 304, description = "Not changed since the `ETag` in `If-None-Match`.")))]
pub(crate) async fn contract(known: IfNoneMatch) -> Response {
    let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "public, max-age=300")];
    with_etag((headers, CONTRACT), &*TAG, Some(&known))
}

//! `GET /openapi.json`.

use std::sync::LazyLock;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::Response;
use shared::edge::extract::IfNoneMatch;
use shared::edge::with_etag;
use utoipa::ToSchema;

/// The committed contract. It is made by a program with this function in it, but from what the routes say and not from
/// this text: whatever stands here, even nothing, the next one is right, and is here with the next build.
const CONTRACT: &str = include_str!("../../../openapi.json");

static TAG: LazyLock<String> = LazyLock::new(|| crate::tag(CONTRACT.as_bytes()));

/// An OpenAPI document.
#[derive(ToSchema)]
#[schema(value_type = Object)]
pub(crate) struct Contract(());

/// Gets the contract (OpenAPI 3.1): this very document.
///
/// # Errors
/// None of its own.
#[utoipa::path(get, path = "/openapi.json", tag = "site", operation_id = "contract", params(IfNoneMatch),
    extensions(("x-access" = json!("public"))),
    responses(
        (status = 200, description = "The contract.", body = Contract,
            headers(("ETag" = String, description = "Names this very text."))),
        (status = 304, description = "You have it as it is.")))]
pub(crate) async fn contract(known: IfNoneMatch) -> Response {
    let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "public, max-age=300")];
    with_etag((headers, CONTRACT), &*TAG, Some(&known))
}

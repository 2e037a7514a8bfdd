//! `GET /imports`.

use axum::extract::State;
use axum::response::Response;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::page::{Listing, NoFilter, Page};
use shared::tables::library::imports::Import;
use shared::values::ImportId;

use crate::Imports;

/// Lists the imports of the caller, the newest first.
///
/// # Errors
/// 400 if `limit` or `cursor` is invalid; 401 without a live session.
#[utoipa::path(get, path = "/imports", tag = "files", operation_id = "listImports",
    params(Listing<NoFilter, ImportId>), extensions(("x-access" = json!("user"))),
    responses((status = 200, description = "A page of imports.", body = Page<Import>, headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list(
    State(imports): State<Imports>,
    caller: Caller,
    listing: Listing<NoFilter, ImportId>,
) -> Result<Response> {
    let listing = listing.of(caller.id);
    let found = imports.library.list_imports(caller.id, listing.limit, listing.after()?, imports.app.now()).await?;
    Ok(listing.page(found.items, found.next))
}

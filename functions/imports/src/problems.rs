//! `GET /imports/{importId}/problems`.

use axum::extract::State;
use axum::response::Response;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Path;
use shared::edge::page::{Listing, NoFilter, Page};
use shared::edge::refusals::NotFound;
use shared::values::ImportId;

use crate::Imports;
use crate::get::open;
use crate::report::{PartReport, ReportedRow};

/// How many parts a page reads.
const PARTS: usize = 2;

/// Lists the rows of an import that need a word, in their order: those that were skipped or failed, and those that were added with
/// something odd. A page has the rows of two parts, whatever its `limit`.
///
/// # Errors
/// 400 if `limit` or `cursor` is invalid; 401 without a live session; 404 if the caller has no such import.
#[utoipa::path(get, path = "/imports/{importId}/problems", tag = "files", operation_id = "listImportProblems",
    params(("importId" = ImportId, Path), Listing<NoFilter, u32>),
    extensions(("x-access" = json!("user")), ("x-refusals" = json!([NotFound::Import]))),
    responses((status = 200, description = "A page of rows.", body = Page<ReportedRow>, headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn problems(
    State(imports): State<Imports>,
    caller: Caller,
    Path(id): Path<ImportId>,
    listing: Listing<NoFilter, u32>,
) -> Result<Response> {
    let listing = listing.of(caller.id);
    let after = listing.after()?.unwrap_or_default();
    open(&imports, &caller, id).await?;
    let found = imports.library.list_parts(id, PARTS, after).await?;
    let mut rows: Vec<ReportedRow> = Vec::new();
    for part in &found.items {
        rows.extend(PartReport::unpack(&part.packed)?.problems);
    }
    Ok(listing.page(rows, found.next))
}

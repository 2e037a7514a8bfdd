//! `GET /imports/{importId}/problems`.

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::Response;
use formats::write::csv;
use serde::{Deserialize, Serialize};
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Path;
use shared::edge::page::{Listing, Page};
use shared::edge::refusals::NotFound;
use shared::values::ImportId;
use utoipa::{IntoParams, ToSchema};

use crate::Imports;
use crate::get::open;
use crate::report::{COLUMNS, PartReport, ReportedRow};

/// How many parts a page reads.
const PARTS: usize = 2;

#[derive(Deserialize, Serialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Parameters {
    /// `csv`: a table for a spreadsheet; `json` where none is named.
    #[param(inline, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<Format>,
}

#[derive(Deserialize, Serialize, ToSchema, Clone, Copy, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Format {
    Json,
    Csv,
}

/// Lists the rows of an import that need a word, in their order: those that were skipped or failed, and those that were added with
/// something odd. A page has the rows of two parts, whatever its `limit`.
///
/// The table (`format=csv`) has a line for each problem. Its pages after one another are the table: follow `Link`. Only the first one has
/// the header. A text that a spreadsheet would compute has a `'` in front.
///
/// # Errors
/// 400 if a parameter is unknown or invalid; 401 without a live session; 404 if the caller has no such import.
#[utoipa::path(get, path = "/imports/{importId}/problems", tag = "files", operation_id = "listImportProblems",
    params(("importId" = ImportId, Path), Listing<Parameters, u32>),
    extensions(("x-access" = json!("user")), ("x-refusals" = json!([NotFound::Import]))),
    responses((status = 200, description = "A page of rows.",
        content((Page<ReportedRow> = "application/json"), (String = "text/csv")),
        headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn problems(
    State(imports): State<Imports>,
    caller: Caller,
    Path(id): Path<ImportId>,
    listing: Listing<Parameters, u32>,
) -> Result<Response> {
    let listing = listing.of(caller.id);
    let after = listing.after()?;
    open(&imports, &caller, id).await?;
    let found = imports.library.list_parts(id, PARTS, after.unwrap_or_default()).await?;
    let mut rows: Vec<ReportedRow> = Vec::new();
    for part in &found.items {
        rows.extend(PartReport::unpack(&part.packed)?.problems);
    }
    if listing.filter.format != Some(Format::Csv) {
        return Ok(listing.page(rows, found.next));
    }
    let mut table = String::new();
    if after.is_none() {
        table.push('\u{feff}');
        csv::line(&mut table, &COLUMNS);
    }
    rows.iter().for_each(|row| row.lines(&mut table));
    let headers =
        [(CONTENT_TYPE, "text/csv; charset=utf-8"), (CONTENT_DISPOSITION, "attachment; filename=\"problems.csv\"")];
    Ok(listing.page_of((headers, table), found.next))
}

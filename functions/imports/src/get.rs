//! `GET /imports/{importId}`.

use axum::Json;
use axum::extract::State;
use formats::{Format, Plan};
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Path;
use shared::edge::refusals::NotFound;
use shared::tables::library::imports::{Import, Open};
use shared::values::ImportId;

use crate::Imports;

/// Returns an import of the caller: what became of its rows, and which part is next. Whoever lost the connection goes on there.
///
/// # Errors
/// 401 without a live session; 404 if the caller has no such import.
#[utoipa::path(get, path = "/imports/{importId}", tag = "files", operation_id = "getImport",
    params(("importId" = ImportId, Path)),
    extensions(("x-access" = json!("user")), ("x-refusals" = json!([NotFound::Import]))),
    responses((status = 200, description = "The import.", body = Import)))]
pub(crate) async fn get(
    State(imports): State<Imports>,
    caller: Caller,
    Path(id): Path<ImportId>,
) -> Result<Json<Import>> {
    Ok(Json(open(&imports, &caller, id).await?.import))
}

/// Reads an import of the caller.
///
/// # Errors
/// 404 if the caller has no such import.
pub(crate) async fn open(imports: &Imports, caller: &Caller, id: ImportId) -> Result<Open> {
    let open = imports.library.get_import(caller.id, id, imports.app.now()).await?;
    Ok(open.ok_or(NotFound::Import)?)
}

/// Returns whether an import has readers. Its plan says so before its first part is done.
///
/// # Errors
/// A fault of the table.
pub(crate) async fn has_members(imports: &Imports, import: &Import) -> Result<bool> {
    if let Some(format) = &import.format {
        return Ok(format == Format::Members.word());
    }
    let plan = imports.library.get_plan(import.id).await?;
    Ok(plan.as_deref().and_then(Plan::kept).is_some_and(|plan| plan.format == Format::Members))
}

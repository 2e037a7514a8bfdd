//! `POST /imports/{importId}/finish`.

use axum::Json;
use axum::extract::State;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Path;
use shared::edge::refusals::{Conflict, NotFound};
use shared::tables::library::imports::{Import, State as ImportState};
use shared::values::ImportId;

use crate::Imports;
use crate::get::open;

/// Finishes an import: it takes no more parts. What it added stays. Sent again, it changes nothing.
///
/// # Errors
/// 401 without a live session; 404 if the caller has no such import; 409 if it was undone.
#[utoipa::path(post, path = "/imports/{importId}/finish", tag = "files", operation_id = "finishImport",
    params(("importId" = ImportId, Path)),
    extensions(("x-access" = json!("user")), ("x-refusals" = json!([NotFound::Import, Conflict::ImportUndone]))),
    responses((status = 200, description = "It is finished.", body = Import)))]
pub(crate) async fn finish(
    State(imports): State<Imports>,
    caller: Caller,
    Path(id): Path<ImportId>,
) -> Result<Json<Import>> {
    open(&imports, &caller, id).await?;
    let import = imports.library.finish_import(caller.id, id).await?.ok_or(NotFound::Import)?;
    match import.state {
        ImportState::Undoing | ImportState::Undone => Err(Conflict::ImportUndone.into()),
        ImportState::Open | ImportState::Finished => Ok(Json(import)),
    }
}

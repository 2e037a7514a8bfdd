//! `POST /imports/{importId}/finish`.

use axum::Json;
use axum::extract::State;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Path;
use shared::edge::refusals::{Conflict, Forbidden, NotFound};
use shared::tables::library::imports::{Import, State as ImportState};
use shared::values::{Address, ImportId};

use crate::Imports;
use crate::get::{has_members, open};

/// Finishes an import: it takes no more parts. What it added stays. Sent again, it changes nothing.
///
/// If it has added readers, each of them who has an email address gets a letter that lets them choose a password: fifty a minute.
///
/// # Errors
/// 401 without a live session; 403 if it has added readers, and the caller is not a librarian any more; 404 if the caller has no such import; 409 if it was undone.
#[utoipa::path(post, path = "/imports/{importId}/finish", tag = "files", operation_id = "finishImport",
    params(("importId" = ImportId, Path)),
    extensions(("x-access" = json!("user")), ("x-refusals" = json!([Forbidden::LibrariansOnly, NotFound::Import, Conflict::ImportUndone]))),
    responses((status = 200, description = "It is finished.", body = Import)))]
pub(crate) async fn finish(
    State(imports): State<Imports>,
    caller: Caller,
    from: Address,
    Path(id): Path<ImportId>,
) -> Result<Json<Import>> {
    let import = open(&imports, &caller, id).await?.import;
    let import = if !import.dry_run && has_members(&imports, &import).await? {
        imports.library.finish_import_of_members(id, &caller.librarian(&imports.app, from)?).await?
    } else {
        imports.library.finish_import(caller.id, id).await?
    };
    let import = import.ok_or(NotFound::Import)?;
    match import.state {
        ImportState::Undoing | ImportState::Undone => Err(Conflict::ImportUndone.into()),
        ImportState::Open | ImportState::Finished => Ok(Json(import)),
    }
}

//! `DELETE /imports/{importId}`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Path;
use shared::edge::refusals::{Forbidden, NotFound};
use shared::tables::library::imports::undo::Undoing;
use shared::tables::library::imports::{Import, State as ImportState};
use shared::values::{Address, ImportId};

use crate::Imports;
use crate::begin::importer;
use crate::get::{has_members, open};

/// Undoes an import: takes its books out of the library again, with their barcodes. Books that somebody has changed, reserved or
/// borrowed since stay, and are counted in `undo.kept`. Books that it has only changed (`onDuplicate`) become what they were before, unless
/// somebody has changed them since. Readers go who have neither chosen a password nor got a role, and
/// who have never reserved or borrowed.
///
/// An answer of 202 means that there is more to do: send the request again, after as many seconds as `Retry-After` says, if it is
/// there. A part may still be coming in then. Requests can be lost, repeated and sent at the same time. From the first one on the import
/// takes no more parts; the same file can come in again as a new import.
///
/// # Errors
/// 401 without a live session; 403 if only librarians may add books in this library, or if it has readers and the
/// caller is not a librarian; 404 if the caller has no such import.
#[utoipa::path(delete, path = "/imports/{importId}", tag = "files", operation_id = "undoImport",
    params(("importId" = ImportId, Path)),
    extensions(("x-access" = json!("writer")), ("x-refusals" = json!([Forbidden::LibrariansAddBooks, Forbidden::LibrariansOnly, NotFound::Import]))),
    responses((status = 200, description = "It is undone.", body = Import),
        (status = 202, description = "There is more to do.", body = Import, headers(("Retry-After" = u32, description = "Seconds to wait before the next request.")))))]
pub(crate) async fn undo(
    State(imports): State<Imports>,
    caller: Caller,
    from: Address,
    Path(id): Path<ImportId>,
) -> Result<Response> {
    let import = open(&imports, &caller, id).await?.import;
    let actor = importer(&imports, &caller, from.clone(), import.shelf)?;
    let undone = if has_members(&imports, &import).await? {
        imports.accounts.undo_import(caller.id, id, &caller.librarian(&imports.app, from)?).await?
    } else {
        imports.library.undo_import(caller.id, id, (&actor, caller.scope())).await?
    };
    let Undoing { import, wait } = undone.ok_or(NotFound::Import)?;
    let status = if import.state == ImportState::Undone { StatusCode::OK } else { StatusCode::ACCEPTED };
    let mut response = (status, Json(import)).into_response();
    if let Some(wait) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs() + 1));
    }
    Ok(response)
}

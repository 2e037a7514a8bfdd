//! `GET /desk`.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::tables::library::lending::desk::{Count, DeskList};
use utoipa::ToSchema;

use crate::Desk;

/// How long the lists of the desk are.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeskNumbers {
    /// Copies that are ready for their readers: `GET /reservations?ready=true`.
    ready: Count,
    /// Those of them that still stand on their shelf: `…&aside=false`.
    to_fetch: Count,
    /// Copies that go back to their shelf, or need a new slip: `?putBack=true`.
    put_back: Count,
    /// Loans whose due day has passed: `?overdue=true`.
    overdue: Count,
    /// Loans that are due today: `?due=today`.
    due_today: Count,
}

/// Returns how much there is to do at the desk.
///
/// The numbers may miss what has happened a moment ago.
///
/// # Errors
/// 401 without a live session; 403 if the caller is neither a librarian nor an assistant.
#[utoipa::path(get, path = "/desk", tag = "desk", operation_id = "getDesk", extensions(("x-access" = json!("desk"))),
    responses((status = 200, description = "The numbers.", body = DeskNumbers)))]
pub(crate) async fn numbers(State(desk): State<Desk>, caller: Caller) -> Result<Json<DeskNumbers>> {
    caller.require_desk()?;
    let count = |list| desk.library.desk_count(list, desk.app.now());
    let (ready, to_fetch, put_back, overdue, due_today) = tokio::try_join!(
        count(DeskList::Ready),
        count(DeskList::ToFetch),
        count(DeskList::PutBack),
        count(DeskList::Overdue),
        count(DeskList::DueToday),
    )?;
    Ok(Json(DeskNumbers { ready, to_fetch, put_back, overdue, due_today }))
}

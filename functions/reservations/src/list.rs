//! `GET /reservations`.

use axum::Json;
use axum::extract::State;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::page::Page;

use crate::Reservations;
use shared::tables::library::lending::Reservation;

/// Lists what the caller has reserved or borrowed, the last reserved first: at most ten, so it is one page.
///
/// # Errors
/// 401 without a live session.
#[utoipa::path(get, path = "/reservations", tag = "reservations", operation_id = "listReservations",
    extensions(("x-access" = json!("user"))),
    responses((status = 200, description = "All of them.", body = Page<Reservation>)))]
pub(crate) async fn list(State(reservations): State<Reservations>, caller: Caller) -> Result<Json<Page<Reservation>>> {
    let items = reservations.library.list_reservations(caller.id, reservations.app.now()).await?;
    Ok(Json(Page { items, next_cursor: None }))
}

//! `POST /reservations/{reservationId}/letters`. Idempotent.

use axum::Json;
use axum::extract::State;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Path;
use shared::edge::refusals::{Conflict, NotFound};
use shared::tables::library::lending::Reservation;
use shared::values::{Address, ReservationId};

use crate::Reservations;

/// Records that the letter about an overdue loan for which it is time was printed. Then it is not sent as an email any more. If it
/// went out before, or it is time for none, nothing changes.
///
/// # Errors
/// 401 without a live session; 403 if the caller is neither a librarian nor an assistant; 404 if there is no such reservation; 409
/// if the copy is not checked out.
#[utoipa::path(post, path = "/reservations/{reservationId}/letters", tag = "desk", operation_id = "noteLetter",
    params(("reservationId" = ReservationId, Path)),
    extensions(("x-access" = json!("desk")),
        ("x-refusals" = json!([NotFound::Reservation, Conflict::NotReady, Conflict::NotCheckedOut, Conflict::Returned, Conflict::Cancelled, Conflict::Lapsed, Conflict::Lost, Conflict::Undone]))),
    responses((status = 200, description = "The loan.", body = Reservation)))]
pub(crate) async fn note_letter(
    State(reservations): State<Reservations>,
    caller: Caller,
    Path(id): Path<ReservationId>,
    from: Address,
) -> Result<Json<Box<Reservation>>> {
    let actor = caller.desk(&reservations.app, from)?;
    Ok(Json(reservations.library.note_letter(id, &actor).await?))
}

//! `POST /reservations/{reservationId}/undo`.

use axum::Json;
use axum::extract::State;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Path;
use shared::edge::refusals::{Conflict, NotFound};
use shared::tables::library::lending::Reservation;
use shared::values::{Address, ReservationId};

use crate::Reservations;

/// Undoes the last step of a reservation, within ten minutes: a loan, a return, a renewal, or the putting aside of its copy.
/// Only who did it can undo it.
///
/// Everything is as before: the reader's place or ready copy, the due day and the number of renewals, and what another reader
/// lost or got. A loan without a
/// reservation never was: its status is `undone`. A return can be undone as long as its copy is not promised to the next
/// reader for good, which is two minutes later. Repeated, it changes nothing.
///
/// # Errors
/// 401 without a live session; 403 if the caller does not work at the desk; 404 if there is no such reservation, or if its
/// book or reader does not exist any more; 409 if there is nothing to undo, if somebody else did it, if it was more than ten
/// minutes ago, if the copy is promised already, or if the reader has reserved the book again.
#[utoipa::path(post, path = "/reservations/{reservationId}/undo", tag = "desk", operation_id = "undoStep",
    params(("reservationId" = ReservationId, Path)),
    extensions(("x-access" = json!("desk")),
        ("x-refusals" = json!([NotFound::Reservation, NotFound::Book, NotFound::User, Conflict::NothingToUndo, Conflict::UndoNotYours, Conflict::UndoTooLate, Conflict::AlreadyPromised, Conflict::AlreadyHeld]))),
    responses((status = 200, description = "The reservation as before.", body = Reservation)))]
pub(crate) async fn undo(
    State(reservations): State<Reservations>,
    caller: Caller,
    Path(id): Path<ReservationId>,
    from: Address,
) -> Result<Json<Box<Reservation>>> {
    let actor = caller.desk(&reservations.app, from)?;
    Ok(Json(reservations.library.undo(id, &actor).await?))
}

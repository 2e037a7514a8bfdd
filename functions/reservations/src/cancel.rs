//! `DELETE /reservations/{reservationId}`.

use axum::extract::State;
use axum::http::StatusCode;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Path;
use shared::edge::refusals::{Conflict, NotFound};
use shared::tables::Failure;
use shared::tables::library::lending::{NotDone, Status};
use shared::values::{Address, ReservationId};

use crate::{Reservations, scope};

/// Cancels a reservation: a place in the queue, or a ready copy. The copy goes to the next reader in the queue.
///
/// # Errors
/// 401 without a live session; 404 if there is no such reservation, if it has ended, or if it is another reader's; 409
/// if the copy is checked out.
#[utoipa::path(delete, path = "/reservations/{reservationId}", tag = "reservations", operation_id = "cancelReservation",
    params(("reservationId" = ReservationId, Path)),
    extensions(("x-access" = json!("private")),
        ("x-refusals" = json!([NotFound::Reservation, Conflict::CheckedOut]))),
    responses((status = 204, description = "Cancelled.")))]
pub(crate) async fn cancel(
    State(reservations): State<Reservations>,
    caller: Caller,
    Path(id): Path<ReservationId>,
    from: Address,
) -> Result<StatusCode> {
    let actor = caller.actor(&reservations.app, from);
    match reservations.library.cancel(id, scope(&caller), &actor).await {
        Ok(_) => Ok(StatusCode::NO_CONTENT),
        Err(Failure::Refused(NotDone::Status(Status::Returned | Status::Cancelled | Status::Lapsed))) => {
            Err(NotFound::Reservation.into())
        }
        Err(failure) => Err(failure.into()),
    }
}

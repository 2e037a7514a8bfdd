//! `GET /reservations/{reservationId}`.

use axum::Json;
use axum::extract::State;
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result, problems};
use shared::edge::extract::Path;
use shared::tables::library::lending::Reservation;
use shared::values::ReservationId;

use crate::{Reservations, scope};

/// Shows a reservation; also one that has ended, for thirty days.
///
/// # Errors
/// 401 without a live session; 404 if it is not there, or another's.
#[utoipa::path(get, path = "/reservations/{reservationId}", tag = "reservations", operation_id = "getReservation",
    params(("reservationId" = ReservationId, Path)),
    security(("bearer" = []), ("cookie" = [])), extensions(("x-access" = json!("private"))),
    responses((status = 200, description = "The reservation.", body = Reservation),
        problems::Invalid, problems::Unauthenticated, problems::NotFound))]
pub(crate) async fn get(
    State(reservations): State<Reservations>,
    caller: Caller,
    Path(id): Path<ReservationId>,
) -> Result<Json<Reservation>> {
    let found = reservations.library.get_reservation(id, scope(&caller), reservations.app.now()).await?;
    found.map(Json).ok_or(Error::NotFound("reservation"))
}

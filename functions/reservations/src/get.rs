//! `GET /reservations/{reservationId}`.

use axum::Json;
use axum::extract::State;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Path;
use shared::edge::refusals::NotFound;
use shared::tables::library::lending::Reservation;
use shared::values::ReservationId;

use crate::{Reservations, scope};

/// Returns a reservation. One that has ended is available for thirty days.
///
/// # Errors
/// 401 without a live session; 404 if there is no such reservation, or if it is another reader's.
#[utoipa::path(get, path = "/reservations/{reservationId}", tag = "reservations", operation_id = "getReservation",
    params(("reservationId" = ReservationId, Path)),
    extensions(("x-access" = json!("private")),
        ("x-refusals" = json!([NotFound::Reservation]))),
    responses((status = 200, description = "The reservation.", body = Reservation)))]
pub(crate) async fn get(
    State(reservations): State<Reservations>,
    caller: Caller,
    Path(id): Path<ReservationId>,
) -> Result<Json<Reservation>> {
    let found = reservations.library.get_reservation(id, scope(&caller), reservations.app.now()).await?;
    Ok(Json(reservations.to_its_reader(found.ok_or(NotFound::Reservation)?, &caller).await?))
}

//! `POST /reservations/{reservationId}/put-back`. Idempotent.

use axum::Json;
use axum::extract::State;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Path;
use shared::edge::refusals::NotFound;
use shared::tables::library::lending::Reservation;
use shared::values::{Address, ReservationId};

use crate::Reservations;

/// Records that a copy on the shelf for collection is where it belongs again: on its own shelf if nobody waits for it, or
/// under the slip of its new reader. Repeating it changes nothing.
///
/// # Errors
/// 401 without a live session; 403 if the caller is neither a librarian nor an assistant; 404 if there is no such reservation.
#[utoipa::path(post, path = "/reservations/{reservationId}/put-back", tag = "reservations", operation_id = "putBack",
    params(("reservationId" = ReservationId, Path)),
    extensions(("x-access" = json!("desk")),
        ("x-refusals" = json!([NotFound::Reservation]))),
    responses((status = 200, description = "The reservation.", body = Reservation)))]
pub(crate) async fn put_back(
    State(reservations): State<Reservations>,
    caller: Caller,
    Path(id): Path<ReservationId>,
    from: Address,
) -> Result<Json<Box<Reservation>>> {
    let actor = caller.desk(&reservations.app, from)?;
    Ok(Json(reservations.library.put_back(id, &actor).await?))
}

//! `POST /reservations/{reservationId}/checkout`.

use axum::Json;
use axum::extract::State;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::{IdempotencyKey, Path};
use shared::edge::refusals::{Conflict, NotFound};
use shared::tables::library::lending::Reservation;
use shared::values::{Address, ReservationId};

use crate::{Reservations, request};

/// Checks out the ready copy of a reservation. It is due on an open day, as the library's rules say.
///
/// # Errors
/// 401 without a live session; 403 if the caller is neither a librarian nor an
/// assistant; 404 if there is no such reservation; 409 if no
/// copy is ready for it, or if its reader is blocked; 422 if the `Idempotency-Key` was sent with another request.
#[utoipa::path(post, path = "/reservations/{reservationId}/checkout", tag = "reservations", operation_id = "checkOutCopy",
    params(("reservationId" = ReservationId, Path), IdempotencyKey),
    extensions(("x-access" = json!("desk")),
        ("x-refusals" = json!([NotFound::Reservation, Conflict::Blocked, Conflict::NotReady, Conflict::CheckedOut, Conflict::Returned, Conflict::Cancelled, Conflict::Lapsed, Conflict::Lost, Conflict::Undone]))),
    responses((status = 200, description = "The changed reservation.", body = Reservation)))]
pub(crate) async fn check_out(
    State(reservations): State<Reservations>,
    caller: Caller,
    Path(id): Path<ReservationId>,
    key: Option<IdempotencyKey>,
    from: Address,
) -> Result<Json<Box<Reservation>>> {
    let actor = caller.desk(&reservations.app, from)?;
    let request = request(&caller, key, "checkout", id);
    Ok(Json(reservations.library.check_out(id, request.as_ref(), &actor).await?))
}

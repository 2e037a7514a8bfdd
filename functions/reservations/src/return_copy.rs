//! `POST /reservations/{reservationId}/return`.

use axum::Json;
use axum::extract::State;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::{IdempotencyKey, Path};
use shared::edge::refusals::{Conflict, NotFound};
use shared::tables::library::lending::Reservation;
use shared::values::{Address, ReservationId};

use crate::{Reservations, request};

/// Returns a copy to the library. It is set aside for the next reader in the queue, if there is one.
///
/// # Errors
/// 401 without a live session; 403 if the caller is neither a librarian nor an
/// assistant; 404 if there is no such reservation; 409 if its
/// copy is not checked out; 422 if the `Idempotency-Key` was sent with another request.
#[utoipa::path(post, path = "/reservations/{reservationId}/return", tag = "reservations", operation_id = "returnCopy",
    params(("reservationId" = ReservationId, Path), IdempotencyKey),
    extensions(("x-access" = json!("desk")),
        ("x-refusals" = json!([NotFound::Reservation, Conflict::NotReady, Conflict::NotCheckedOut, Conflict::Returned, Conflict::Cancelled, Conflict::Lapsed, Conflict::Lost, Conflict::Undone]))),
    responses((status = 200, description = "The changed reservation.", body = Reservation)))]
pub(crate) async fn return_copy(
    State(reservations): State<Reservations>,
    caller: Caller,
    Path(id): Path<ReservationId>,
    key: Option<IdempotencyKey>,
    from: Address,
) -> Result<Json<Box<Reservation>>> {
    let actor = caller.desk(&reservations.app, from)?;
    let request = request(&caller, key, "return", id);
    Ok(Json(reservations.library.return_copy(id, request.as_ref(), &actor).await?))
}

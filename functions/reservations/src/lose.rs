//! `POST /reservations/{reservationId}/lost`.

use axum::Json;
use axum::extract::State;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::{IdempotencyKey, Path};
use shared::edge::refusals::{Conflict, NotFound};
use shared::tables::library::lending::Reservation;
use shared::values::{Address, ReservationId};

use crate::{Reservations, request};

/// Ends a loan whose copy will not come back. The book has one copy less.
///
/// # Errors
/// 401 without a live session; 403 if the caller does not work at the desk; 404 if there is no such reservation; 409 if its
/// copy is not checked out; 422 if the `Idempotency-Key` was sent with another request.
#[utoipa::path(post, path = "/reservations/{reservationId}/lost", tag = "desk", operation_id = "loseCopy",
    params(("reservationId" = ReservationId, Path), IdempotencyKey),
    extensions(("x-access" = json!("desk")),
        ("x-refusals" = json!([NotFound::Reservation, Conflict::NotReady, Conflict::NotCheckedOut, Conflict::Returned, Conflict::Cancelled, Conflict::Lapsed, Conflict::Lost, Conflict::Undone]))),
    responses((status = 200, description = "The ended loan.", body = Reservation)))]
pub(crate) async fn lose(
    State(reservations): State<Reservations>,
    caller: Caller,
    Path(id): Path<ReservationId>,
    key: Option<IdempotencyKey>,
    from: Address,
) -> Result<Json<Box<Reservation>>> {
    let actor = caller.desk(&reservations.app, from)?;
    let request = request(&caller, key, "lost", id);
    Ok(Json(reservations.library.lose(id, request.as_ref(), &actor).await?))
}

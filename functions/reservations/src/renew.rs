//! `POST /reservations/{reservationId}/renew`.

use axum::Json;
use axum::extract::State;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::{IdempotencyKey, Path};
use shared::edge::refusals::{Conflict, NotFound};
use shared::tables::library::lending::Reservation;
use shared::values::{Address, ReservationId};

use crate::{Reservations, request, scope};

/// Renews a loan for 21 days from now, at most twice, if no other reader is waiting for the book.
///
/// The due day must become later: a loan of today cannot be renewed today.
///
/// # Errors
/// 401 without a live session; 404 if there is no such reservation, or if it is another reader's; 409 if the copy is
/// not checked out, if other readers are waiting, after two renewals, if the due day would not be later, or if the caller
/// is blocked; 422 if the `Idempotency-Key` was sent with another request.
#[utoipa::path(post, path = "/reservations/{reservationId}/renew", tag = "reservations", operation_id = "renewLoan",
    params(("reservationId" = ReservationId, Path), IdempotencyKey),
    extensions(("x-access" = json!("private")),
        ("x-refusals" = json!([NotFound::Reservation, Conflict::Blocked, Conflict::NotReady, Conflict::NotCheckedOut, Conflict::Returned, Conflict::Cancelled, Conflict::Lapsed, Conflict::Lost, Conflict::Undone, Conflict::OthersWait, Conflict::NoRenewalsLeft, Conflict::TooEarly]))),
    responses((status = 200, description = "The changed reservation.", body = Reservation)))]
pub(crate) async fn renew(
    State(reservations): State<Reservations>,
    caller: Caller,
    Path(id): Path<ReservationId>,
    key: Option<IdempotencyKey>,
    from: Address,
) -> Result<Json<Box<Reservation>>> {
    let request = request(&caller, key, "renew", id);
    let app = &reservations.app;
    let actor = if caller.is_desk() { caller.actor(app, from) } else { caller.unblocked(app, from)? };
    Ok(Json(reservations.library.renew(id, scope(&caller), request.as_ref(), &actor).await?))
}

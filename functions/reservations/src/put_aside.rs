//! `POST /reservations/{reservationId}/put-aside`. Idempotent.

use axum::Json;
use axum::extract::State;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Path;
use shared::edge::refusals::{Conflict, NotFound};
use shared::tables::library::lending::Reservation;
use shared::values::{Address, ReservationId};

use crate::Reservations;

/// Puts a ready copy aside for its reader: on the shelf for collection, with a slip. Repeating it changes nothing.
///
/// # Errors
/// 401 without a live session; 403 if the caller is neither a librarian nor an assistant; 404 if there is no such reservation; 409 if no copy is ready
/// for it.
#[utoipa::path(post, path = "/reservations/{reservationId}/put-aside", tag = "reservations", operation_id = "putAside",
    params(("reservationId" = ReservationId, Path)),
    extensions(("x-access" = json!("desk")),
        ("x-refusals" = json!([NotFound::Reservation, Conflict::NotReady, Conflict::CheckedOut, Conflict::Returned, Conflict::Cancelled, Conflict::Lapsed]))),
    responses((status = 200, description = "The reservation.", body = Reservation)))]
pub(crate) async fn put_aside(
    State(reservations): State<Reservations>,
    caller: Caller,
    Path(id): Path<ReservationId>,
    from: Address,
) -> Result<Json<Box<Reservation>>> {
    let actor = caller.desk(&reservations.app, from)?;
    Ok(Json(reservations.library.put_aside(id, &actor).await?))
}

//! `DELETE /reservations/{reservationId}`.

use axum::extract::State;
use axum::http::StatusCode;
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result, problems};
use shared::edge::extract::Path;
use shared::runtime::app::App;
use shared::tables::library::lending::{self, Status, Step};
use shared::values::{Address, ReservationId};

use crate::{answer, who};

/// Gives up a place in the queue, or a copy that waits; that goes to the next in the queue.
///
/// # Errors
/// 401 without a live session; 404 if it is not there, has ended, or is another's; 409 if the copy is out.
#[utoipa::path(delete, path = "/reservations/{reservationId}", tag = "reservations", operation_id = "cancelReservation",
    params(("reservationId" = ReservationId, Path)),
    security(("bearer" = []), ("cookie" = [])), extensions(("x-access" = json!("private"))),
    responses((status = 204, description = "Given up."),
        problems::Invalid, problems::Unauthenticated, problems::NotFound, problems::Conflict))]
pub(crate) async fn cancel(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ReservationId>,
    from: Address,
) -> Result<StatusCode> {
    match lending::cancel(&app.library, id, who(&caller), &app.occasion(caller.id, from)).await? {
        Step::Not(Status::Returned | Status::Cancelled | Status::Lapsed) => Err(Error::NotFound("reservation")),
        step => answer(step).map(|_| StatusCode::NO_CONTENT),
    }
}

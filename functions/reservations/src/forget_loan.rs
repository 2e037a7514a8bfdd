//! `DELETE /users/me/loans/{reservationId}`.

use axum::extract::State;
use axum::http::StatusCode;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Path;
use shared::edge::refusals::NotFound;
use shared::values::{Address, ReservationId};

use crate::Reservations;

/// Forgets one of the caller's past loans, for ever.
///
/// # Errors
/// 401 without a live session; 404 if the caller has no such past loan.
#[utoipa::path(delete, path = "/users/me/loans/{reservationId}", tag = "reservations", operation_id = "forgetPastLoan",
    params(("reservationId" = ReservationId, Path)),
    extensions(("x-access" = json!("user")), ("x-refusals" = json!([NotFound::Loan]))),
    responses((status = 204, description = "Forgotten.")))]
pub(crate) async fn forget_loan(
    State(reservations): State<Reservations>,
    caller: Caller,
    Path(id): Path<ReservationId>,
    from: Address,
) -> Result<StatusCode> {
    let is_forgotten = reservations.library.forget_past_loan(id, &caller.actor(&reservations.app, from)).await?;
    if is_forgotten { Ok(StatusCode::NO_CONTENT) } else { Err(NotFound::Loan.into()) }
}

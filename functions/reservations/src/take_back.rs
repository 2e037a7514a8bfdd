//! `POST /reservations/{reservationId}/return`.

use axum::extract::State;
use axum::response::Response;
use shared::edge::caller::Caller;
use shared::edge::error::{Result, problems};
use shared::edge::extract::{IdempotencyKey, Path};
use shared::runtime::app::App;
use shared::tables::library::lending::{self, Reservation};
use shared::values::{Address, ReservationId};

use crate::{answer, intention};

/// Takes a copy back: it goes to the next in the queue, or on the shelf.
///
/// # Errors
/// 401 without a live session; 403 for readers; 404 if there is no such reservation; 409 if its copy is not out; 422 if
/// the key went with another request.
#[utoipa::path(post, path = "/reservations/{reservationId}/return", tag = "reservations", operation_id = "takeBackCopy",
    params(("reservationId" = ReservationId, Path), IdempotencyKey),
    security(("bearer" = []), ("cookie" = [])), extensions(("x-access" = json!("admin"))),
    responses((status = 200, description = "The reservation as it is now.", body = Reservation),
        problems::Invalid, problems::Unauthenticated, problems::Forbidden, problems::NotFound, problems::Conflict, problems::KeyReused))]
pub(crate) async fn take_back(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ReservationId>,
    key: Option<IdempotencyKey>,
    from: Address,
) -> Result<Response> {
    caller.require_admin()?;
    let intention = intention(&caller, key, "return", id);
    let occasion = app.occasion(caller.id, from);
    answer(lending::give_back(&app.library, id, intention.as_ref(), &occasion).await?)
}

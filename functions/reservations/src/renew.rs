//! `POST /reservations/{reservationId}/renew`.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::{Body, IdempotencyKey, Path};
use shared::edge::refusals::{Conflict, Forbidden, NotFound};
use shared::tables::library::lending::Reservation;
use shared::tables::library::lending::lend::Despite;
use shared::values::{Address, ReservationId};
use utoipa::ToSchema;

use crate::{Reservations, request, scope};

/// In spite of what the desk renews a loan.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"despite": ["no-renewals-left"]})))]
pub(crate) struct Renewal {
    /// What the desk renews in spite of: `others-wait`, `no-renewals-left`, `blocked`. Words that are not needed are accepted.
    despite: Option<Vec<Despite>>,
}

/// Renews a loan from today on, for as many days and as often as the library's rules say, if no other reader is waiting for
/// the book.
///
/// The rules are those of the group in which the reader was when the loan began.
///
/// The due day must become later: a loan of today cannot be renewed today. All reasons against a renewal are in `reasons`. The
/// desk may renew in spite of each but `too-early`.
///
/// # Errors
/// 401 without a live session; 403 if a reader sends `despite`; 404 if there is no such reservation, or if it is another
/// reader's; 409 if the copy is not checked out, if other readers are waiting, if it was renewed as often as the
/// rules allow, if the due day would not be later, or if the reader is blocked; 422 if the `Idempotency-Key` was sent with another request.
#[utoipa::path(post, path = "/reservations/{reservationId}/renew", tag = "reservations", operation_id = "renewLoan", request_body = Option<Renewal>,
    params(("reservationId" = ReservationId, Path), IdempotencyKey),
    extensions(("x-access" = json!("private")),
        ("x-refusals" = json!([Forbidden::DeskOnly, NotFound::Reservation, Conflict::Blocked, Conflict::NotReady, Conflict::NotCheckedOut, Conflict::Returned, Conflict::Cancelled, Conflict::Lapsed, Conflict::Lost, Conflict::Undone, Conflict::OthersWait, Conflict::NoRenewalsLeft, Conflict::TooEarly]))),
    responses((status = 200, description = "The changed reservation.", body = Reservation)))]
pub(crate) async fn renew(
    State(reservations): State<Reservations>,
    caller: Caller,
    Path(id): Path<ReservationId>,
    key: Option<IdempotencyKey>,
    from: Address,
    renewal: Option<Body<Renewal>>,
) -> Result<Json<Box<Reservation>>> {
    let app = &reservations.app;
    let despite = renewal.and_then(|Body(Renewal { despite })| despite).unwrap_or_default();
    if !despite.is_empty() {
        caller.require_desk()?;
    }
    let request = if despite.is_empty() {
        request(&caller, key, "renew", id)
    } else {
        request(&caller, key, "renew", (id, &despite))
    };
    let actor = match caller.is_desk() {
        true => caller.actor(app, from),
        false => caller.unblocked(app, from, reservations.today().await?)?,
    };
    Ok(Json(reservations.library.renew(id, scope(&caller), &despite, request.as_ref(), &actor).await?))
}

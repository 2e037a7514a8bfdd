//! `POST /books/{bookId}/reservations`.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::{IdempotencyKey, Path};
use shared::edge::refusals::{Conflict, Forbidden, NotFound};
use shared::runtime::metrics;
use shared::tables::library::lending::{Reservation, Status};
use shared::values::{Address, BookId};

use crate::{Reservations, request};

/// Reserves a book for the caller: a ready copy, if one is free and no other reader is waiting, or a place in the
/// queue.
///
/// A ready copy is set aside for as many days as the library's rules say, until it closes on an open day. A letter confirms the reservation, and another one follows when a copy is
/// ready for a waiting reader. With an `Idempotency-Key`, the same request sent again within 24 hours returns the same
/// answer and reserves nothing.
///
/// # Errors
/// 401 without a live session; 403 if the caller has neither confirmed an email address nor been approved by a librarian,
/// unless all users may reserve; 404 if the book is not in the catalogue; 409 if the caller is blocked, has already
/// reserved or borrowed it, or has as many reservations as the rules allow; 422 if the `Idempotency-Key` was sent with another request.
#[utoipa::path(post, path = "/books/{bookId}/reservations", tag = "reservations", operation_id = "reserveBook",
    params(("bookId" = BookId, Path), IdempotencyKey),
    extensions(("x-access" = json!("user")),
        ("x-refusals" = json!([Forbidden::UnverifiedAddress, NotFound::Book, Conflict::Blocked, Conflict::AlreadyReserved, Conflict::TooManyReservations]))),
    responses(
        (status = 201, description = "A copy is ready.", body = Reservation, headers(("Location" = String, description = "The URL of the reservation."))),
        (status = 202, description = "A place in the queue.", body = Reservation, headers(("Location" = String, description = "The URL of the reservation.")))))]
pub(crate) async fn reserve(
    State(reservations): State<Reservations>,
    caller: Caller,
    Path(book): Path<BookId>,
    key: Option<IdempotencyKey>,
    from: Address,
) -> Result<Response> {
    let app = &reservations.app;
    let request = request(&caller, key, "reserve", book);
    let actor = caller.borrower(app, from, reservations.today().await?)?;
    let group = &caller.sessions.group;
    let reservation = reservations.library.reserve(book, app.id(), group, request.as_ref(), &actor).await?;
    metrics::count(metrics::RESERVATIONS);
    let has_a_copy = reservation.status == Status::Ready;
    let status = if has_a_copy { StatusCode::CREATED } else { StatusCode::ACCEPTED };
    let location = [(header::LOCATION, app.settings.url(&format!("/reservations/{}", reservation.id)))];
    Ok((status, location, Json(reservation)).into_response())
}

//! `GET /users/me/books/{bookId}`.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Path;
use shared::edge::refusals::NotFound;
use shared::tables::library::lending::Reservation;
use shared::tables::library::own::Own;
use shared::values::BookId;
use utoipa::ToSchema;

use crate::Reservations;

/// What a book is to the caller.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OwnBook {
    /// Whether it is one of their favorites.
    favorite: bool,
    /// Their reservation or loan of it, unless it has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reservation: Option<Reservation>,
}

/// Returns what a book is to the caller: whether it is a favorite, and the reservation or loan.
///
/// # Errors
/// 401 without a live session; 404 if the book is neither in the catalogue nor in the archive.
#[utoipa::path(get, path = "/users/me/books/{bookId}", tag = "reservations", operation_id = "getOwnBook",
    params(("bookId" = BookId, Path)),
    extensions(("x-access" = json!("user")),
        ("x-refusals" = json!([NotFound::Book]))),
    responses((status = 200, description = "What it is to the caller.", body = OwnBook)))]
pub(crate) async fn own_book(
    State(reservations): State<Reservations>,
    caller: Caller,
    Path(book): Path<BookId>,
) -> Result<Json<OwnBook>> {
    let found = reservations.library.own(caller.id, book, reservations.app.now()).await?;
    let Own { favorite, reservation } = found.ok_or(NotFound::Book)?;
    let reservation = match reservation {
        Some(reservation) => Some(reservations.to_its_reader(reservation, &caller).await?),
        None => None,
    };
    Ok(Json(OwnBook { favorite, reservation }))
}

//! `GET /books/{bookId}/reservations`.

use axum::extract::State;
use axum::response::Response;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Path;
use shared::edge::page::{Listing, NoFilter, Page, foreign_cursor};
use shared::tables::library::lending::desk::BookPosition;
use shared::values::BookId;

use crate::Reservations;
use crate::desk_reservation::{DeskReservation, for_the_desk};

/// Lists who has and who awaits the copies of a book: the loans by their due dates, then the ready copies, then the queue
/// in its order.
///
/// # Errors
/// 400 if a parameter is unknown or invalid; 401 without a live session; 403 if the caller is neither a librarian nor an
/// assistant.
#[utoipa::path(get, path = "/books/{bookId}/reservations", tag = "reservations", operation_id = "listReservationsOfBook",
    params(("bookId" = BookId, Path), Listing<NoFilter, BookPosition>),
    extensions(("x-access" = json!("desk"))),
    responses((status = 200, description = "A page of reservations.", body = Page<DeskReservation>, headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_of_book(
    State(reservations): State<Reservations>,
    caller: Caller,
    Path(book): Path<BookId>,
    listing: Listing<NoFilter, BookPosition>,
) -> Result<Response> {
    caller.require_desk()?;
    let after = listing.after()?;
    if after.as_ref().is_some_and(|position| !position.is_possible()) {
        return Err(foreign_cursor());
    }
    let now = reservations.app.now();
    let found = reservations.library.list_of_book(book, listing.limit, after, now).await?;
    Ok(listing.page(for_the_desk(&reservations, found.items).await?, found.next))
}

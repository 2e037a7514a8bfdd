//! `GET /books/{bookId}/availability`.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use shared::edge::caller::CatalogReader;
use shared::edge::error::Result;
use shared::edge::extract::{IfNoneMatch, Path};
use shared::edge::refusals::NotFound;
use shared::edge::with_etag;
use shared::tables::library::lending::availability::Availability;
use shared::values::BookId;

use crate::Reservations;

/// Returns how many copies of a book are free, and how many readers wait for it.
///
/// A copy that a reader has not collected in time counts as taken for up to five minutes more.
///
/// # Errors
/// 401 without a live session, if this library is for members only; 404 if the book is not in the catalogue.
#[utoipa::path(get, path = "/books/{bookId}/availability", tag = "reservations", operation_id = "getAvailability",
    params(("bookId" = BookId, Path), IfNoneMatch),
    extensions(("x-access" = json!("reader")),
        ("x-refusals" = json!([NotFound::Book]))),
    responses(
        (status = 200, description = "The copies and the queue.", body = Availability,
            headers(("ETag" = String, description = "Identifies these numbers."))),
        (status = 304, description = "Not changed since the `ETag` in `If-None-Match`.")))]
pub(crate) async fn availability(
    State(reservations): State<Reservations>,
    _: CatalogReader,
    Path(book): Path<BookId>,
    known: IfNoneMatch,
) -> Result<Response> {
    let found = reservations.library.availability(book, reservations.app.now()).await?.ok_or(NotFound::Book)?;
    let Availability { copies, free, waiting, next_due, .. } = &found;
    let due = next_due.map_or(0, |due| due.as_millisecond());
    let tag = format!("{copies}-{free}-{waiting}-{due}");
    Ok(with_etag(Json(found), tag, Some(&known)))
}

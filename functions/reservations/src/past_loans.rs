//! `GET /users/me/loans`.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::page::{Listing, Page};
use shared::tables::library::lending::past::{PastLoan, PastPosition};
use utoipa::IntoParams;

use crate::Reservations;
use crate::list::True;

#[derive(Deserialize, Serialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// The loans that have ended. What is not returned yet is in `GET /reservations`.
    #[param(inline)]
    past: True,
}

/// Lists what the caller has borrowed and returned, the last reserved first: only what was lent while `keepHistory` was
/// on. Nobody else sees the list.
///
/// A loan gets here within moments of its return. A page may have fewer than `limit` items; `nextCursor` tells whether there
/// is more.
///
/// # Errors
/// 400 if a parameter is unknown, invalid or missing; 401 without a live session.
#[utoipa::path(get, path = "/users/me/loans", tag = "reservations", operation_id = "listPastLoans",
    params(Listing<Filter, PastPosition>), extensions(("x-access" = json!("user"))),
    responses((status = 200, description = "A page of loans.", body = Page<PastLoan>, headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn past_loans(
    State(reservations): State<Reservations>,
    caller: Caller,
    listing: Listing<Filter, PastPosition>,
) -> Result<Response> {
    let listing = listing.of(caller.id);
    let after = listing.after()?;
    let Some(since) = caller.sessions.keeps_history_since() else {
        return Ok(listing.page(Vec::<PastLoan>::new(), None));
    };
    let found = reservations.library.past_loans(caller.id, since, listing.limit, after).await?;
    Ok(listing.page(found.items, found.next))
}

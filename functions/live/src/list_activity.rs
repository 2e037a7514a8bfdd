//! `GET /activity`.

use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result};
use shared::edge::page::{Listing, Page};
use shared::tables::journal::activity::{Activity, Position, Selection};
use shared::values::{BookId, UserId};
use utoipa::IntoParams;

use crate::Live;

#[derive(Clone, Copy, Deserialize, Serialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Only what this user did.
    #[param(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<UserId>,
    /// Only what was done to this book. It goes without `user`.
    #[param(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    book: Option<BookId>,
    /// Only what was done after this time (RFC 3339).
    #[param(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Timestamp>,
}

/// Lists who did what, when, and from where: every sign-in and every write, the newest first.
///
/// A row appears moments after the action. It stays for as long as the library keeps the log. A row about a reservation or a
/// loan stays for thirty days at most, because it says who has read what.
///
/// # Errors
/// 400 for a parameter that is unknown or not as it should be; 401 without a live session; 403 for readers.
#[utoipa::path(get, path = "/activity", tag = "live", operation_id = "listActivity", params(Listing<Filter, Position>),
    extensions(("x-access" = json!("admin"))),
    responses((status = 200, description = "A page of the log.", body = Page<Activity>, headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_activity(
    State(live): State<Live>,
    caller: Caller,
    listing: Listing<Filter, Position>,
) -> Result<Response> {
    caller.require_admin()?;
    let Filter { user, book, after } = listing.filter;
    if user.is_some() && book.is_some() {
        return Err(Error::invalid("?book", "goes without user"));
    }
    let (selection, before) = (Selection { user, book, after }, listing.after()?);
    let found = live.journal.list_activity(selection, listing.limit, before, live.app.now()).await?;
    let users: Vec<_> = found.items.iter().flat_map(Activity::users).collect();
    let people = live.app.sessions.people(&users).await?;
    Ok(listing.page(found.items.into_iter().map(|row| row.naming(&people)).collect(), found.next))
}

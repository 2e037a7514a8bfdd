//! `GET /activity`.

use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::page::{Listing, Page};
use shared::tables::journal::activity::{Activity, Position, Selection};
use shared::values::UserId;
use utoipa::IntoParams;

use crate::Live;

#[derive(Deserialize, Serialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Only what this user did.
    #[param(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<UserId>,
    /// Only what was done after this time (RFC 3339).
    #[param(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Timestamp>,
}

/// Lists who did what, when, and from where: every sign-in and every write, the newest first.
///
/// A row gets here within moments of what it tells of, and stays for as long as the library keeps the log.
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
    let (selection, before) = (Selection { user: listing.filter.user, after: listing.filter.after }, listing.after()?);
    let found = live.journal.list_activity(selection, listing.limit, before, live.app.now()).await?;
    Ok(listing.page(found.items, found.next))
}

//! `PUT /rules`.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result};
use shared::edge::extract::{Body, Precondition};
use shared::edge::refusals::Stale;
use shared::edge::with_etag;
use shared::tables::library::lending::rules::Rules;
use shared::values::Address;

use crate::Desk;
use crate::rules::LibraryRules;

/// Replaces the rules of the library.
///
/// What is promised already stays: neither a due day nor the end of a period to collect a copy moves. For a minute, a
/// function may still promise by the old rules. If the library closes on a day on which something is due, it is late from the
/// end of the next open day on.
///
/// # Errors
/// 400 with every field that makes no sense: an unknown time zone, hours that end before they begin, a new date that is past
/// or more than three years ahead, a year without an open day, a group that is missing although readers are in it; 401
/// without a live session; 403 if the caller is not a librarian; 412 if the rules are not at the version in `If-Match`.
#[utoipa::path(put, path = "/rules", tag = "rules", operation_id = "putRules", params(Precondition),
    request_body = LibraryRules, extensions(("x-access" = json!("admin"))),
    responses(
        (status = 200, description = "The new rules.", body = LibraryRules, headers(("ETag" = String, description = "Their version.")))))]
pub(crate) async fn put_rules(
    State(desk): State<Desk>,
    caller: Caller,
    precondition: Precondition,
    from: Address,
    Body(new): Body<LibraryRules>,
) -> Result<Response> {
    let actor = caller.librarian(&desk.app, from)?;
    let change = |current: &Rules| {
        if !precondition.allows(current.version) {
            return Err(Error::from(Stale::Version));
        }
        new.instead_of(current, current.day(actor.at))
    };
    let rules = desk.library.change_rules(change, &actor).await?;
    Ok(with_etag(Json(LibraryRules::from(&*rules)), rules.version, None))
}

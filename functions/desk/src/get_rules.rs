//! `GET /rules`.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use shared::edge::error::Result;
use shared::edge::extract::IfNoneMatch;
use shared::edge::with_etag;

use crate::Desk;
use crate::rules::LibraryRules;

/// Returns the rules of the library: when it is open, and what readers may borrow, by their groups.
///
/// # Errors
/// None of its own.
#[utoipa::path(get, path = "/rules", tag = "rules", operation_id = "getRules", params(IfNoneMatch),
    extensions(("x-access" = json!("public"))),
    responses(
        (status = 200, description = "The rules.", body = LibraryRules, headers(("ETag" = String, description = "Their version."))),
        (status = 304, description = "Not changed since the `ETag` in `If-None-Match`.")))]
pub(crate) async fn get_rules(State(desk): State<Desk>, known: IfNoneMatch) -> Result<Response> {
    let rules = desk.library.current_rules(desk.app.now()).await?;
    Ok(with_etag(Json(LibraryRules::from(&*rules)), rules.version, Some(&known)))
}

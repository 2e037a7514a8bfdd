//! `POST /rules/preview`.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Serialize;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Body;
use shared::values::{Day, Group, milliseconds};
use utoipa::ToSchema;

use crate::Desk;
use crate::rules::LibraryRules;

/// What rules would promise today.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Preview {
    /// When a book is due that is lent today, by the groups.
    loans: Vec<DueByGroup>,
    /// The day until which a copy waits that becomes ready now.
    ready_on: Day,
    /// When it lapses.
    #[serde(serialize_with = "milliseconds")]
    ready_until: Timestamp,
}

/// When a reader of a group brings back a book that is lent today.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DueByGroup {
    /// The group.
    group: Group,
    /// The day.
    due_on: Day,
}

/// Says when a book would be due that is lent today, and until when a ready copy would wait, by rules that are not saved.
///
/// # Errors
/// 400 as `PUT /rules`, but groups that readers are in may be missing; 401 without a live session; 403 if the caller is not a
/// librarian.
#[utoipa::path(post, path = "/rules/preview", tag = "rules", operation_id = "previewRules", request_body = LibraryRules,
    extensions(("x-access" = json!("admin"))),
    responses((status = 200, description = "What these rules promise.", body = Preview)))]
pub(crate) async fn preview_rules(
    State(desk): State<Desk>,
    caller: Caller,
    Body(new): Body<LibraryRules>,
) -> Result<Json<Preview>> {
    caller.require_admin()?;
    let now = desk.app.now();
    let current = desk.library.current_rules(now).await?;
    let rules = new.instead_of(&current, current.day(now))?;
    let due = |group: &Group| DueByGroup { group: group.clone(), due_on: rules.due_day(group, now) };
    let ready_until = rules.ready_until(now);
    Ok(Json(Preview {
        loans: rules.groups.iter().map(|group| due(&group.id)).collect(),
        ready_on: rules.day(ready_until),
        ready_until,
    }))
}

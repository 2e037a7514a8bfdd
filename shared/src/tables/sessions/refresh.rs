//! Refresh tokens, spent.
//!
//! | question                          | key    | call                      | units |
//! |-----------------------------------|--------|---------------------------|-------|
//! | is it right, forgiven, or stolen  | user#u | UpdateItem on a condition | ≤ 2 W |

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;

use super::ending::{Ending, end};
use super::{GRACE, UserSessions, begun_after, key, refreshed_after};
use crate::tables::journal::{Deed, Entry, Occasion};
use crate::tables::table::{Result, Table, from_item, number, string};
use crate::values::SessionId;

/// What became of a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refreshed {
    /// It was the current one; the next generation is current now.
    Anew,
    /// It was the one before, spent less than [`GRACE`] ago: the current generation goes out again.
    Again,
    /// It was spent long ago, so someone has a copy: the session is ended, whoever holds it.
    Stolen,
    /// Its session is over.
    Ended,
}

/// Spends the refresh token of `generation` of a session of whose the occasion is.
///
/// The one conditional write tells success, grace and theft apart, so that of two uses at once one wins and the
/// other gets the very same successor.
///
/// # Errors
/// When the table cannot be written.
pub async fn spend(table: &Table, id: SessionId, generation: u32, occasion: &Occasion) -> Result<Refreshed> {
    let (user, now) = (occasion.who, occasion.at);
    let update = table
        .client
        .update_item()
        .table_name(&*table.name)
        .key("pk", string(key(user)))
        .update_expression("SET sessions.#id.generation = :next, sessions.#id.refreshed = :now")
        .condition_expression(
            "sessions.#id.generation = :current AND sessions.#id.created > :begun AND sessions.#id.refreshed > :refreshed",
        )
        .expression_attribute_names("#id", id.to_string())
        .expression_attribute_values(":current", number(generation))
        .expression_attribute_values(":next", number(generation + 1))
        .expression_attribute_values(":now", number(now.as_second()))
        .expression_attribute_values(":begun", number(begun_after(now)))
        .expression_attribute_values(":refreshed", number(refreshed_after(now)))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    let error = match update.send().await {
        Ok(_) => return Ok(Refreshed::Anew),
        Err(error) => error,
    };
    let Some(UpdateItemError::ConditionalCheckFailedException(refusal)) = error.as_service_error() else {
        return Err(error.into());
    };
    let Some(item) = refusal.item.clone() else { return Ok(Refreshed::Ended) };
    let sessions: UserSessions = from_item(item)?;
    let Some(session) = sessions.sessions.get(&id.to_string()) else { return Ok(Refreshed::Ended) };
    if !session.is_live(now) {
        return Ok(Refreshed::Ended);
    }
    let just_spent = now.as_second() - session.refreshed <= GRACE.as_secs();
    if session.generation == generation + 1 && just_spent {
        return Ok(Refreshed::Again);
    }
    let note = occasion.note(Entry::of_user(Deed::SessionStolen, user))?;
    end(table, user, &Ending::These(vec![id]), note).await?;
    Ok(Refreshed::Stolen)
}

//! The Sessions table: one item a user, read strongly by every signed-in request.
//!
//! | question                            | key            | call                       | units |
//! |-------------------------------------|----------------|----------------------------|-------|
//! | may this session act, and as what   | user#u         | GetItem, strong            | 1 R   |
//! | sign in                             | user#u         | UpdateItem on a condition  | ≤ 2 W |
//! | refresh: right, grace, or theft     | user#u         | UpdateItem on a condition  | ≤ 2 W |
//! | sign out                            | user#u         | UpdateItem                 | ≤ 2 W |
//! | the public keys                     | keys           | GetItem                    | 1 R   |
//!
//! A user has at most ten sessions, some 120 bytes each, so that the item stays under 2 KB.

pub mod keys;

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::table::{Result, Table, from_item, number, string, to_item};
use crate::types::{Role, SessionId, UserId};

/// At most so many at once; a further sign-in ends the one unused for longest.
pub const MOST_SESSIONS: usize = 10;
/// A session that nobody refreshes for so long is over (OWASP ASVS 5, 7.3.1).
pub const IDLE: SignedDuration = SignedDuration::from_hours(14 * 24);
/// A session is over after so long, however busy (OWASP ASVS 5, 7.3.2).
pub const ABSOLUTE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How long the refresh token before the current one still answers with the current one: a double click, a lost
/// answer (RFC 9700, 4.14.2, leaves room for it).
pub const GRACE: SignedDuration = SignedDuration::from_secs(30);

/// What a user may do, and where they are signed in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UserSessions {
    pk: String,
    /// What the user may do.
    pub role: Role,
    sessions: HashMap<String, Session>,
}

/// One sign-in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Session {
    /// How often it was refreshed.
    generation: u32,
    /// When it began, in seconds since 1970.
    created: i64,
    /// When it was last refreshed, in seconds since 1970.
    refreshed: i64,
    /// What it was begun on, as the browser or app names itself.
    device: String,
}

impl Session {
    /// A session that begins now.
    pub fn new(now: Timestamp, user_agent: &str) -> Self {
        let device = user_agent.chars().filter(|letter| !letter.is_control()).take(60).collect();
        Session { generation: 0, created: now.as_second(), refreshed: now.as_second(), device }
    }

    fn is_live(&self, now: Timestamp) -> bool {
        self.created > begun_after(now) && self.refreshed > refreshed_after(now)
    }
}

fn begun_after(now: Timestamp) -> i64 {
    now.as_second() - ABSOLUTE.as_secs()
}

fn refreshed_after(now: Timestamp) -> i64 {
    now.as_second() - IDLE.as_secs()
}

impl UserSessions {
    /// A new user with the session of their registration.
    pub fn new(user: UserId, role: Role, first: Option<(SessionId, Session)>) -> Self {
        let sessions = first.into_iter().map(|(id, session)| (id.to_string(), session)).collect();
        UserSessions { pk: key(user), role, sessions }
    }

    /// Whether that session may act.
    pub fn has_live(&self, session: SessionId, now: Timestamp) -> bool {
        self.sessions.get(&session.to_string()).is_some_and(|session| session.is_live(now))
    }

    /// Every session that has to go so that one more has a place.
    fn surplus(&self, now: Timestamp) -> Vec<&str> {
        let mut sessions: Vec<_> = self.sessions.iter().collect();
        // Ids sort by age, which tells apart the sessions of one second.
        sessions.sort_by_key(|&(id, session)| (session.is_live(now), session.refreshed, id));
        let dead = sessions.iter().filter(|(_, session)| !session.is_live(now)).count();
        let surplus = dead.max((sessions.len() + 1).saturating_sub(MOST_SESSIONS));
        sessions.into_iter().take(surplus).map(|(id, _)| id.as_str()).collect()
    }
}

fn key(user: UserId) -> String {
    format!("user#{user}")
}

/// The sessions of `user`, as they are this moment.
///
/// # Errors
/// When the table cannot be read.
pub async fn get(table: &Table, user: UserId) -> Result<Option<UserSessions>> {
    let found = table.client.get_item().table_name(&*table.name).key("pk", string(key(user))).consistent_read(true);
    found.send().await?.item.map(from_item).transpose()
}

/// Adds a session. False where there is no such user.
///
/// # Errors
/// When the table cannot be written.
pub async fn open(table: &Table, user: UserId, id: SessionId, session: &Session, now: Timestamp) -> Result<bool> {
    let mut surplus: Vec<String> = Vec::new();
    // The second round knows what to remove; the others are for sign-ins in between. To remove what another has
    // removed already makes no room: so each must still be there.
    for _ in 0..MOST_SESSIONS {
        let removals: Vec<_> = (0..surplus.len()).map(|at| format!("sessions.#gone{at}")).collect();
        let remove = if removals.is_empty() { String::new() } else { format!(" REMOVE {}", removals.join(", ")) };
        let there: String = removals.iter().map(|gone| format!(" AND attribute_exists({gone})")).collect();
        let mut update = table
            .client
            .update_item()
            .table_name(&*table.name)
            .key("pk", string(key(user)))
            .update_expression(format!("SET sessions.#id = :session{remove}"))
            .condition_expression(format!("attribute_exists(pk) AND size(sessions) < :most{there}"))
            .expression_attribute_names("#id", id.to_string())
            .expression_attribute_values(":session", serde_dynamo::to_attribute_value(session)?)
            .expression_attribute_values(":most", number(MOST_SESSIONS + surplus.len()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        for (at, gone) in surplus.iter().enumerate() {
            update = update.expression_attribute_names(format!("#gone{at}"), gone);
        }
        let error = match update.send().await {
            Ok(_) => return Ok(true),
            Err(error) => error,
        };
        let Some(UpdateItemError::ConditionalCheckFailedException(refusal)) = error.as_service_error() else {
            return Err(error.into());
        };
        let Some(item) = refusal.item.clone() else { return Ok(false) };
        let user: UserSessions = from_item(item)?;
        // The SDK has sent it twice, after an answer that was lost.
        if user.sessions.contains_key(&id.to_string()) {
            return Ok(true);
        }
        surplus = user.surplus(now).into_iter().map(ToOwned::to_owned).collect();
    }
    Err(crate::table::Fault::Busy("too many sign-ins of one user at once".into()))
}

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

/// Spends the refresh token of `generation`.
///
/// The one conditional write tells success, grace and theft apart, so that of two uses at once one wins and the
/// other gets the very same successor.
///
/// # Errors
/// When the table cannot be written.
pub async fn refresh(table: &Table, user: UserId, id: SessionId, generation: u32, now: Timestamp) -> Result<Refreshed> {
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
    end(table, user, id).await?;
    Ok(Refreshed::Stolen)
}

/// Ends a session. Ending it twice ends it once.
///
/// # Errors
/// When the table cannot be written.
pub async fn end(table: &Table, user: UserId, id: SessionId) -> Result<()> {
    let update = table
        .client
        .update_item()
        .table_name(&*table.name)
        .key("pk", string(key(user)))
        .update_expression("REMOVE sessions.#id")
        .condition_expression("attribute_exists(pk)")
        .expression_attribute_names("#id", id.to_string());
    match update.send().await {
        Err(error)
            if !matches!(error.as_service_error(), Some(UpdateItemError::ConditionalCheckFailedException(_))) =>
        {
            Err(error.into())
        }
        _ => Ok(()),
    }
}

/// The item of a new user, for the transaction that registers them.
pub(crate) fn new_item(user: &UserSessions) -> Result<crate::table::Item> {
    to_item(user)
}

//! The Sessions table: one item a user, read strongly by every signed-in request.
//!
//! | question                            | key            | call                         | units |
//! |-------------------------------------|----------------|------------------------------|-------|
//! | may this session act, and as what   | user#u         | GetItem, strong              | 1 R   |
//! | what may these users do             | user#u …       | BatchGetItem                 | ½ R each |
//! | sign in                             | user#u         | one write of a transaction   | 2–4 W |
//!
//! [`attempts`] counts tries of a password, [`refresh`] spends refresh tokens, [`ending`] ends sessions, [`keys`] holds
//! the public signing keys.
//!
//! A user has at most ten sessions, some 120 bytes each, so that the item stays under 2 KB.

pub mod attempts;
pub mod ending;
pub mod keys;
pub mod refresh;

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::tables::table::{
    Fault, Item, Result, Table, Transacted, from_item, get_batch, number, string, to_item, transact,
};
use crate::values::{Role, SessionId, UserId};

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
    /// Whether they may do nothing at all: disabling ends every session and lets none begin.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
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

    /// When it was last used to get tokens.
    pub fn refreshed_at(&self) -> Timestamp {
        Timestamp::from_second(self.refreshed).unwrap_or_default()
    }

    /// What it was begun on, as the browser or app names itself.
    pub fn device(&self) -> &str {
        &self.device
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
        UserSessions { pk: key(user), role, disabled: false, sessions }
    }

    /// Whether that session may act.
    pub fn has_live(&self, session: SessionId, now: Timestamp) -> bool {
        self.sessions.get(&session.to_string()).is_some_and(|session| session.is_live(now))
    }

    /// The live sessions, the last used first.
    pub fn live(&self, now: Timestamp) -> Vec<(SessionId, &Session)> {
        let sessions = self.sessions.iter().filter(|(_, session)| session.is_live(now));
        let mut sessions: Vec<_> = sessions.filter_map(|(id, session)| Some((id.parse().ok()?, session))).collect();
        sessions.sort_by_key(|(id, session): &(SessionId, &Session)| {
            std::cmp::Reverse((session.refreshed, id.to_string()))
        });
        sessions
    }

    /// Every session but that one.
    pub fn others(&self, current: SessionId) -> Vec<SessionId> {
        let ids = self.sessions.keys().filter_map(|id| id.parse().ok());
        ids.filter(|id| *id != current).collect()
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

/// The sessions of up to a hundred users, of those who are there, as they were a moment ago.
///
/// # Errors
/// When the table cannot be read.
pub async fn get_all(table: &Table, users: &[UserId]) -> Result<HashMap<UserId, UserSessions>> {
    get_batch_of(table, users, false).await
}

/// The same, as they are this moment.
///
/// # Errors
/// When the table cannot be read.
pub async fn get_all_now(table: &Table, users: &[UserId]) -> Result<HashMap<UserId, UserSessions>> {
    get_batch_of(table, users, true).await
}

async fn get_batch_of(table: &Table, users: &[UserId], now: bool) -> Result<HashMap<UserId, UserSessions>> {
    let mut found = HashMap::new();
    let keys = users.iter().map(|user| Item::from([("pk".to_owned(), string(key(*user)))])).collect();
    for item in get_batch(table, keys, now).await? {
        let sessions: UserSessions = from_item(item)?;
        let user = sessions.pk.strip_prefix("user#").and_then(|id| id.parse().ok());
        found.extend(user.map(|user| (user, sessions)));
    }
    Ok(found)
}

/// Adds a session, and forgets the failures before it. False where there is no such user, or a disabled one.
///
/// `note` goes with it, in one transaction.
///
/// # Errors
/// When the tables cannot be written.
pub async fn open(
    table: &Table,
    user: UserId,
    id: SessionId,
    session: &Session,
    note: TransactWriteItem,
    now: Timestamp,
) -> Result<bool> {
    let mut surplus: Vec<String> = Vec::new();
    // The second round knows what to remove; the others are for sign-ins in between. To remove what another has
    // removed already makes no room: so each must still be there.
    for _ in 0..MOST_SESSIONS {
        let removals: Vec<_> = (0..surplus.len()).map(|at| format!("sessions.#gone{at}")).collect();
        let remove: String = removals.iter().map(|gone| format!(", {gone}")).collect();
        let there: String = removals.iter().map(|gone| format!(" AND attribute_exists({gone})")).collect();
        let mut update = Update::builder()
            .table_name(&*table.name)
            .key("pk", string(key(user)))
            .update_expression(format!("SET sessions.#id = :session REMOVE failures, retryAt{remove}"))
            .condition_expression(format!(
                "attribute_exists(sessions) AND attribute_not_exists(disabled) AND size(sessions) < :most{there}"
            ))
            .expression_attribute_names("#id", id.to_string())
            .expression_attribute_values(":session", serde_dynamo::to_attribute_value(session)?)
            .expression_attribute_values(":most", number(MOST_SESSIONS + surplus.len()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        for (at, gone) in surplus.iter().enumerate() {
            update = update.expression_attribute_names(format!("#gone{at}"), gone);
        }
        let update = TransactWriteItem::builder().update(update.build()?).build();
        let mut reasons = match transact(&table.client, vec![update, note.clone()]).await? {
            Transacted::Done => return Ok(true),
            Transacted::Refused(reasons) => reasons,
        };
        let item = reasons.swap_remove(0).unwrap_or_default();
        if !item.contains_key("sessions") || item.contains_key("disabled") {
            return Ok(false);
        }
        let user: UserSessions = from_item(item)?;
        surplus = user.surplus(now).into_iter().map(ToOwned::to_owned).collect();
    }
    Err(Fault::Busy("too many sign-ins of one user at once".into()))
}

/// The item of a new user, for the transaction that registers them.
pub(crate) fn new_item(user: &UserSessions) -> Result<crate::tables::table::Item> {
    to_item(user)
}

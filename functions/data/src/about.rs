//! What the library knows of a reader in one item each: the profile, and the sign-ins.

use jiff::Timestamp;
use serde::Serialize;
use shared::tables::accounts::User;
use shared::tables::sessions::{Attempts, Session, UserSessions};
use shared::values::{Day, Group, Reason, Role, SessionId, milliseconds};

/// `profile.json`: as `GET /users/me` has it, and what else is stored.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Profile {
    #[serde(flatten)]
    user: User,
    /// When they got the card.
    #[serde(serialize_with = "milliseconds", skip_serializing_if = "Option::is_none")]
    card_since: Option<Timestamp>,
    /// What names them in the file that they came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    role: Role,
    disabled: bool,
    approved: bool,
    group: Group,
    /// Whether past loans are kept.
    keep_history: bool,
    /// Since when they are.
    #[serde(serialize_with = "milliseconds", skip_serializing_if = "Option::is_none")]
    keep_history_since: Option<Timestamp>,
    /// The last block, which may have ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_block: Option<Block>,
}

/// A block, without the person of the library who made it.
#[derive(Serialize)]
struct Block {
    reason: Reason,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Day>,
    #[serde(serialize_with = "milliseconds")]
    at: Timestamp,
}

impl Profile {
    /// Returns the profile of a user with that standing.
    pub(crate) fn new(user: User, standing: &UserSessions) -> Self {
        let last_block = standing.last_block().cloned();
        Profile {
            card_since: user.card_since,
            source: user.source.clone(),
            user,
            role: standing.role,
            disabled: standing.disabled,
            approved: standing.approved,
            group: standing.group.clone(),
            keep_history: standing.keeps_history_since().is_some(),
            keep_history_since: standing.keeps_history_since(),
            last_block: last_block.map(|block| Block { reason: block.reason, until: block.until, at: block.at }),
        }
    }
}

/// `sessions.json`: as `GET /auth/sessions` has them, and what is stored about tries of the password.
#[derive(Serialize)]
pub(crate) struct SignIns {
    sessions: Vec<SignIn>,
    attempts: Attempts,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SignIn {
    id: SessionId,
    device: String,
    #[serde(serialize_with = "milliseconds")]
    created_at: Timestamp,
    #[serde(serialize_with = "milliseconds")]
    last_used_at: Timestamp,
    /// Whether it has not expired.
    live: bool,
}

impl SignIns {
    /// Returns the sign-ins of a user.
    pub(crate) fn new(user: &UserSessions, attempts: Attempts, now: Timestamp) -> Self {
        let sign_in = |(id, session): (SessionId, &Session)| SignIn {
            id,
            device: session.device().to_owned(),
            created_at: session.created_at(),
            last_used_at: session.refreshed_at(),
            live: user.has_live(id, now),
        };
        SignIns { sessions: user.stored().into_iter().map(sign_in).collect(), attempts }
    }
}

//! The Sessions table: one item for each user. Every request of a signed-in user reads it strongly.
//!
//! | question                            | key            | call                         | units |
//! |-------------------------------------|----------------|------------------------------|-------|
//! | is this session live; its role      | user#u         | GetItem, strong              | 1 R   |
//! | sessions and roles of several users | user#u …       | BatchGetItem                 | ½ R each, strong 1 R |
//!
//! `attempts` counts attempts at a password, `known` remembers devices and addresses, `open` signs in, `refresh` spends
//! refresh tokens, `ending` ends sessions, `change` has the other changes of the item, `standing` is what a librarian
//! changes of a user, `person` says who a user is, `borrowing` who may borrow, `librarians` lists the librarians, `verdict` carries what a request read of its caller into the
//! write, `keys` stores the public signing keys.
//!
//! A user has at most ten sessions of about 120 bytes each and 20 known devices and addresses of about 50, two names and a
//! reason of 200 characters, so the item is smaller than 4 KB.

pub mod attempts;
pub mod borrowing;
mod change;
pub mod ending;
pub mod keys;
mod known;
pub mod librarians;
mod open;
mod person;
pub mod refresh;
mod standing;
pub mod verdict;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::fault::Result;
use super::journal::Journal;
use super::key::{Item, Key, key};
use super::retry::Retry;
use super::table::{Consistency, Table, readable};
use super::write::Write;
use crate::values::{Group, Role, SessionId, UserId, stored};

use Consistency::Strong;

use borrowing::Block;
use refresh::Spent;

pub(crate) use change::if_epoch as epoch_is;

pub use known::{Attempts, REMEMBERED_FOR, Source};
pub use person::Person;
pub use refresh::Client;
pub use standing::Standing;
pub use verdict::{Denied, Needs, Verdict};

/// The most sessions of a user. A further sign-in ends the session that was refreshed least recently.
pub const MOST_SESSIONS: usize = 10;
/// A session that is not refreshed for this long ends (OWASP ASVS 5, 7.3.1).
pub const IDLE: SignedDuration = SignedDuration::from_hours(14 * 24);
/// A session ends after this long, even if it is used (OWASP ASVS 5, 7.3.2).
pub const ABSOLUTE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long a write that collides with others is retried. A function has ten seconds for a request.
const PATIENCE: Duration = Duration::from_secs(6);

/// The Sessions table.
#[derive(Clone)]
pub struct Sessions {
    table: Table,
    journal: Journal,
}

key!(
    /// The key of a user's item.
    UserKey(UserId) = "user#"
);

/// The role and the sessions of a user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UserSessions {
    pk: UserKey,
    /// The user's role.
    pub role: Role,
    /// Whether the user is disabled. Disabling a user ends every session and refuses new ones.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
    /// Whether the user has proved that their address is theirs. The profile says the same, in the same transactions.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub verified: bool,
    /// Whether a librarian lets the user borrow without a verified address.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub approved: bool,
    /// The group, which decides on the lending rules.
    #[serde(default, deserialize_with = "stored::required", skip_serializing_if = "is_default")]
    pub group: Group,
    /// The last block, which may have ended: [`UserSessions::blocked_on`] knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    blocked: Option<Block>,
    /// Who the user is, as in the profile; `None` in items of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    person: Option<Person>,
    /// Since when the user keeps past loans; `None` if they do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    history: Option<Timestamp>,
    /// The epoch of the password: another one with each new password. The logins have the same beside the hash, so that a
    /// sign-in knows of which epoch the hash is that it has verified. `None` for the first password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    epoch: Option<Uuid>,
    sessions: HashMap<SessionId, Session>,
    /// Written at the registration, and read by nobody but an [`attempts::Attempt`].
    #[serde(skip_deserializing)]
    known: BTreeMap<String, known::Count>,
}

/// Adds the condition that the user is neither a librarian nor an assistant to a write of their item.
pub(crate) fn if_member(write: Write) -> Write {
    write.when("#memberRole = :member").name("#memberRole", "role").value(":member", Role::Member)
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// One session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// How often it was refreshed.
    generation: u32,
    /// When it began, in seconds since 1970.
    created: i64,
    /// When it was last refreshed, in seconds since 1970.
    refreshed: i64,
    /// The device that it began on, as the browser or app names itself.
    device: String,
    /// Whether its tokens are sent in cookies.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    cookie: bool,
    /// The client that refreshed it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<Client>,
    #[serde(flatten)]
    spent: Spent,
}

impl Session {
    /// Makes a session that begins now. `cookie` says whether its tokens are sent in cookies.
    pub fn new(now: Timestamp, user_agent: &str, cookie: bool) -> Self {
        let device = user_agent.chars().filter(|letter| !letter.is_control()).take(60).collect();
        let (created, spent) = (now.as_second(), Spent::default());
        Session { generation: 0, created, refreshed: created, device, cookie, by: None, spent }
    }

    /// Returns when it began, in whole seconds as [`Session::refreshed_at`].
    pub fn created_at(&self) -> Timestamp {
        Timestamp::from_second(self.created).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Returns when it was last refreshed.
    pub fn refreshed_at(&self) -> Timestamp {
        Timestamp::from_second(self.refreshed).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Returns the device that it began on, as the browser or app names itself.
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
    /// Makes a new user's item without a session.
    pub fn new(user: UserId, role: Role) -> Self {
        UserSessions {
            pk: UserKey(user),
            role,
            disabled: false,
            verified: false,
            approved: false,
            group: Group::default(),
            blocked: None,
            person: None,
            history: None,
            epoch: None,
            sessions: HashMap::new(),
            known: BTreeMap::new(),
        }
    }

    /// Makes a new user's item with a first session, which begins at this source.
    pub fn signed_in(user: UserId, role: Role, first: (SessionId, Session), source: &Source, now: Timestamp) -> Self {
        let known = known::at_first(source, first.0, now);
        UserSessions { sessions: HashMap::from([first]), known, ..UserSessions::new(user, role) }
    }

    /// Returns the user.
    pub fn user(&self) -> UserId {
        self.pk.0
    }

    /// Returns whether the password is the one of that epoch.
    pub(crate) fn is_epoch(&self, epoch: Option<Uuid>) -> bool {
        self.epoch == epoch
    }

    /// Returns whether a reader who was added without a password has chosen one, and so may have signed in.
    pub(crate) fn has_chosen_a_password(&self) -> bool {
        self.epoch.is_some()
    }

    /// Returns since when the user keeps past loans; `None` if they do not.
    pub fn keeps_history_since(&self) -> Option<Timestamp> {
        self.history
    }

    /// Returns the item of a user who keeps past loans from that time on, or does not keep them.
    #[must_use]
    pub fn keeping_history(self, since: Option<Timestamp>) -> Self {
        UserSessions { history: since, ..self }
    }

    /// Returns whether that session is live.
    pub fn has_live(&self, session: SessionId, now: Timestamp) -> bool {
        !self.disabled && self.sessions.get(&session).is_some_and(|session| session.is_live(now))
    }

    /// Returns whether that session may receive live events. It must be a librarian's.
    pub fn may_watch(&self, session: SessionId, now: Timestamp) -> bool {
        self.role == Role::Admin && self.has_live(session, now)
    }

    /// Returns the live sessions, the last refreshed first.
    pub fn live(&self, now: Timestamp) -> Vec<(SessionId, &Session)> {
        self.stored().into_iter().filter(|(_, session)| session.is_live(now)).collect()
    }

    /// Returns all sessions that are stored, also those that have expired, the last refreshed first.
    pub fn stored(&self) -> Vec<(SessionId, &Session)> {
        let mut stored: Vec<_> = self.sessions.iter().map(|(id, session)| (*id, session)).collect();
        stored.sort_by_key(|(id, session)| std::cmp::Reverse((session.refreshed, *id.as_bytes())));
        stored
    }
}

impl Sessions {
    pub(crate) fn new(table: Table, journal: Journal) -> Self {
        Sessions { table, journal }
    }

    /// Reads the sessions of a user strongly.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn get(&self, user: UserId) -> Result<Option<UserSessions>> {
        self.table.get(Key::of(UserKey(user)), Strong).await
    }

    /// Reads a user's sessions and items of another table in one call.
    ///
    /// # Errors
    /// A fault of the tables.
    pub(crate) async fn get_with(
        &self,
        user: UserId,
        other: &Table,
        keys: Vec<Key>,
    ) -> Result<(Vec<Item>, Option<UserSessions>)> {
        let own = vec![Key::of(UserKey(user))];
        let (items, mut own) = other.get_batch_with(keys, &self.table, own, Strong).await?;
        Ok((items, own.pop().and_then(readable)))
    }

    /// Reads the sessions of up to 100 users. Unknown users are left out.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn get_all(&self, users: &[UserId], consistency: Consistency) -> Result<HashMap<UserId, UserSessions>> {
        let keys = users.iter().map(|user| Key::of(UserKey(*user))).collect();
        let found = self.table.get_batch(keys, consistency).await?.into_iter().filter_map(readable::<UserSessions>);
        Ok(found.map(|user| (user.user(), user)).collect())
    }

    /// Reads the sessions of up to 50 users, and as many items of another table, in one call.
    pub(crate) async fn get_all_with(
        &self,
        users: &[UserId],
        other: &Table,
        keys: Vec<Key>,
        consistency: Consistency,
    ) -> Result<(Vec<Item>, HashMap<UserId, UserSessions>)> {
        let own = users.iter().map(|user| Key::of(UserKey(*user))).collect();
        let (items, found) = other.get_batch_with(keys, &self.table, own, consistency).await?;
        let found = found.into_iter().filter_map(readable::<UserSessions>);
        Ok((items, found.map(|user| (user.user(), user)).collect()))
    }

    /// Returns the retries of a write that collides with others.
    fn retry(&self) -> Retry {
        Retry::new(&self.table.random, PATIENCE)
    }

    /// Returns the write that adds a new user's item.
    pub(crate) fn put_new(&self, user: &UserSessions, person: Person) -> Write {
        self.table.put(&UserSessions { person: Some(person), ..user.clone() }).if_new()
    }

    /// Returns the check that refuses a transaction if the user does not exist any more.
    pub(crate) fn check_exists(&self, user: UserId) -> Write {
        self.table.check(Key::of(UserKey(user))).when("attribute_exists(sessions)")
    }

    /// Returns the check that refuses a transaction if the user is a librarian or an assistant, or does not exist any more.
    pub(crate) fn check_member(&self, user: UserId) -> Write {
        if_member(self.table.check(Key::of(UserKey(user))).when("attribute_exists(sessions)"))
    }

    /// Returns the check that refuses a transaction if the user exists.
    pub(crate) fn check_absent(&self, user: UserId) -> Write {
        self.table.check(Key::of(UserKey(user))).if_new()
    }

    /// Returns the check that refuses a transaction if the user does not keep past loans since that time.
    pub(crate) fn check_history(&self, user: UserId, since: Timestamp) -> Write {
        self.table.check(Key::of(UserKey(user))).when("history = :since").value(":since", since)
    }

    /// Returns the write that deletes the item of a user of that group.
    pub(crate) fn delete(&self, user: UserId, group: &Group) -> Write {
        borrowing::if_in_group(self.table.delete(Key::of(UserKey(user))), group)
    }
}

//! The Connections table: the live monitors, and the tickets that let monitors connect.
//!
//! | question                     | key                        | call                    | units      |
//! |------------------------------|----------------------------|-------------------------|------------|
//! | create a ticket              | ticket#hash                | PutItem                 | 1 W        |
//! | spend a ticket               | ticket#hash                | UpdateItem, conditional | 1 W        |
//! | add, remove a monitor        | connections / id           | PutItem, DeleteItem     | 1 W        |
//! | list all monitors            | connections                | Query, strong           | 1 R a 4 KB |
//!
//! A browser can send a token with a WebSocket's handshake only in the URL, which proxies log. A ticket in a URL is
//! harmless: it is valid for half a minute, and for one connection. Only its hash is stored.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::fault::Result;
use super::key::Key;
use super::table::{Table, from_item};
use super::write::Written;
use crate::values::{SessionId, UserId};

/// How long a ticket is valid.
pub const TICKET_LIFETIME: SignedDuration = SignedDuration::from_secs(30);
/// API Gateway closes a connection after two hours. If a fault leaves an item behind, it expires a little later.
const LONGEST_CONNECTION: SignedDuration = SignedDuration::from_hours(3);
/// API Gateway waits 29 seconds for the answer to a handshake.
const LONGEST_HANDSHAKE: SignedDuration = SignedDuration::from_secs(30);

const CONNECTIONS: &str = "connections";
const TICKET: &str = "ticket";

/// The Connections table.
#[derive(Clone)]
pub struct Connections(Table);

/// The user and session of a monitor or a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watcher {
    /// The user.
    pub user: UserId,
    /// The session.
    pub session: SessionId,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    pk: String,
    sk: String,
    #[serde(flatten)]
    watcher: Watcher,
    /// Seconds since 1970.
    expires_at: i64,
}

/// A live monitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// API Gateway's id of the connection.
    pub id: String,
    /// The user and session.
    pub watcher: Watcher,
    since: Timestamp,
}

impl Connection {
    /// Returns whether the handshake may not be finished yet. A monitor is added before its handshake is answered, and
    /// cannot receive anything until then.
    pub fn may_be_opening(&self, now: Timestamp) -> bool {
        now.duration_since(self.since) < LONGEST_HANDSHAKE
    }
}

fn ticket_key(ticket: &str) -> String {
    format!("ticket#{}", BASE64.encode(Sha256::digest(ticket)))
}

impl Connections {
    pub(crate) fn new(table: Table) -> Self {
        Connections(table)
    }

    /// Creates a ticket of random bytes and returns its text.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn create_ticket(&self, watcher: Watcher, random: [u8; 32], now: Timestamp) -> Result<String> {
        let ticket = BASE64.encode(random);
        let expires_at = (now + TICKET_LIFETIME).as_second();
        self.0.put(&Record { pk: ticket_key(&ticket), sk: TICKET.into(), watcher, expires_at }).send().await?;
        Ok(ticket)
    }

    /// Spends a ticket on a connection and returns its user and session; `None` if another connection has it, it has
    /// expired, or it never existed.
    ///
    /// The same connection may spend it again: if the answer of the first call is lost, the SDK repeats the call.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn spend_ticket(&self, ticket: &str, connection: &str, now: Timestamp) -> Result<Option<Watcher>> {
        let key = Key::of(ticket_key(ticket)).and(TICKET);
        let spend = self.0.update(key, "SET spentBy = :connection").when("expiresAt > :now");
        let spend = spend.when("(attribute_not_exists(spentBy) OR spentBy = :connection)");
        match spend.value(":connection", connection).value(":now", now.as_second()).send().await? {
            Written::Done(spent) => Ok(Some(from_item::<Record>(spent)?.watcher)),
            Written::Refused(_) => Ok(None),
        }
    }

    /// Adds a monitor.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn add(&self, id: &str, watcher: Watcher, now: Timestamp) -> Result<()> {
        let expires_at = (now + LONGEST_CONNECTION).as_second();
        self.0.put(&Record { pk: CONNECTIONS.into(), sk: id.into(), watcher, expires_at }).send().await?;
        Ok(())
    }

    /// Removes a monitor. Idempotent.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn remove(&self, id: &str) -> Result<()> {
        self.0.delete(Key::of(CONNECTIONS).and(id)).send().await?;
        Ok(())
    }

    /// Lists all monitors.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn list(&self) -> Result<Vec<Connection>> {
        let rows: Vec<Record> =
            self.0.query("pk = :connections").value(":connections", CONNECTIONS).strong().all().await?;
        let connection = |Record { sk, watcher, expires_at, .. }: Record| {
            let since = Timestamp::from_second(expires_at).ok()? - LONGEST_CONNECTION;
            Some(Connection { id: sk, watcher, since })
        };
        Ok(rows.into_iter().filter_map(connection).collect())
    }
}

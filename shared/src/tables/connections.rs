//! The Connections table: the live monitors, and the tickets to become one.
//!
//! | question                    | key                        | call                    | units      |
//! |-----------------------------|----------------------------|-------------------------|------------|
//! | give out a ticket           | ticket#hash                | PutItem                 | 1 W        |
//! | let in whoever brings it    | ticket#hash                | DeleteItem, conditional | 1 W        |
//! | a monitor comes, goes       | connections / id           | PutItem, DeleteItem     | 1 W        |
//! | who watches                 | connections                | Query, strong           | 1 R a 4 KB |
//!
//! A browser cannot send a token with a WebSocket's handshake but in its address, where it would be logged on the way.
//! A ticket may be: it is worth nothing half a minute later, and nothing once it has been used. Only its hash is stored.

use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::types::ReturnValue;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::tables::table::{Result, Table, from_item, number, string, to_item};
use crate::values::{SessionId, UserId};

/// How long a ticket lets somebody in.
pub const TICKET_LIFETIME: SignedDuration = SignedDuration::from_secs(30);
/// API Gateway ends a connection after two hours; a row that outlives its own by a bug goes a little later.
const MOST_CONNECTED: SignedDuration = SignedDuration::from_hours(3);
/// API Gateway waits for the answer to a handshake for 29 seconds.
const OPEN_WITHIN: SignedDuration = SignedDuration::from_secs(30);

const CONNECTIONS: &str = "connections";

/// Who is let in, or watches: a user, by one of their sign-ins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watcher {
    /// Who.
    pub user: UserId,
    /// By which sign-in.
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
    /// API Gateway's name for it.
    pub id: String,
    /// Who watches.
    pub watcher: Watcher,
    since: Timestamp,
}

impl Connection {
    /// Whether it may still be opening: it is listed before its handshake is answered, and cannot be reached until then.
    pub fn may_be_opening(&self, now: Timestamp) -> bool {
        now.duration_since(self.since) < OPEN_WITHIN
    }
}

/// Gives out a ticket of `random` bytes; gives its text.
///
/// # Errors
/// When the table cannot be written.
pub async fn give_ticket(table: &Table, watcher: Watcher, random: [u8; 32], now: Timestamp) -> Result<String> {
    let ticket = BASE64.encode(random);
    let expires_at = (now + TICKET_LIFETIME).as_second();
    put(table, &Record { pk: ticket_key(&ticket), sk: "ticket".into(), watcher, expires_at }).await?;
    Ok(ticket)
}

fn ticket_key(ticket: &str) -> String {
    format!("ticket#{}", BASE64.encode(Sha256::digest(ticket)))
}

/// Spends a ticket: gives whose it is, once, in time.
///
/// # Errors
/// When the table cannot be written.
pub async fn spend_ticket(table: &Table, ticket: &str, now: Timestamp) -> Result<Option<Watcher>> {
    let delete = table
        .client
        .delete_item()
        .table_name(&*table.name)
        .key("pk", string(ticket_key(ticket)))
        .key("sk", string("ticket"))
        .condition_expression("expiresAt > :now")
        .expression_attribute_values(":now", number(now.as_second()))
        .return_values(ReturnValue::AllOld);
    match delete.send().await {
        Ok(spent) => Ok(spent.attributes.map(from_item::<Record>).transpose()?.map(|record| record.watcher)),
        Err(error) => match error.as_service_error() {
            Some(DeleteItemError::ConditionalCheckFailedException(_)) => Ok(None),
            _ => Err(error.into()),
        },
    }
}

/// Notes that somebody watches.
///
/// # Errors
/// When the table cannot be written.
pub async fn add(table: &Table, id: &str, watcher: Watcher, now: Timestamp) -> Result<()> {
    let expires_at = (now + MOST_CONNECTED).as_second();
    put(table, &Record { pk: CONNECTIONS.into(), sk: id.into(), watcher, expires_at }).await
}

async fn put(table: &Table, record: &Record) -> Result<()> {
    table.client.put_item().table_name(&*table.name).set_item(Some(to_item(record)?)).send().await?;
    Ok(())
}

/// Notes that somebody watches no more. Doing it twice does it once.
///
/// # Errors
/// When the table cannot be written.
pub async fn remove(table: &Table, id: &str) -> Result<()> {
    let delete = table.client.delete_item().table_name(&*table.name);
    delete.key("pk", string(CONNECTIONS)).key("sk", string(id)).send().await?;
    Ok(())
}

/// Everybody who watches.
///
/// # Errors
/// When the table cannot be read.
pub async fn list(table: &Table) -> Result<Vec<Connection>> {
    let query = table
        .client
        .query()
        .table_name(&*table.name)
        .key_condition_expression("pk = :connections")
        .expression_attribute_values(":connections", string(CONNECTIONS))
        .consistent_read(true);
    let mut rows = query.into_paginator().items().send();
    let mut connections = Vec::new();
    while let Some(item) = rows.next().await {
        let Record { sk, watcher, expires_at, .. } = from_item(item?)?;
        let since = Timestamp::from_second(expires_at).unwrap_or_default() - MOST_CONNECTED;
        connections.push(Connection { id: sk, watcher, since });
    }
    Ok(connections)
}

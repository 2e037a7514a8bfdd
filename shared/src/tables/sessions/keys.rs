//! The public signing keys in the Sessions table, where every function finds them.
//!
//! | question               | key  | call                     | units |
//! |------------------------|------|--------------------------|-------|
//! | which keys are valid   | keys | GetItem, strong          | 1 R   |
//! | publish one more       | keys | 2 UpdateItem, idempotent | 2 W   |
//! | forget the oldest      | keys | UpdateItem, idempotent   | 1 W   |

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::ReturnValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::tables::table::{Result, Table, from_item, string};

/// So many of the newest keys are kept. An access token lives for ten minutes, so those of a key that two others have
/// followed are long over; the item must not grow for ever.
const KEPT: usize = 3;

/// A public Ed25519 key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// Its thumbprint (RFC 7638), the `kid` of the tokens that it verifies.
    pub id: String,
    /// The key itself, base64url (`x` of RFC 8037).
    pub x: String,
}

#[derive(Serialize, Deserialize)]
struct Record {
    keys: BTreeMap<String, Stored>,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    x: String,
    /// When it was published, in seconds since 1970.
    published: i64,
}

/// Every key that tokens may be signed with.
///
/// # Errors
/// When the table cannot be read.
pub async fn list(table: &Table) -> Result<Vec<PublicKey>> {
    let found = table.client.get_item().table_name(&*table.name).key("pk", string("keys")).consistent_read(true);
    let Some(item) = found.send().await?.item else { return Ok(Vec::new()) };
    let record: Record = from_item(item)?;
    Ok(record.keys.into_iter().map(|(id, stored)| PublicKey { id, x: stored.x }).collect())
}

/// Makes a key known, and forgets the ones that are too old to matter. Has to be done before the first token is signed
/// with it.
///
/// # Errors
/// When the table cannot be written.
pub async fn publish(table: &Table, key: &PublicKey, now: Timestamp) -> Result<()> {
    let stored = Stored { x: key.x.clone(), published: now.as_second() };
    // A map inside an item cannot be written into before it is there, so two steps: the map, then the entry.
    let item = |expression: &str| {
        let update = table.client.update_item().table_name(&*table.name).key("pk", string("keys"));
        update.update_expression(expression).expression_attribute_names("#keys", "keys")
    };
    let empty = serde_dynamo::to_attribute_value(BTreeMap::<String, Stored>::new())?;
    item("SET #keys = if_not_exists(#keys, :empty)").expression_attribute_values(":empty", empty).send().await?;
    let published = item("SET #keys.#id = if_not_exists(#keys.#id, :key)")
        .expression_attribute_names("#id", &key.id)
        .expression_attribute_values(":key", serde_dynamo::to_attribute_value(stored)?)
        .return_values(ReturnValue::AllNew)
        .send()
        .await?;
    let record: Record = from_item(published.attributes.unwrap_or_default())?;
    let others = record.but(&key.id);
    let old = &others[..others.len().saturating_sub(KEPT - 1)];
    if !old.is_empty() {
        let removals: Vec<_> = (0..old.len()).map(|at| format!("#keys.#old{at}")).collect();
        let mut update = item(&format!("REMOVE {}", removals.join(", ")));
        for (at, id) in old.iter().enumerate() {
            update = update.expression_attribute_names(format!("#old{at}"), *id);
        }
        update.send().await?;
    }
    Ok(())
}

impl Record {
    /// Every key but that one, the oldest first.
    fn but(&self, id: &str) -> Vec<&str> {
        let others = self.keys.iter().filter(|(other, _)| *other != id);
        let mut others: Vec<_> = others.map(|(id, stored)| (stored.published, id.as_str())).collect();
        others.sort_unstable();
        others.into_iter().map(|(_, id)| id).collect()
    }
}

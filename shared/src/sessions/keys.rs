//! The public signing keys in the Sessions table, where every function finds them.
//!
//! | question               | key  | call                     | units |
//! |------------------------|------|--------------------------|-------|
//! | which keys are valid   | keys | GetItem, strong          | 1 R   |
//! | publish one more       | keys | UpdateItem, idempotent   | 1 W   |

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::table::{Result, Table, from_item, string};

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

/// Makes a key known. Has to be done before the first token is signed with it.
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
    item("SET #keys.#id = if_not_exists(#keys.#id, :key)")
        .expression_attribute_names("#id", &key.id)
        .expression_attribute_values(":key", serde_dynamo::to_attribute_value(stored)?)
        .send()
        .await?;
    Ok(())
}

//! The public signing keys. They are in the Sessions table because every function may read it.
//!
//! | question               | key  | call                     | units |
//! |------------------------|------|--------------------------|-------|
//! | which keys are valid   | keys | GetItem, strong          | 1 R   |
//! | publish a key          | keys | 2 UpdateItem, idempotent | 2 W   |
//! | remove the oldest      | keys | UpdateItem, idempotent   | 1 W   |

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Sessions;
use crate::tables::fault::Result;
use crate::tables::key::Key;
use crate::tables::table::Consistency::Strong;
use crate::tables::table::from_item;
use crate::tables::write::{Write, Written};

/// The number of keys that are stored: the newest ones. An access token is valid for ten minutes, so the tokens of a
/// key that was replaced twice have expired.
const MOST_KEYS: usize = 3;
const KEYS: &str = "keys";

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

impl Sessions {
    /// Lists the keys that verify tokens.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn public_keys(&self) -> Result<Vec<PublicKey>> {
        let record: Option<Record> = self.table.get(Key::of(KEYS), Strong).await?;
        let keys = record.into_iter().flat_map(|record| record.keys);
        Ok(keys.map(|(id, stored)| PublicKey { id, x: stored.x }).collect())
    }

    /// Publishes a key, and removes keys that are too old. A key must be published before the first token is signed
    /// with it.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn publish_key(&self, key: &PublicKey, now: Timestamp) -> Result<()> {
        let stored = Stored { x: key.x.clone(), published: now.as_second() };
        // DynamoDB writes an entry only into an existing map. So the first update adds the map, and the second the
        // entry.
        let empty = BTreeMap::<String, Stored>::new();
        self.update_keys("SET #keys = if_not_exists(#keys, :empty)").value(":empty", empty).send().await?;
        let add = self.update_keys("SET #keys.#id = if_not_exists(#keys.#id, :key)").name("#id", &key.id);
        let Written::Done(item) = add.value(":key", stored).send().await? else { return Ok(()) };
        let record: Record = from_item(item)?;
        let others = record.others(&key.id);
        let old = &others[..others.len().saturating_sub(MOST_KEYS - 1)];
        if !old.is_empty() {
            let removals: Vec<_> = (0..old.len()).map(|at| format!("#keys.#old{at}")).collect();
            let mut update = self.update_keys(&format!("REMOVE {}", removals.join(", ")));
            for (at, id) in old.iter().enumerate() {
                update = update.name(format!("#old{at}"), id);
            }
            update.send().await?;
        }
        Ok(())
    }

    fn update_keys(&self, expression: &str) -> Write {
        self.table.update(Key::of(KEYS), expression).name("#keys", "keys")
    }
}

impl Record {
    /// Returns the ids of all keys except that one, the oldest first.
    fn others(&self, id: &str) -> Vec<&str> {
        let others = self.keys.iter().filter(|(other, _)| *other != id);
        let mut others: Vec<_> = others.map(|(id, stored)| (stored.published, id.as_str())).collect();
        others.sort_unstable();
        others.into_iter().map(|(_, id)| id).collect()
    }
}

//! The public signing keys. They are in the Sessions table because every function may read it.
//!
//! | question               | key  | call                     | units |
//! |------------------------|------|--------------------------|-------|
//! | which keys are valid   | keys | GetItem, strong          | 1 R   |
//! | publish a key          | keys | 3 UpdateItem, idempotent | 3 W   |
//! | go on signing with it  | keys | UpdateItem on a condition | 1 W  |
//!
//! A key is accepted until a time that stands beside it. Whoever signs with it moves this time ahead. So a retired key
//! ends with its last token.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Sessions;
use crate::tables::fault::Result;
use crate::tables::key::Key;
use crate::tables::table::Consistency::Strong;
use crate::tables::table::from_item;
use crate::tables::write::{Changes, Write, Written};

/// The number of keys that are stored: the newest ones.
const MOST_KEYS: usize = 3;
/// How long the last token of a key may still arrive, in seconds: its lifetime, and the difference between two clocks.
pub const LAST_TOKEN: i64 = 630;
/// How long a key is accepted after it was published or used.
const LEASE: i64 = 2 * LAST_TOKEN;
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
    /// Until when its tokens are accepted, in seconds since 1970. A key of an earlier version has no end, until another one
    /// is published.
    #[serde(default = "never")]
    until: i64,
}

fn never() -> i64 {
    i64::MAX
}

impl Sessions {
    /// Lists the keys that verify tokens, each with the time until which it is accepted, in seconds since 1970.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn public_keys(&self) -> Result<Vec<(PublicKey, i64)>> {
        let record: Option<Record> = self.table.get(Key::of(KEYS), Strong).await?;
        let keys = record.into_iter().flat_map(|record| record.keys);
        Ok(keys.map(|(id, Stored { x, until, .. })| (PublicKey { id, x }, until)).collect())
    }

    /// Publishes a key. A key must be published before the first token is signed with it.
    /// The other keys end with their last tokens, unless somebody goes on signing with them. Keys that are too old are
    /// removed.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn publish_key(&self, key: &PublicKey, now: Timestamp) -> Result<()> {
        let (PublicKey { id, x }, now) = (key, now.as_second());
        let stored = Stored { x: x.clone(), published: now, until: now + LEASE };
        // DynamoDB writes an entry only into an existing map. So the first update adds the map, the second the entry, and
        // the third what is to be said about the others.
        let empty = BTreeMap::<String, Stored>::new();
        self.update_keys("SET #keys = if_not_exists(#keys, :empty)").value(":empty", empty).send().await?;
        let add = self.update_keys("SET #keys.#id = if_not_exists(#keys.#id, :key)").name("#id", id);
        let added = add.value(":key", stored).send().await?;
        self.use_key(id, now).await?;
        let Written::Done(item) = added else { return Ok(()) };
        self.retire(&from_item::<Record>(item)?.others(id), now + LAST_TOKEN).await
    }

    /// Moves the end of a key ahead, because somebody goes on signing with it. Returns false if the key has been removed.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn use_key(&self, id: &str, now: i64) -> Result<bool> {
        let update = self.update_keys("SET #keys.#id.#until = :until").name("#id", id).name("#until", "until");
        let update = update.when("attribute_exists(#keys.#id)").value(":until", now + LEASE);
        Ok(matches!(update.send().await?, Written::Done(_)))
    }

    /// Ends the keys with these ids, the oldest first, and removes the oldest.
    async fn retire(&self, others: &[(String, i64)], end: i64) -> Result<()> {
        let removed = others.len().saturating_sub(MOST_KEYS - 1);
        let later: Vec<_> =
            others.iter().enumerate().filter(|(at, (_, until))| *at >= removed && *until > end).collect();
        let mut changes = Changes::default();
        later.iter().for_each(|(at, _)| changes.set(format!("#keys.#other{at}.#until = :end")));
        (0..removed).for_each(|at| changes.remove(format!("#keys.#other{at}")));
        let expression: String = changes.into();
        if expression.is_empty() {
            return Ok(());
        }
        let mut update = self.update_keys(&expression);
        if !later.is_empty() {
            update = update.name("#until", "until").value(":end", end);
        }
        for at in (0..removed).chain(later.iter().map(|(at, _)| *at)) {
            update = update.name(format!("#other{at}"), &others[at].0);
        }
        update.send().await?;
        Ok(())
    }

    fn update_keys(&self, expression: &str) -> Write {
        self.table.update(Key::of(KEYS), expression).name("#keys", "keys")
    }
}

impl Record {
    /// Returns the ids and the ends of all keys except that one, the oldest first.
    fn others(self, id: &str) -> Vec<(String, i64)> {
        let mut others: Vec<_> = self.keys.into_iter().filter(|(other, _)| other != id).collect();
        others.sort_unstable_by_key(|(_, stored)| stored.published);
        others.into_iter().map(|(id, stored)| (id, stored.until)).collect()
    }
}

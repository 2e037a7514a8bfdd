//! Idempotency records: answers are stored for 24 hours, so that a repeated request is not carried out again.
//!
//! | question                           | key                  | call                                       | units |
//! |------------------------------------|----------------------|--------------------------------------------|-------|
//! | was this request carried out       | idempotency#user#key | a Put in the transaction that carries it out | +2 W  |
//! | the earlier answer                 | idempotency#user#key | GetItem, strong                            | 1 R   |
//!
//! The transaction that carries out the request writes the record. So both exist, or neither.

use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Library;
use crate::tables::fault::{Fault, Result};
use crate::tables::key::{Item, Key};
use crate::tables::table::Consistency::Strong;
use crate::tables::table::from_item;
use crate::tables::write::Write;
use crate::values::UserId;

const RECORD: &str = "idempotency";
const RETENTION: SignedDuration = SignedDuration::from_hours(24);

/// A request with an `Idempotency-Key`: the user, their key, and a hash of the content.
#[derive(Debug, Clone)]
pub struct Request {
    pk: String,
    digest: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    pk: String,
    sk: String,
    digest: String,
    answer: String,
    /// Seconds since 1970. DynamoDB deletes the item days later.
    expires_at: i64,
}

/// An earlier request with the same key.
pub(crate) enum Earlier<T> {
    /// The same request, with its answer.
    Same(T),
    /// Another request.
    Other,
}

impl Request {
    /// Makes the request of `user` with `key`. A repeated request must have the same `content`.
    ///
    /// # Panics
    /// If `content` cannot be serialised.
    pub fn new(user: UserId, key: &str, content: &impl Serialize) -> Self {
        let content = serde_json::to_vec(content).expect("a request serialises to JSON");
        let digest = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
        Request { pk: format!("idempotency#{user}#{key}"), digest }
    }

    /// Reads the record that refused the write of [`Library::remember`].
    pub(crate) fn earlier<T: DeserializeOwned>(&self, item: Item) -> Result<Earlier<T>> {
        self.compare(from_item(item)?)
    }

    fn compare<T: DeserializeOwned>(&self, record: Record) -> Result<Earlier<T>> {
        if record.digest != self.digest {
            return Ok(Earlier::Other);
        }
        let answer = serde_json::from_str(&record.answer).map_err(|error| Fault::Broken(error.into()))?;
        Ok(Earlier::Same(answer))
    }
}

impl Library {
    /// Returns the write that stores the answer, for the transaction that carries out the request. It is refused if the
    /// key was used before. Then [`Request::earlier`] reads the item.
    pub(crate) fn remember(&self, request: &Request, answer: &impl Serialize, now: Timestamp) -> Write {
        let record = Record {
            pk: request.pk.clone(),
            sk: RECORD.into(),
            digest: request.digest.clone(),
            answer: serde_json::to_string(answer).expect("an answer serialises to JSON"),
            expires_at: (now + RETENTION).as_second(),
        };
        let put = self.table.put(&record).when("(attribute_not_exists(pk) OR expiresAt <= :now)");
        put.value(":now", now.as_second()).showing_item()
    }

    /// Reads the earlier request with the same key, if there is one.
    pub(super) async fn earlier_answer<T: DeserializeOwned>(
        &self,
        request: Option<&Request>,
        now: Timestamp,
    ) -> Result<Option<Earlier<T>>> {
        let Some(request) = request else { return Ok(None) };
        let record: Option<Record> = self.table.get(Key::of(&request.pk).and(RECORD), Strong).await?;
        let record = record.filter(|record| record.expires_at > now.as_second());
        record.map(|record| request.compare(record)).transpose()
    }
}

//! Answers remembered for 24 hours, so that a request that is sent again is not carried out again.
//!
//! | question                           | key                  | call                                       | units |
//! |------------------------------------|----------------------|--------------------------------------------|-------|
//! | was this request carried out       | idempotency#user#key | a Put in the transaction that carries it out | +2 W  |
//! | what was answered                  | idempotency#user#key | GetItem, strong                            | 1 R   |
//!
//! The record is written by the transaction that does the work. There is no state in between: both exist or neither,
//! whatever crashes when.

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

/// A request with an `Idempotency-Key`: who sent it, their key, and what exactly they asked for.
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

/// What an earlier request with the same key was.
pub(super) enum Earlier<T> {
    /// The same request, with its answer.
    Same(T),
    /// Another request.
    Other,
}

impl Request {
    /// The request that `user` names `key`. `content` is all that must be the same when it is sent again.
    ///
    /// # Panics
    /// If `content` cannot be serialised, which is a fault of its type.
    pub fn new(user: UserId, key: &str, content: &impl Serialize) -> Self {
        let content = serde_json::to_vec(content).expect("a request serialises to JSON");
        let digest = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
        Request { pk: format!("idempotency#{user}#{key}"), digest }
    }

    /// Reads the record that refused [`Library::remember`].
    pub(super) fn earlier<T: DeserializeOwned>(&self, item: Item) -> Result<Earlier<T>> {
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
    /// The write that remembers the answer, for the transaction that does the work. Refused if the request was carried out
    /// before; [`Request::earlier`] reads the item then.
    pub(super) fn remember(&self, request: &Request, answer: &impl Serialize, now: Timestamp) -> Write {
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

    /// Reads what a request was answered with before, if it has a key and was carried out.
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

//! Answers remembered for 24 hours, so that sending a request again does not do it again.
//!
//! | question                      | key                         | call                              | units |
//! |-------------------------------|-----------------------------|-----------------------------------|-------|
//! | has this intention been done  | idempotency#user#key        | a Put in the transaction that does it | +2 W |
//!
//! The record is written by the very transaction that does the work. There is no state in between: either both are
//! there or neither, whatever crashes when.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use aws_sdk_dynamodb::types::{Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem};

use crate::tables::table::{Fault, Item, Result, Table, from_item, number, string, to_item};
use crate::values::UserId;

const RECORD: &str = "idempotency";
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// A client's intention: who, their key for it, and what exactly they asked.
#[derive(Debug, Clone)]
pub struct Intention {
    pk: String,
    digest: String,
}

impl Intention {
    /// The intention that `user` names `key`; `request` is everything that must be the same when it is sent again.
    pub fn new(user: UserId, key: &str, request: &impl Serialize) -> Self {
        let digest = Sha256::digest(serde_json::to_vec(request).unwrap_or_default())
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Intention { pk: format!("idempotency#{user}#{key}"), digest }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    pk: String,
    sk: String,
    digest: String,
    answer: String,
    /// Seconds since 1970; DynamoDB deletes the item days later.
    expires_at: i64,
}

/// What was found where the record was to be written.
pub(crate) enum Earlier<T> {
    /// The same request, with its answer.
    Same(T),
    /// Another request.
    Other,
}

/// The write of the record, for the transaction that does the work. It fails where the intention was done before.
pub(crate) fn remember(
    table: &Table,
    intention: &Intention,
    answer: &impl Serialize,
    now: Timestamp,
) -> Result<TransactWriteItem> {
    let record = Record {
        pk: intention.pk.clone(),
        sk: RECORD.into(),
        digest: intention.digest.clone(),
        answer: serde_json::to_string(answer).map_err(|error| Fault::Broken(error.into()))?,
        expires_at: (now + KEPT).as_second(),
    };
    let put = Put::builder()
        .table_name(&*table.name)
        .set_item(Some(to_item(&record)?))
        .condition_expression("attribute_not_exists(pk) OR expiresAt <= :now")
        .expression_attribute_values(":now", number(now.as_second()))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .build()?;
    Ok(TransactWriteItem::builder().put(put).build())
}

/// What an intention, if there is one, has come to before.
///
/// # Errors
/// When the table cannot be read.
pub(crate) async fn look_up<T: DeserializeOwned>(
    table: &Table,
    intention: Option<&Intention>,
    now: Timestamp,
) -> Result<Option<Earlier<T>>> {
    let Some(intention) = intention else { return Ok(None) };
    let found = table.client.get_item().table_name(&*table.name);
    let found = found.key("pk", string(&intention.pk)).key("sk", string(RECORD)).consistent_read(true);
    let Some(item) = found.send().await?.item else { return Ok(None) };
    let expires_at = item.get("expiresAt").and_then(|at| at.as_n().ok()?.parse().ok());
    let counts = expires_at.is_none_or(|at: i64| at > now.as_second());
    if counts { earlier(item, intention).map(Some) } else { Ok(None) }
}

/// Reads the record that stood in the way of [`remember`].
pub(crate) fn earlier<T: DeserializeOwned>(item: Item, intention: &Intention) -> Result<Earlier<T>> {
    let record: Record = from_item(item)?;
    if record.digest != intention.digest {
        return Ok(Earlier::Other);
    }
    let answer = serde_json::from_str(&record.answer).map_err(|error| Fault::Broken(error.into()))?;
    Ok(Earlier::Same(answer))
}

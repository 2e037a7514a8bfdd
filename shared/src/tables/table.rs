//! One DynamoDB table, and what can go wrong on the way to it.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::error::{BuildError, ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason, KeysAndAttributes, Put, TransactWriteItem};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// An item as DynamoDB has it.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// A table: the client that reaches it, and its name.
#[derive(Clone)]
pub struct Table {
    pub(crate) client: Client,
    pub(crate) name: Arc<str>,
}

impl Table {
    pub(crate) fn new(client: Client, name: &str) -> Self {
        Table { client, name: name.into() }
    }
}

/// A call that came to nothing. What the rules of the library refuse is not a fault but an outcome.
#[derive(Debug)]
pub enum Fault {
    /// The database is throttling, slow or out of reach: the same call may succeed in a moment.
    Busy(Box<dyn StdError + Send + Sync>),
    /// Something is wrong with us: a bad expression, a missing permission, an unreadable item.
    Broken(Box<dyn StdError + Send + Sync>),
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Fault::Busy(_) => "the database is busy",
            Fault::Broken(_) => "a call of the database failed",
        })
    }
}

impl StdError for Fault {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Fault::Busy(source) | Fault::Broken(source) => Some(source.as_ref()),
        }
    }
}

/// The answer of a table function.
pub type Result<T, E = Fault> = std::result::Result<T, E>;

impl<E, R> From<SdkError<E, R>> for Fault
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    fn from(error: SdkError<E, R>) -> Self {
        let busy = match &error {
            SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => true,
            SdkError::ServiceError(answer) => answer.err().code().is_some_and(is_passing),
            _ => false,
        };
        if busy { Fault::Busy(error.into()) } else { Fault::Broken(error.into()) }
    }
}

impl From<serde_dynamo::Error> for Fault {
    fn from(error: serde_dynamo::Error) -> Self {
        Fault::Broken(error.into())
    }
}

impl From<BuildError> for Fault {
    fn from(error: BuildError) -> Self {
        Fault::Broken(error.into())
    }
}

/// The error codes that DynamoDB's documentation tells a caller to retry.
fn is_passing(code: &str) -> bool {
    matches!(
        code,
        "InternalServerError"
            | "ItemCollectionSizeLimitExceededException"
            | "ProvisionedThroughputExceededException"
            | "RequestLimitExceeded"
            | "ServiceUnavailable"
            | "ThrottlingException"
            | "ThrottlingError"
            | "TransactionConflictException"
            | "TransactionInProgressException"
    )
}

/// What became of a transaction.
pub(crate) enum Transacted {
    /// All of it happened.
    Done,
    /// A condition failed, so nothing happened. One entry an item, in order: `None` where that item's condition
    /// held, else the item as it stood (empty where there was none).
    Refused(Vec<Option<Item>>),
}

/// Writes all of `items` or nothing.
///
/// Another transaction on the same item is no verdict but bad luck: it is tried again up to three times, each
/// after a longer random pause. The SDK does not do this.
pub(crate) async fn transact(client: &Client, items: Vec<TransactWriteItem>) -> Result<Transacted> {
    // A transaction takes several round trips inside DynamoDB.
    let patient = TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_millis(2_500))
        .operation_timeout(Duration::from_millis(7_500))
        .build();
    let mut attempt = 0;
    loop {
        let sent = client
            .transact_write_items()
            .set_transact_items(Some(items.clone()))
            .customize()
            .config_override(aws_sdk_dynamodb::config::Builder::new().timeout_config(patient.clone()))
            .send()
            .await;
        let error = match sent {
            Ok(_) => return Ok(Transacted::Done),
            Err(error) => error,
        };
        let reasons = match error.as_service_error() {
            Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => cancelled.cancellation_reasons(),
            _ => return Err(error.into()),
        };
        if reasons.iter().any(|reason| reason.code() == Some("ConditionalCheckFailed")) {
            return Ok(Transacted::Refused(reasons.iter().map(refusal).collect()));
        }
        let passing = |reason: &CancellationReason| {
            matches!(
                reason.code(),
                None | Some("None" | "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded")
            )
        };
        if !reasons.iter().all(passing) {
            return Err(Fault::Broken(error.into()));
        }
        if attempt == 3 {
            return Err(Fault::Busy(error.into()));
        }
        attempt += 1;
        tokio::time::sleep(jitter(Duration::from_millis(20 << attempt))).await;
    }
}

fn refusal(reason: &CancellationReason) -> Option<Item> {
    (reason.code() == Some("ConditionalCheckFailed")).then(|| reason.item().cloned().unwrap_or_default())
}

/// A random time up to `longest`, so that those who collided don't collide again.
pub(crate) fn jitter(longest: Duration) -> Duration {
    let mut byte = [0];
    // Without randomness everyone waits the longest.
    if getrandom::fill(&mut byte).is_err() {
        byte = [255];
    }
    longest * u32::from(byte[0]) / 255
}

/// The items of up to a hundred keys, in no particular order, of those that are there: as they are `now`, or a moment ago
/// at half the price.
pub(crate) async fn get_batch(table: &Table, mut keys: Vec<Item>, now: bool) -> Result<Vec<Item>> {
    let mut found = Vec::new();
    // DynamoDB may leave some for another call when it is busy.
    for _ in 0..5 {
        if keys.is_empty() {
            return Ok(found);
        }
        let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(now).build()?;
        let batch = table.client.batch_get_item().request_items(&*table.name, wanted).send().await?;
        found.extend(batch.responses.unwrap_or_default().into_values().flatten());
        keys = batch.unprocessed_keys.unwrap_or_default().into_values().flat_map(|left| left.keys).collect();
    }
    Err(Fault::Busy("the database leaves keys unprocessed".into()))
}

/// Writes an item that must not be there yet.
pub(crate) fn put_new(table: &Table, item: Item) -> Result<TransactWriteItem> {
    let put = Put::builder().table_name(&*table.name).set_item(Some(item));
    let put = put.condition_expression("attribute_not_exists(pk)").build()?;
    Ok(TransactWriteItem::builder().put(put).build())
}

/// The item of `record`, to write.
pub(crate) fn to_item(record: &impl Serialize) -> Result<Item> {
    Ok(serde_dynamo::aws_sdk_dynamodb_1::to_item(record)?)
}

/// The record in `item`, as read.
pub(crate) fn from_item<T: DeserializeOwned>(item: Item) -> Result<T> {
    Ok(serde_dynamo::aws_sdk_dynamodb_1::from_item(item)?)
}

/// A string attribute.
pub(crate) fn string(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A number attribute.
pub(crate) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

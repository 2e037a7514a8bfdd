//! The rows of a DynamoDB stream, as Lambda hands them to a function, and the answer that it expects.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A record of the stream
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html>).
#[derive(Deserialize)]
pub struct Record {
    /// What was written.
    pub dynamodb: Change,
}

/// What was written.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Change {
    /// The record's place in its shard.
    pub sequence_number: String,
    /// The item as it is now, with DynamoDB's types. Empty if it was deleted.
    #[serde(default)]
    pub new_image: Value,
}

/// The answer to records: those that Lambda must send again
/// (<https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html>).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failures {
    batch_item_failures: Vec<Failure>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    item_identifier: String,
}

impl Failures {
    /// Returns the answer that names the records of `sequence_numbers`.
    pub fn of(sequence_numbers: Vec<String>) -> Self {
        let batch_item_failures =
            sequence_numbers.into_iter().map(|item_identifier| Failure { item_identifier }).collect();
        Failures { batch_item_failures }
    }
}

//! The template's event source mappings: which function handles the records of which table's stream, and how.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::filter::Filter;
use super::routes::Function;
use super::{Table, section};
use crate::error::{Error, Result};

/// A stream, and the function that handles its records.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    /// The logical id: `DispatchStream`. The position in the stream is stored under it.
    pub logical_id: String,
    /// The name of the table: `carrel-journal`.
    pub table: String,
    /// The crate and binary of the function: `dispatch`.
    pub binary: String,
    /// The timeout of the function.
    pub timeout: Duration,
    /// How many records are read at once, at most.
    pub batch_size: usize,
    /// Whether a batch that fails as a whole is retried in halves.
    pub bisects: bool,
    /// How often a batch is retried; `None` is without a limit.
    pub retries: Option<u32>,
    /// The age at which a record is given up; `None` is never.
    pub maximum_age: Option<Duration>,
    /// Whether the function reports which records have failed.
    pub reports_failures: bool,
    /// Which records reach the function.
    pub filter: Filter,
}

/// The properties that the runner supports, or can ignore. Any other is an error that names it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Properties {
    event_source_arn: String,
    function_name: String,
    starting_position: String,
    enabled: Option<bool>,
    #[serde(default = "default_batch_size")]
    batch_size: usize,
    #[serde(default)]
    bisect_batch_on_function_error: bool,
    #[serde(default = "endless")]
    maximum_retry_attempts: i64,
    #[serde(default = "endless")]
    maximum_record_age_in_seconds: i64,
    #[serde(default)]
    function_response_types: Vec<String>,
    filter_criteria: Option<Value>,
    destination_config: Option<Destinations>,
    #[serde(default)]
    maximum_batching_window_in_seconds: u32,
    parallelization_factor: Option<u32>,
    #[serde(rename = "Tags")]
    _tags: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Destinations {
    #[serde(rename = "OnFailure")]
    _on_failure: Destination,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Destination {
    #[serde(rename = "Destination")]
    _destination: String,
}

fn default_batch_size() -> usize {
    100
}

/// AWS's value for no limit.
fn endless() -> i64 {
    -1
}

impl Mapping {
    /// Reads a mapping; `None` if it is disabled.
    pub(super) fn read(
        id: &str,
        properties: Value,
        tables: &[Table],
        functions: &[Function<'_>],
    ) -> Result<Option<Self>> {
        let properties: Properties = section(id, properties)?;
        let wrong = |problem: String| Error::template(id, problem);
        if properties.enabled == Some(false) {
            return Ok(None);
        }
        if properties.starting_position != "TRIM_HORIZON" {
            let other = &properties.starting_position;
            return Err(wrong(format!("the runner does not know the StartingPosition {other}")));
        }
        if properties.maximum_batching_window_in_seconds != 0 {
            return Err(wrong(
                "the runner does not batch by time: MaximumBatchingWindowInSeconds should be 0".to_owned(),
            ));
        }
        if properties.parallelization_factor.is_some_and(|factor| factor != 1) {
            return Err(wrong("the runner keeps the order: ParallelizationFactor should be 1".to_owned()));
        }
        if properties.destination_config.is_none() {
            return Err(wrong("records that fail would be lost: DestinationConfig is missing".to_owned()));
        }
        if let Some(kind) = properties.function_response_types.iter().find(|kind| *kind != "ReportBatchItemFailures") {
            return Err(wrong(format!("the runner does not know the FunctionResponseType {kind}")));
        }
        let function = referred(&properties.function_name);
        let function = functions.iter().find(|known| known.id == function);
        let function = function.ok_or_else(|| wrong(format!("there is no function {}", properties.function_name)))?;
        let filter = properties.filter_criteria.map(Filter::read).transpose().map_err(wrong)?;
        Ok(Some(Mapping {
            logical_id: id.to_owned(),
            table: streamed(&properties.event_source_arn, tables).map_err(wrong)?,
            binary: function.binary("a function with a stream")?,
            timeout: function.timeout(),
            batch_size: properties.batch_size,
            bisects: properties.bisect_batch_on_function_error,
            retries: u32::try_from(properties.maximum_retry_attempts).ok(),
            maximum_age: u64::try_from(properties.maximum_record_age_in_seconds).ok().map(Duration::from_secs),
            reports_failures: !properties.function_response_types.is_empty(),
            filter: filter.unwrap_or_default(),
        }))
    }
}

/// Returns the name of the table whose stream `arn` is: `JournalTable.StreamArn`.
fn streamed(arn: &str, tables: &[Table]) -> Result<String, String> {
    let table = tables.iter().find(|table| arn == format!("{}.StreamArn", table.logical_id));
    match table {
        Some(table) if table.create.get("StreamSpecification").is_some() => Ok(table.name.clone()),
        Some(table) => Err(format!("{} needs a StreamSpecification", table.logical_id)),
        None => Err(format!("the runner does not know the stream {arn}")),
    }
}

/// Returns the logical id that a `Ref` or an attribute names.
fn referred(reference: &str) -> &str {
    reference.split('.').next().unwrap_or(reference)
}

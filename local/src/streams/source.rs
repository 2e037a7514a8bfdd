//! The stream of one table, read in this process through the database's Streams API.

use std::hash::{DefaultHasher, Hash, Hasher};

use dynoxide::actions::describe_stream::DescribeStreamRequest;
use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use dynoxide::actions::list_streams::ListStreamsRequest;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::database::Engine;
use crate::error::{Error, Result};

/// The stream of a table. In the embedded database it has one shard.
#[derive(Clone)]
pub(super) struct Source {
    reader: dynoxide::Database,
    /// Keeps the folder locked while the reader has it open.
    engine: Engine,
    arn: String,
    pub(super) shard: String,
}

/// A change of an item.
#[derive(Debug, Clone)]
pub(super) struct Record {
    /// All sequence numbers of a shard have the same length: as text they sort like numbers.
    pub(super) sequence: String,
    pub(super) arrival: Timestamp,
    /// As a function gets it.
    pub(super) event: Value,
}

impl Record {
    /// Returns which of so many shards a record is in. All changes of an item are in the same.
    pub(super) fn shard(&self, shards: u64) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.event["dynamodb"]["Keys"].to_string().hash(&mut hasher);
        hasher.finish() % shards
    }
}

impl Source {
    /// Returns the stream of `table`.
    pub(super) fn of(engine: &Engine, table: &str) -> Result<Self> {
        let request = ListStreamsRequest { table_name: Some(table.to_owned()), ..ListStreamsRequest::default() };
        let reader = engine.reader()?;
        let streams = reader.list_streams(request).map_err(Error::database)?.streams;
        let arn = streams.into_iter().next().map(|stream| stream.stream_arn);
        let arn = arn.ok_or_else(|| Error::database(format!("the table {table} has no stream")))?;
        let shard = describe(&reader, &arn)?.0;
        Ok(Source { reader, engine: engine.clone(), arn, shard })
    }

    /// Returns the sequence number of the newest record, if there is any.
    pub(super) async fn end(&self) -> Result<Option<String>> {
        self.read(|source| describe(&source.reader, &source.arn)).await.map(|(_, end)| end)
    }

    /// Returns at most `limit` records after `position`, or from the oldest on, in their order.
    pub(super) async fn after(&self, position: Option<&str>, limit: usize) -> Result<Vec<Record>> {
        let position = position.map(ToOwned::to_owned);
        self.read(move |source| source.records(position, limit)).await
    }

    fn records(&self, position: Option<String>, limit: usize) -> Result<Vec<Record>> {
        let kind = if position.is_some() { "AFTER_SEQUENCE_NUMBER" } else { "TRIM_HORIZON" };
        let request = GetShardIteratorRequest {
            stream_arn: self.arn.clone(),
            shard_id: self.shard.clone(),
            shard_iterator_type: kind.to_owned(),
            sequence_number: position,
        };
        let iterator = self.reader.get_shard_iterator(request).map_err(Error::database)?.shard_iterator;
        let request = GetRecordsRequest { shard_iterator: iterator.unwrap_or_default(), limit: Some(limit) };
        let records = self.reader.get_records(request).map_err(Error::database)?.records;
        // A position on the disk that is ahead of the stream there would skip what is written after a power failure.
        if !records.is_empty() {
            self.engine.wait_for_disk().map_err(Error::io("the database's log"))?;
        }
        records.into_iter().map(|record| self.record(&record)).collect()
    }

    fn record(&self, record: &dynoxide::actions::get_records::Record) -> Result<Record> {
        let arrival =
            Timestamp::from_second(record.dynamodb.approximate_creation_date_time as i64).map_err(Error::database)?;
        let mut event = serde_json::to_value(record).map_err(Error::database)?;
        event["eventSourceARN"] = json!(self.arn);
        event["dynamodb"]["ApproximateCreationDateTime"] = json!(arrival.as_second());
        Ok(Record { sequence: record.dynamodb.sequence_number.clone(), arrival, event })
    }

    /// Reads on a thread that may block.
    async fn read<T: Send + 'static>(&self, read: impl FnOnce(&Source) -> Result<T> + Send + 'static) -> Result<T> {
        let source = self.clone();
        tokio::task::spawn_blocking(move || read(&source)).await.map_err(Error::database)?
    }
}

/// Returns the shard, and its last sequence number.
fn describe(reader: &dynoxide::Database, arn: &str) -> Result<(String, Option<String>)> {
    let request = DescribeStreamRequest { stream_arn: arn.to_owned(), ..DescribeStreamRequest::default() };
    let shards = reader.describe_stream(request).map_err(Error::database)?.stream_description.shards;
    let shard = shards.into_iter().next().ok_or_else(|| Error::database(format!("the stream {arn} has no shard")))?;
    Ok((shard.shard_id, shard.sequence_number_range.ending_sequence_number))
}

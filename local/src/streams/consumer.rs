//! One mapping at work on a shard: one batch at a time, in the order of the shard, retried as Lambda does it.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use shared::runtime::log::chain;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use super::answer::Outcome;
use super::dead_letters::DeadLetter;
use super::source::{Record, Source};
use super::{Pace, position_mark};
use crate::error::{Error, Result};
use crate::function::{Handler, call};
use crate::log::Log;
use crate::records::Records;
use crate::template::Mapping;

/// Calls a function with the records of a shard.
pub(super) struct Consumer {
    pub(super) mapping: Mapping,
    pub(super) shard: u64,
    pub(super) source: Source,
    pub(super) handler: Handler,
    pub(super) records: Arc<Records>,
    pub(super) pace: Pace,
    pub(super) log: Log,
    /// The last record that is done, whether it passed the filter or not.
    pub(super) position: watch::Sender<Option<String>>,
    /// Notified when somebody waits for new records.
    pub(super) wake: Arc<Notify>,
    /// Cancelled when the consumer shall end.
    pub(super) stop: CancellationToken,
}

/// Records of one call, and how often that call has failed.
struct Batch {
    records: Vec<Record>,
    failures: u32,
}

/// How often a pause is doubled at most.
const MOST_DOUBLINGS: u32 = 6;

impl Consumer {
    pub(super) async fn run(mut self) {
        let wake = Arc::clone(&self.wake);
        while !self.stop.is_cancelled() {
            let position = self.position.borrow().clone();
            match self.source.after(position.as_deref(), self.mapping.batch_size).await {
                Ok(records) if records.is_empty() => tokio::select! {
                    () = wake.notified() => {}
                    () = tokio::time::sleep(self.pace.poll_interval) => {}
                    () = self.stop.cancelled() => {}
                },
                Ok(records) => self.handle(records).await,
                Err(problem) => {
                    eprintln!("the stream of {}: {}", self.mapping.table, chain(&problem));
                    self.pause(MOST_DOUBLINGS).await;
                }
            }
        }
    }

    /// Handles what was read: afterwards every record is done or a dead letter.
    async fn handle(&mut self, read: Vec<Record>) {
        let Some(end) = read.last().map(|record| record.sequence.clone()) else { return };
        let is_of_shard = |record: &Record| record.shard(self.pace.shards) == self.shard;
        let wanted = read.into_iter().filter(|record| is_of_shard(record) && self.mapping.filter.passes(&record.event));
        // The next batch is the last of the list.
        let mut waiting = vec![Batch { records: wanted.collect(), failures: 0 }];
        while let Some(batch) = waiting.pop() {
            if self.stop.is_cancelled() {
                return;
            }
            self.try_batch(batch, &mut waiting).await;
        }
        // Not written to the disk: what the filter drops may be read again.
        self.position.send_replace(Some(end));
    }

    /// Calls the function with a batch. Adds to `waiting` what has to be retried.
    async fn try_batch(&mut self, batch: Batch, waiting: &mut Vec<Batch>) {
        let Batch { mut records, mut failures } = self.without_expired(batch).await;
        let Some(last) = records.last().map(|record| record.sequence.clone()) else { return };
        let event = json!({ "Records": records.iter().map(|record| &record.event).collect::<Vec<_>>() });
        let answer = call(&self.handler, event, self.mapping.timeout).await;
        let (reason, as_a_whole) = match Outcome::of(answer, &records, self.mapping.reports_failures) {
            Outcome::Done => return self.advance(&last).await,
            Outcome::Failed(reason) => (reason, true),
            Outcome::FailedFrom(first) => {
                let failed = records.split_off(first);
                if let Some(done) = records.last() {
                    self.advance(&done.sequence).await;
                    failures = 0;
                }
                records = failed;
                ("it reports a failure".to_owned(), false)
            }
        };
        self.log_failure(&records, &reason);
        if as_a_whole && self.mapping.bisects && records.len() > 1 {
            // Halving does not count as a retry.
            let half = records.split_off(records.len() / 2);
            waiting.push(Batch { records: half, failures: 0 });
            waiting.push(Batch { records, failures: 0 });
            self.pause(0).await;
        } else if self.mapping.retries.is_some_and(|retries| failures >= retries) {
            // Also what came after the record that was reported: Lambda discards what is left of the batch.
            for record in records {
                self.give_up(record, &reason).await;
            }
        } else {
            waiting.push(Batch { records, failures: failures + 1 });
            self.pause(failures).await;
        }
    }

    /// Gives up the records that are older than the mapping allows, and returns the rest.
    async fn without_expired(&mut self, mut batch: Batch) -> Batch {
        let Some(maximum) = self.mapping.maximum_age else { return batch };
        let now = Timestamp::now();
        let is_expired =
            |record: &Record| Duration::try_from(now.duration_since(record.arrival)).is_ok_and(|age| age > maximum);
        // The oldest comes first.
        let young = batch.records.iter().position(|record| !is_expired(record)).unwrap_or(batch.records.len());
        let rest = batch.records.split_off(young);
        for record in batch.records {
            self.give_up(record, &format!("it is older than {} seconds", maximum.as_secs())).await;
        }
        Batch { records: rest, ..batch }
    }

    /// Adds a record to the dead letters. The next records wait until it is there, or it could be lost.
    async fn give_up(&mut self, record: Record, reason: &str) {
        let Record { sequence, arrival, event } = record;
        let letter = DeadLetter {
            function: self.mapping.binary.clone(),
            shard_id: self.source.shard.clone(),
            sequence_number: sequence.clone(),
            approximate_arrival: arrival,
            reason: reason.to_owned(),
            record: event,
        };
        self.log.line(format_args!("{} gives up record {sequence}: {reason}", letter.function));
        loop {
            let (records, letter) = (Arc::clone(&self.records), letter.clone());
            match blocking(move || letter.add(&records)).await {
                Ok(()) => return self.advance(&sequence).await,
                Err(problem) => eprintln!("record {sequence}: {}", chain(&problem)),
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// Moves the position: everything up to `sequence` is done.
    async fn advance(&mut self, sequence: &str) {
        let (records, mark) = (Arc::clone(&self.records), position_mark(&self.mapping.logical_id, self.shard));
        let position = sequence.to_owned();
        if let Err(problem) = blocking(move || records.set_mark(&mark, &position)).await {
            // Some records will come again.
            eprintln!("the position in the stream of {}: {}", self.mapping.table, chain(&problem));
        }
        self.position.send_replace(Some(sequence.to_owned()));
    }

    /// Writes a line that names the first and the last record of a failed call.
    fn log_failure(&self, records: &[Record], reason: &str) {
        let (first, last) = (records.first(), records.last());
        if let (Some(first), Some(last)) = (first, last) {
            let (function, count, first, last) = (&self.mapping.binary, records.len(), &first.sequence, &last.sequence);
            self.log.line(format_args!("{function} failed on {count} records, {first} to {last}: {reason}"));
        }
    }

    /// Waits before a retry, each time twice as long.
    async fn pause(&mut self, doublings: u32) {
        let pause = self.pace.retry_pause * 2_u32.pow(doublings.min(MOST_DOUBLINGS));
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = self.stop.cancelled() => {}
        }
    }
}

/// Runs what waits for the disk on a thread that may block.
async fn blocking(work: impl FnOnce() -> rusqlite::Result<()> + Send + 'static) -> Result<()> {
    let done = tokio::task::spawn_blocking(work).await.map_err(Error::file("the data folder"))?;
    done.map_err(Error::file("the data folder"))
}

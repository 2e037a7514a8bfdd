//! One mapping at work: one batch at a time, in the stream's order, tried again as Lambda does it.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use tokio::sync::{Notify, watch};

use super::answer::Outcome;
use super::positions::Positions;
use super::source::{Record, Source};
use super::{Pace, tell};
use crate::dead_letters::{DeadLetter, DeadLetters};
use crate::error::{Error, Result};
use crate::function::{Handler, call};
use crate::template::Mapping;

/// Hands the records of a stream to a function.
pub(super) struct Consumer {
    pub(super) mapping: Mapping,
    pub(super) source: Source,
    pub(super) handler: Handler,
    pub(super) positions: Arc<Positions>,
    pub(super) dead_letters: Arc<DeadLetters>,
    pub(super) pace: Pace,
    pub(super) log: bool,
    /// The last record that is done with, whether the function was handed it or not.
    pub(super) position: watch::Sender<Option<String>>,
    /// Somebody waits for what is new.
    pub(super) wake: Arc<Notify>,
    /// Closed when it is time to end.
    pub(super) stop: watch::Receiver<()>,
}

/// Records that are handed over together, and how often that has failed.
struct Batch {
    records: Vec<Record>,
    failures: u32,
}

/// A pause is doubled so often at most.
const MOST_DOUBLINGS: u32 = 6;

impl Consumer {
    pub(super) async fn run(mut self) {
        let wake = Arc::clone(&self.wake);
        while !self.is_over() {
            let position = self.position.borrow().clone();
            match self.source.after(position.as_deref(), self.mapping.batch_size).await {
                Ok(records) if records.is_empty() => tokio::select! {
                    () = wake.notified() => {}
                    () = tokio::time::sleep(self.pace.poll_interval) => {}
                    _ = self.stop.changed() => {}
                },
                Ok(records) => self.take(records).await,
                Err(problem) => {
                    eprintln!("the stream of {}: {problem}", self.mapping.table);
                    self.pause(MOST_DOUBLINGS).await;
                }
            }
        }
    }

    /// Whether it is time to end. Nothing is ever sent: the other half is dropped.
    fn is_over(&self) -> bool {
        self.stop.has_changed().is_err()
    }

    /// Goes past what was read, whatever it takes.
    async fn take(&mut self, read: Vec<Record>) {
        let Some(end) = read.last().map(|record| record.sequence.clone()) else { return };
        let wanted = read.into_iter().filter(|record| self.mapping.filter.lets_through(&record.event));
        // The next one last.
        let mut waiting = vec![Batch { records: wanted.collect(), failures: 0 }];
        while let Some(batch) = waiting.pop() {
            if self.is_over() {
                return;
            }
            self.hand_over(batch, &mut waiting).await;
        }
        // Without a word to the disk: what the filter drops may be read again.
        self.position.send_replace(Some(end));
    }

    /// Hands over a batch. What is to be tried again is left in `waiting`.
    async fn hand_over(&mut self, batch: Batch, waiting: &mut Vec<Batch>) {
        let Batch { mut records, mut failures } = self.without_old(batch).await;
        let Some(last) = records.last().map(|record| record.sequence.clone()) else { return };
        let event = json!({ "Records": records.iter().map(|record| &record.event).collect::<Vec<_>>() });
        let answer = call(&self.handler, event, self.mapping.timeout).await;
        let (reason, as_a_whole) = match Outcome::of(answer, &records, self.mapping.reports_failures) {
            Outcome::Done => return self.keep(&last).await,
            Outcome::Failed(reason) => (reason, true),
            Outcome::FailedFrom(first) => {
                let failed = records.split_off(first);
                if let Some(done) = records.last() {
                    self.keep(&done.sequence).await;
                    failures = 0;
                }
                records = failed;
                ("it reports a failure".to_owned(), false)
            }
        };
        tell(self.log, format_args!("{} failed on {} records: {reason}", self.mapping.binary, records.len()));
        if as_a_whole && self.mapping.bisects && records.len() > 1 {
            // Which does not count as another try.
            let half = records.split_off(records.len() / 2);
            waiting.push(Batch { records: half, failures: 0 });
            waiting.push(Batch { records, failures: 0 });
            self.pause(0).await;
        } else if self.mapping.retries.is_some_and(|retries| failures >= retries) {
            let others = if as_a_whole { Vec::new() } else { records.split_off(1) };
            waiting.push(Batch { records: others, failures: 0 });
            for record in records {
                self.give_up(record, &reason).await;
            }
        } else {
            waiting.push(Batch { records, failures: failures + 1 });
            self.pause(failures).await;
        }
    }

    /// Gives up what is older than the mapping allows, and leaves the rest.
    async fn without_old(&mut self, mut batch: Batch) -> Batch {
        let Some(maximum) = self.mapping.maximum_age else { return batch };
        let now = Timestamp::now();
        let is_old =
            |record: &Record| Duration::try_from(now.duration_since(record.arrival)).is_ok_and(|age| age > maximum);
        // They come in the order of their age.
        let young = batch.records.iter().position(|record| !is_old(record)).unwrap_or(batch.records.len());
        let rest = batch.records.split_off(young);
        for record in batch.records {
            self.give_up(record, &format!("it is older than {} seconds", maximum.as_secs())).await;
        }
        Batch { records: rest, ..batch }
    }

    /// Leaves a record to the dead letters. Not before it is there do the next ones go on, or it would be lost.
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
        tell(self.log, format_args!("{} gives up record {sequence}: {reason}", letter.function));
        loop {
            let (letters, letter) = (Arc::clone(&self.dead_letters), letter.clone());
            match blocking(move || letters.add(letter, DeadLetter::is)).await {
                Ok(()) => return self.keep(&sequence).await,
                Err(problem) => eprintln!("the dead letters: {problem}"),
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// Everything up to `sequence` is done with.
    async fn keep(&mut self, sequence: &str) {
        let (positions, mapping) = (Arc::clone(&self.positions), self.mapping.logical_id.clone());
        let kept = sequence.to_owned();
        if let Err(problem) = blocking(move || positions.keep(&mapping, &kept)).await {
            // Some records will come again.
            eprintln!("the position in the stream of {}: {problem}", self.mapping.table);
        }
        self.position.send_replace(Some(sequence.to_owned()));
    }

    /// Waits before another try, each time for twice as long.
    async fn pause(&mut self, doublings: u32) {
        let pause = self.pace.retry_pause * 2_u32.pow(doublings.min(MOST_DOUBLINGS));
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = self.stop.changed() => {}
        }
    }
}

/// What waits for the disk, where that holds up nobody.
fn blocking(work: impl FnOnce() -> std::io::Result<()> + Send + 'static) -> impl Future<Output = Result<()>> {
    let work = tokio::task::spawn_blocking(work);
    async { work.await.map_err(std::io::Error::other).flatten().map_err(Error::io("the data folder")) }
}

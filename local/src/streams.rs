//! Lambda's event source mappings: each reads the records of its table's stream, and calls its function with them.
//!
//! - `source`: the stream
//! - `consumer`: one mapping at work
//! - `answer`: what the function's answer means
//! - `dead_letters`: records that no function could handle

mod answer;
mod consumer;
pub(crate) mod dead_letters;
mod source;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::database::Engine;
use crate::error::{Error, Result};
use crate::function::Handler;
use crate::log::Log;
use crate::records::Records;
use crate::template::Mapping;
use consumer::Consumer;
use source::Source;

/// The mappings at work. Dropped, they end at once.
pub(crate) struct Streams {
    followed: Vec<Followed>,
    tasks: JoinSet<()>,
    stop: CancellationToken,
}

/// How far a consumer has read, and how far it could.
struct Followed {
    source: Source,
    position: watch::Receiver<Option<String>>,
    wake: Arc<Notify>,
}

/// How a mapping reads its stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// Between two reads of a stream that had nothing new.
    pub(crate) poll_interval: Duration,
    /// Before the first retry; the pauses before further retries are longer.
    pub(crate) retry_pause: Duration,
    /// How many shards the stream has: each is read by a consumer of its own.
    pub(crate) shards: u64,
}

/// Returns the name of the record that holds the position of a mapping: the sequence number of the last record that is done.
/// It is written after every batch. After a kill some records come again, and none is skipped.
pub(crate) fn position_mark(mapping: &str, shard: u64) -> String {
    if shard == 0 { format!("position of {mapping}") } else { format!("position of {mapping}, shard {shard}") }
}

impl Streams {
    /// Starts the mappings, each from its position, or from the oldest record.
    pub(crate) fn start(
        mappings: &[Mapping],
        engine: &Engine,
        handlers: &HashMap<String, Handler>,
        records: Arc<Records>,
        pace: Pace,
        log: Log,
    ) -> Result<Self> {
        let mut streams = Streams { followed: Vec::new(), tasks: JoinSet::new(), stop: CancellationToken::new() };
        for (mapping, shard) in mappings.iter().flat_map(|mapping| (0..pace.shards).map(move |shard| (mapping, shard)))
        {
            let handler = handlers.get(&mapping.binary).cloned().ok_or_else(|| {
                let problem = format!("the runner does not know the function {}", mapping.binary);
                Error::template(&mapping.logical_id, problem)
            })?;
            let source = Source::of(engine, &mapping.table)?;
            let start =
                records.mark(&position_mark(&mapping.logical_id, shard)).map_err(Error::file("the position"))?;
            let (position, seen) = watch::channel(start);
            let wake = Arc::new(Notify::new());
            streams.followed.push(Followed { source: source.clone(), position: seen, wake: Arc::clone(&wake) });
            let consumer = Consumer {
                mapping: mapping.clone(),
                shard,
                source,
                handler,
                records: Arc::clone(&records),
                pace,
                log,
                position,
                wake,
                stop: streams.stop.clone(),
            };
            streams.tasks.spawn(consumer.run());
        }
        Ok(streams)
    }

    /// Waits until everything that was written before is done.
    pub(crate) async fn drained(&self) {
        for Followed { source, position, wake } in &self.followed {
            // A closed database, or a consumer that has ended, has nothing to wait for.
            let Ok(Some(end)) = source.end().await else { continue };
            wake.notify_one();
            let _ = position.clone().wait_for(|position| position.as_ref().is_some_and(|known| *known >= end)).await;
        }
    }

    /// Ends after the running batches.
    pub(crate) async fn stop(self) {
        let Streams { mut tasks, stop, .. } = self;
        stop.cancel();
        while tasks.join_next().await.is_some() {}
    }
}

#[cfg(test)]
mod tests;

//! What Lambda does with DynamoDB's streams: an event source mapping of the template reads the records of its table's
//! stream, and hands them to its function.
//!
//! - `source`: the stream
//! - `consumer`: one mapping at work
//! - `answer`: what the function's answer means
//! - `positions`: how far each mapping has come

mod answer;
mod consumer;
mod positions;
mod source;

use std::collections::HashMap;
use std::fmt::Arguments;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use jiff::Zoned;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use crate::Data;
use crate::database::Engine;
use crate::dead_letters::DeadLetters;
use crate::error::{Error, Result};
use crate::function::Handler;
use crate::template::Mapping;
use consumer::Consumer;
use positions::Positions;
use source::Source;

/// The mappings at work. Dropped, they end, whatever they are about.
pub(crate) struct Streams {
    followed: Vec<Followed>,
    tasks: JoinSet<()>,
    stop: watch::Sender<()>,
}

/// How far a consumer has come, and how far it could be.
struct Followed {
    source: Source,
    position: watch::Receiver<Option<String>>,
    wake: Arc<Notify>,
}

/// How often to look, and how long to wait.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// From one look at a stream that has nothing new to the next.
    pub(crate) poll_interval: Duration,
    /// Before the first of several tries; the next pauses are longer.
    pub(crate) retry_pause: Duration,
}

/// What all mappings share.
pub(crate) struct Surroundings<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) handlers: &'a HashMap<String, Handler>,
    pub(crate) data: &'a Data,
    pub(crate) dead_letters: &'a Arc<DeadLetters>,
    pub(crate) pace: Pace,
    pub(crate) log: bool,
}

impl Streams {
    /// Sets the mappings to work, each from where it was, or from the oldest record on.
    pub(crate) fn start(mappings: &[Mapping], around: &Surroundings<'_>) -> Result<Self> {
        let positions = Positions::open(around.data.file("positions.json"));
        let positions = Arc::new(positions.map_err(Error::io("positions.json in the data folder"))?);
        let (stop, stopped) = watch::channel(());
        let mut streams = Streams { followed: Vec::new(), tasks: JoinSet::new(), stop };
        for mapping in mappings {
            let handler = around.handlers.get(&mapping.binary).cloned().ok_or_else(|| {
                let problem = format!("the runner does not know the function {}", mapping.binary);
                Error::template(&mapping.logical_id, problem)
            })?;
            let source = Source::of(around.engine, &mapping.table)?;
            let (position, seen) = watch::channel(positions.of(&mapping.logical_id));
            let wake = Arc::new(Notify::new());
            streams.followed.push(Followed { source: source.clone(), position: seen, wake: Arc::clone(&wake) });
            let consumer = Consumer {
                mapping: mapping.clone(),
                source,
                handler,
                positions: Arc::clone(&positions),
                dead_letters: Arc::clone(around.dead_letters),
                pace: around.pace,
                log: around.log,
                position,
                wake,
                stop: stopped.clone(),
            };
            streams.tasks.spawn(consumer.run());
        }
        Ok(streams)
    }

    /// Waits until everything that has been written by now is done with.
    pub(crate) async fn drained(&self) {
        for Followed { source, position, wake } in &self.followed {
            // Nothing can be said of a database that is closed, or of a consumer that has ended.
            let Ok(Some(end)) = source.end().await else { continue };
            wake.notify_one();
            let _ = position.clone().wait_for(|position| position.as_ref().is_some_and(|known| *known >= end)).await;
        }
    }

    /// Ends after the batches that are being handled.
    pub(crate) async fn stop(self) {
        let Streams { mut tasks, stop, followed } = self;
        drop((stop, followed));
        while tasks.join_next().await.is_some() {}
    }
}

/// A line of the access log, where there is one.
pub(crate) fn tell(log: bool, line: Arguments<'_>) {
    if log {
        let time = Zoned::now().strftime("%H:%M:%S");
        let _ = writeln!(std::io::stderr().lock(), "{time}  {line}");
    }
}

#[cfg(test)]
mod tests;

//! The stream as `dispatch` gets it, which can lose rows and be late.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use local::Handler;
use serde_json::Value;
use tokio::sync::watch;

/// The journal's stream. It remembers in which order the rows were written.
#[derive(Clone)]
pub struct Stream {
    inner: Arc<Mutex<Inner>>,
    /// Notifies the batches that wait.
    arrives: Arc<watch::Sender<()>>,
}

#[derive(Default)]
struct Inner {
    /// The keys of the rows, by their places in the stream.
    written: BTreeMap<String, String>,
    faults: Faults,
    lost: BTreeSet<String>,
}

/// How many of a hundred rows are lost, and how many of a hundred batches are late. The seed says which.
#[derive(Debug, Clone, Copy, Default)]
pub struct Faults {
    /// Rows that Lambda gives up: `dispatch` never gets them.
    pub lost: u64,
    /// Batches that wait, with all that comes after them in their shard, until [`Stream::recover`].
    pub late: u64,
    /// Another seed chooses other rows and batches.
    pub seed: u64,
}

impl Default for Stream {
    fn default() -> Self {
        Stream { inner: Arc::default(), arrives: Arc::new(watch::Sender::new(())) }
    }
}

impl Stream {
    /// Wraps `dispatch`.
    pub(crate) fn before(&self, dispatch: Handler) -> Handler {
        let stream = self.clone();
        Arc::new(move |event| {
            let (stream, dispatch) = (stream.clone(), Arc::clone(&dispatch));
            async move { stream.hand_over(event, dispatch).await }.boxed()
        })
    }

    /// Returns the keys of the rows that were handed over or lost, in the order in which they were written.
    pub fn written(&self) -> Vec<String> {
        self.inner().written.values().cloned().collect()
    }

    /// Loses rows and delays batches from now on.
    pub fn fail(&self, faults: Faults) {
        self.inner().faults = faults;
    }

    /// Loses and delays nothing from now on. What is late comes now.
    pub fn recover(&self) {
        self.inner().faults = Faults::default();
        self.arrives.send_replace(());
    }

    /// Returns the keys of the rows that were lost since the last time that this was asked, as an operator finds them.
    pub fn take_lost(&self) -> BTreeSet<String> {
        std::mem::take(&mut self.inner().lost)
    }

    async fn hand_over(&self, mut event: Value, dispatch: Handler) -> Result<Value, String> {
        let Some(records) = event["Records"].as_array_mut() else { return dispatch(event).await };
        let mut arrives = self.arrives.subscribe();
        if self.keep_back(records) {
            let _ = arrives.changed().await;
        }
        if event["Records"].as_array().is_some_and(Vec::is_empty) { Ok(Value::Null) } else { dispatch(event).await }
    }

    /// Removes the records that are lost. Returns whether the others are late.
    fn keep_back(&self, records: &mut Vec<Value>) -> bool {
        let mut inner = self.inner();
        let faults = inner.faults;
        records.retain(|record| {
            let (place, key) =
                (text(&record["dynamodb"]["SequenceNumber"]), text(&record["dynamodb"]["Keys"]["pk"]["S"]));
            inner.written.insert(place.clone(), key.clone());
            let is_lost = faults.chance(&place, "lost") < faults.lost;
            if is_lost {
                inner.lost.insert(key);
            }
            !is_lost
        });
        let first = records.first().map(|record| text(&record["dynamodb"]["SequenceNumber"]));
        first.is_some_and(|place| faults.chance(&place, "late") < faults.late)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Faults {
    /// Returns one of 0, 1, … 99.
    fn chance(self, place: &str, what: &str) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.seed, place, what).hash(&mut hasher);
        hasher.finish() % 100
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

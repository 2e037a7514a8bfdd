//! Functions behind the stream that end in the middle of a batch.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use local::Handler;
use serde_json::Value;
use tokio::time::timeout;

use crate::share::Share;

/// The longest that a function works on a batch before it ends.
const LONGEST: u32 = 120;

/// Ends `dispatch` and `indexer` in the middle of some batches, between any two of their steps.
#[derive(Clone, Default)]
pub struct Crashes {
    share: Share,
    /// The keys of the rows of these batches.
    rows: Arc<Mutex<BTreeSet<String>>>,
}

impl Crashes {
    /// Ends so many of a thousand batches from now on.
    pub fn end(&self, of_a_thousand: u32) {
        self.share.set(of_a_thousand);
    }

    /// Ends others than with another seed.
    pub fn seed(&self, seed: u64) {
        self.share.seed(seed);
    }

    /// Returns the keys of the rows that were in such a batch.
    pub fn rows(&self) -> BTreeSet<String> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Wraps a function.
    pub(crate) fn around(&self, handler: Handler) -> Handler {
        let crashes = self.clone();
        Arc::new(move |event| {
            let Some(chance) = crashes.share.next().filter(|_| event["Records"].is_array()) else {
                return handler(event);
            };
            crashes.note(&event);
            let works = timeout(Duration::from_millis((chance % LONGEST).into()), handler(event));
            async move { works.await.unwrap_or_else(|_| Err("the process has ended".to_owned())) }.boxed()
        })
    }

    fn note(&self, event: &Value) {
        let records = event["Records"].as_array().into_iter().flatten();
        let keys = records.filter_map(|record| record["dynamodb"]["Keys"]["pk"]["S"].as_str()).map(ToOwned::to_owned);
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).extend(keys);
    }
}

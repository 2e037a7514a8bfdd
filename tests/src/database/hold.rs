//! Calls that stop between the function and DynamoDB, so that others overtake them.
//!
//! A function reads, decides, and writes. A held write shows what the decision is worth when the world has changed in
//! between.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use super::pattern::{Pattern, Request};

/// A test fails if the call that it holds does not come within this time.
const PATIENCE: Duration = Duration::from_secs(20);

/// A held call: the first that fits its pattern. Dropping the handle releases it.
///
/// Where the hold outlasts an attempt's timeout, the SDK sends the same call again; that one is held, too.
pub struct Hold {
    arrived: watch::Receiver<bool>,
    gate: watch::Sender<()>,
}

impl Hold {
    /// Waits until the call has arrived at the proxy.
    ///
    /// # Panics
    /// If it does not come.
    pub async fn arrived(&mut self) {
        let arrived = timeout(PATIENCE, self.arrived.wait_for(|arrived| *arrived)).await;
        assert!(matches!(arrived, Ok(Ok(_))), "the call that the test holds did not come");
    }

    /// Lets the call go on.
    pub fn release(self) {
        drop(self.gate);
    }
}

/// The calls that tests hold.
#[derive(Clone, Default)]
pub(super) struct Holds(Arc<Mutex<Vec<Held>>>);

struct Held {
    pattern: Pattern,
    /// The invocation of the SDK that is held, once it has arrived.
    invocation: Option<String>,
    arrived: watch::Sender<bool>,
    gate: watch::Receiver<()>,
}

impl Held {
    fn fits(&self, request: &Request) -> bool {
        match &self.invocation {
            Some(invocation) => *invocation == request.invocation,
            None => self.pattern.matches(request),
        }
    }
}

impl Holds {
    pub(super) fn add(&self, pattern: Pattern) -> Hold {
        let ((arrived, has_arrived), (gate, closed)) = (watch::channel(false), watch::channel(()));
        let held = Held { pattern, invocation: None, arrived, gate: closed };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(held);
        Hold { arrived: has_arrived, gate }
    }

    /// Waits until no test holds this call.
    pub(super) async fn pass(&self, request: &Request) {
        for mut gate in self.gates(request) {
            // Nothing is ever sent: the error says that the handle is gone.
            let _ = gate.changed().await;
        }
    }

    fn gates(&self, request: &Request) -> Vec<watch::Receiver<()>> {
        let mut holds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        holds.retain(|held| held.gate.has_changed().is_ok());
        let mut gates = Vec::new();
        for held in holds.iter_mut().filter(|held| held.fits(request)) {
            held.invocation = Some(request.invocation.clone());
            held.arrived.send_replace(true);
            gates.push(held.gate.clone());
        }
        gates
    }
}

/// Transactions that are held at random, until some other calls have gone past.
#[derive(Clone)]
pub(super) struct RandomHolds {
    percent: Arc<AtomicU32>,
    transactions: Arc<AtomicU32>,
    passed: Arc<watch::Sender<u64>>,
}

/// Where nobody else calls, a transaction goes on after this time.
const LONGEST_HOLD: Duration = Duration::from_millis(300);

impl Default for RandomHolds {
    fn default() -> Self {
        RandomHolds { percent: Arc::default(), transactions: Arc::default(), passed: Arc::new(watch::channel(0).0) }
    }
}

impl RandomHolds {
    pub(super) fn set(&self, percent: u32) {
        self.percent.store(percent, Ordering::Relaxed);
    }

    pub(super) fn seed(&self, seed: u64) {
        self.transactions.store(seed as u32, Ordering::Relaxed);
    }

    /// Holds the call, if it is a transaction and chance wants it.
    pub(super) async fn pass(&self, request: &Request) {
        if request.is_transaction() {
            let count = self.transactions.fetch_add(1, Ordering::Relaxed);
            // Knuth's multiplicative hash: the same in every run, spread as if by chance.
            let chance = count.wrapping_mul(2_654_435_761) >> 7;
            if chance % 100 < self.percent.load(Ordering::Relaxed) {
                let others = 5 + u64::from(chance / 100 % 60);
                let end = *self.passed.borrow() + others;
                let _ = timeout(LONGEST_HOLD, self.passed.subscribe().wait_for(|passed| *passed >= end)).await;
            }
        }
        self.passed.send_modify(|passed| *passed += 1);
    }
}

//! Which calls go wrong.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::faults::Fault;
use super::pattern::{Pattern, Request};

/// Which calls go wrong: those that a test chose, and shares of all. The same calls in every run, spread as if by chance.
#[derive(Clone, Default)]
pub(super) struct Faults {
    calls: Arc<AtomicU32>,
    shares: Arc<Mutex<Vec<Share>>>,
    chosen: Arc<Mutex<Vec<Chosen>>>,
    failed: Arc<AtomicU32>,
    /// The invocations of transactions that were carried out and whose answers were lost.
    unanswered: Arc<Mutex<HashSet<String>>>,
}

/// So many of a hundred calls go wrong, in one of these ways.
struct Share {
    percent: u32,
    faults: Vec<Fault>,
}

struct Chosen {
    pattern: Pattern,
    fault: Fault,
    left: Option<u32>,
}

impl Faults {
    pub(super) fn add_share(&self, percent: u32, faults: &[Fault]) {
        let share = Share { percent, faults: faults.to_vec() };
        self.shares.lock().unwrap_or_else(PoisonError::into_inner).push(share);
    }

    /// Lets the next `count` calls of that pattern go wrong; all of them without a count.
    pub(super) fn choose(&self, pattern: Pattern, fault: Fault, count: Option<u32>) {
        let chosen = Chosen { pattern, fault, left: count };
        self.chosen.lock().unwrap_or_else(PoisonError::into_inner).push(chosen);
    }

    /// Lets nothing go wrong from now on.
    pub(super) fn clear(&self) {
        self.shares.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.chosen.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// How this call goes wrong, if it does.
    pub(super) fn next(&self, request: &Request) -> Option<Fault> {
        let fault = self.next_chosen(request).or_else(|| self.next_by_chance(request));
        let fault = fault.filter(|fault| self.is_possible(*fault, request));
        self.failed.fetch_add(u32::from(fault.is_some()), Ordering::Relaxed);
        fault
    }

    pub(super) fn seed(&self, seed: u64) {
        self.calls.store(seed as u32, Ordering::Relaxed);
    }

    /// How many calls have gone wrong.
    pub(super) fn failed(&self) -> u32 {
        self.failed.load(Ordering::Relaxed)
    }

    /// A transaction that was carried out and is sent again with the same token succeeds without a conflict
    /// (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>).
    fn is_possible(&self, fault: Fault, request: &Request) -> bool {
        let mut unanswered = self.unanswered.lock().unwrap_or_else(PoisonError::into_inner);
        if [Fault::AnswerLost, Fault::AnswerTruncated].contains(&fault) && request.is_transaction() {
            unanswered.insert(request.invocation.clone());
        }
        ![Fault::Conflict, Fault::CancelledByThrottling].contains(&fault) || !unanswered.contains(&request.invocation)
    }

    fn next_chosen(&self, request: &Request) -> Option<Fault> {
        let mut chosen = self.chosen.lock().unwrap_or_else(PoisonError::into_inner);
        let found = chosen.iter_mut().find(|chosen| chosen.left != Some(0) && chosen.pattern.matches(request))?;
        found.left = found.left.map(|left| left - 1);
        Some(found.fault)
    }

    fn next_by_chance(&self, request: &Request) -> Option<Fault> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        let shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        (0..).zip(shares.iter()).find_map(|(number, share)| share.fault_of(call + 1_000_003 * number, request))
    }
}

impl Share {
    /// Returns how the call goes wrong: in one of the ways that concern it.
    fn fault_of(&self, call: u32, request: &Request) -> Option<Fault> {
        // Knuth's multiplicative hash.
        let chance = call.wrapping_mul(2_654_435_761) >> 8;
        if chance % 100 >= self.percent {
            return None;
        }
        let possible = self.faults.iter().filter(|fault| fault.concerns(request));
        possible.clone().nth((chance / 100) as usize % possible.count().max(1)).copied()
    }
}

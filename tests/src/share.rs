//! So many of a thousand, the same in every run, spread as if by chance.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// How many of a thousand are hit. Clones count together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Share {
    of_a_thousand: Arc<AtomicU32>,
    count: Arc<AtomicU32>,
}

impl Share {
    /// Hits so many of a thousand from now on.
    pub(crate) fn set(&self, of_a_thousand: u32) {
        self.of_a_thousand.store(of_a_thousand, Ordering::Relaxed);
    }

    /// Hits others than with another seed.
    pub(crate) fn seed(&self, seed: u64) {
        self.count.store(seed as u32, Ordering::Relaxed);
    }

    /// Returns whether none is hit.
    pub(crate) fn is_off(&self) -> bool {
        self.of_a_thousand.load(Ordering::Relaxed) == 0
    }

    /// Returns a number for the next one, if it is hit: one of many, which says how.
    pub(crate) fn next(&self) -> Option<u32> {
        let of_a_thousand = self.of_a_thousand.load(Ordering::Relaxed);
        if of_a_thousand == 0 {
            return None;
        }
        // Knuth's multiplicative hash.
        let chance = self.count.fetch_add(1, Ordering::Relaxed).wrapping_mul(2_654_435_761) >> 8;
        (chance % 1000 < of_a_thousand).then_some(chance / 1000)
    }
}

//! Retries with growing random pauses, limited in time or number.

use std::time::Duration;

use tokio::time::Instant;

use super::fault::{Fault, Result};
use crate::runtime::random::Random;

/// The upper limit of a pause.
const LONGEST_PAUSE: Duration = Duration::from_millis(1_280);

/// The retries of a call.
///
/// Each pause is random between zero and a bound that doubles, so that callers that collided do not collide again
/// (<https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/>).
pub struct Retry {
    random: Random,
    end: Option<Instant>,
    left: u32,
    bound: Duration,
}

impl Retry {
    /// Permits retries for as long as `patience`.
    pub fn new(random: &Random, patience: Duration) -> Self {
        let end = Some(Instant::now() + patience);
        Retry { random: random.clone(), end, left: u32::MAX, bound: Duration::from_millis(40) }
    }

    /// Permits `times` retries, with a first pause of at most `bound`.
    pub fn times(random: &Random, times: u32, bound: Duration) -> Self {
        Retry { random: random.clone(), end: None, left: times, bound }
    }

    /// Permits the retries of a write that meets a transaction under way on its item.
    pub(crate) fn after_conflict(random: &Random) -> Self {
        Retry::times(random, 3, Duration::from_millis(40))
    }

    /// Waits before the next retry. Returns false if the time or the retries are used up.
    pub async fn again(&mut self) -> bool {
        if self.left == 0 || self.end.is_some_and(|end| Instant::now() > end) {
            return false;
        }
        self.left -= 1;
        tokio::time::sleep(self.random.up_to(self.bound)).await;
        self.bound = LONGEST_PAUSE.min(self.bound * 2);
        true
    }

    /// Does the same for a step that collides with other writes.
    ///
    /// # Errors
    /// [`Fault::Busy`] if the time or the retries are used up.
    pub(crate) async fn again_or_busy(&mut self) -> Result<()> {
        if self.again().await { Ok(()) } else { Err(Fault::Busy("too many writes of the same item at once".into())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn retries_are_limited_in_number() {
        let mut retry = Retry::times(&Random::seeded(1), 3, Duration::from_micros(1));
        for _ in 0..3 {
            assert!(retry.again().await);
        }
        assert!(!retry.again().await);
    }

    #[tokio::test]
    async fn retries_are_limited_in_time() {
        let mut retry = Retry::new(&Random::seeded(1), Duration::ZERO);
        tokio::task::yield_now().await;
        while retry.again().await {}
        assert!(!retry.again().await);
    }
}

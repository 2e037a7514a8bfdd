//! Retries with growing random pauses and an end, for every loop that asks again.

use std::time::Duration;

use tokio::time::Instant;

use super::fault::{Fault, Result};
use crate::runtime::chance::Chance;

/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_millis(1_280);

/// The tries of one call.
///
/// Each pause is random between zero and a bound, which doubles: callers that collided do not collide again
/// (<https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/>).
pub struct Retry {
    chance: Chance,
    end: Option<Instant>,
    left: u32,
    bound: Duration,
}

impl Retry {
    /// Tries for that long.
    pub fn new(chance: &Chance, patience: Duration) -> Self {
        let end = Some(Instant::now() + patience);
        Retry { chance: chance.clone(), end, left: u32::MAX, bound: Duration::from_millis(40) }
    }

    /// Tries so many times more, with a first pause of at most `bound`.
    pub fn times(chance: &Chance, times: u32, bound: Duration) -> Self {
        Retry { chance: chance.clone(), end: None, left: times, bound }
    }

    /// Waits before the next try. False if there is none: the time or the tries are used up.
    pub async fn again(&mut self) -> bool {
        if self.left == 0 || self.end.is_some_and(|end| Instant::now() > end) {
            return false;
        }
        self.left -= 1;
        tokio::time::sleep(self.chance.up_to(self.bound)).await;
        self.bound = LONGEST_PAUSE.min(self.bound * 2);
        true
    }

    /// The same for a step that others keep overlapping.
    ///
    /// # Errors
    /// [`Fault::Busy`] if there is no further try.
    pub(crate) async fn again_or_busy(&mut self) -> Result<()> {
        if self.again().await { Ok(()) } else { Err(Fault::Busy("too many writes of the same item at once".into())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_retry_ends_after_its_tries() {
        let mut retry = Retry::times(&Chance::seeded(1), 3, Duration::from_micros(1));
        for _ in 0..3 {
            assert!(retry.again().await);
        }
        assert!(!retry.again().await);
    }

    #[tokio::test]
    async fn a_retry_ends_after_its_time() {
        let mut retry = Retry::new(&Chance::seeded(1), Duration::ZERO);
        tokio::task::yield_now().await;
        while retry.again().await {}
        assert!(!retry.again().await);
    }
}

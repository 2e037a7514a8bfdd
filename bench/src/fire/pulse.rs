//! Whether the machine is too busy for a function to answer in time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;
use tokio::time::sleep;

/// How often it is looked at.
const EVERY: Duration = Duration::from_millis(50);
/// A function gives up half a second before its time is over. Who wakes up this much later than wanted may be too late then.
const LATE: Duration = Duration::from_millis(200);
/// A little longer than the ten seconds that a function has.
const REMEMBERED: Duration = Duration::from_secs(12);

/// A task that sleeps again and again, and notes when it woke up late: the machine, or the runtime in which everything runs, had
/// no time for it.
pub(crate) struct Pulse {
    last_late: Arc<Mutex<Option<Instant>>>,
    task: JoinHandle<()>,
}

impl Pulse {
    /// Begins to look.
    pub(crate) fn new() -> Self {
        let last_late = Arc::<Mutex<Option<Instant>>>::default();
        let noted = Arc::clone(&last_late);
        let task = tokio::spawn(async move {
            loop {
                let begun = Instant::now();
                sleep(EVERY).await;
                if begun.elapsed() > EVERY + LATE {
                    *noted.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
                }
            }
        });
        Pulse { last_late, task }
    }

    /// Returns whether the machine was too busy at a moment at which a function was at work that has just been given up.
    pub(crate) fn was_late(&self) -> bool {
        let last = *self.last_late.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|moment| moment.elapsed() < REMEMBERED)
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        self.task.abort();
    }
}

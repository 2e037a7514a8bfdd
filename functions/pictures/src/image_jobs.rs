//! A bounded queue of image jobs: one runs per core, some wait, and further ones are refused.

use std::thread::available_parallelism;

use shared::edge::error::{Error, Result};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// The most jobs that wait: a few seconds' work.
const WAITING: usize = 16;

/// Limits the memory that images take: each job decodes one.
///
/// On Lambda a process has one request at a time, so no job waits.
pub(crate) struct ImageJobs {
    /// Jobs that run or wait.
    slots: Semaphore,
    /// Jobs that run.
    turns: Semaphore,
}

impl Default for ImageJobs {
    fn default() -> Self {
        ImageJobs::new(available_parallelism().map_or(1, usize::from), WAITING)
    }
}

impl ImageJobs {
    fn new(cores: usize, waiting: usize) -> Self {
        ImageJobs { slots: Semaphore::new(cores + waiting), turns: Semaphore::new(cores) }
    }

    /// Runs a job on a blocking thread when its turn comes, and returns its result.
    ///
    /// # Errors
    /// 503 if too many jobs are waiting; 500 if the job panics.
    pub(crate) async fn run<T: Send + 'static>(&'static self, job: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let slot = self.slots.try_acquire().map_err(|_| Error::Unavailable("too many images are waiting".into()))?;
        let turn = self.turns.acquire().await.map_err(|closed| Error::Internal(closed.into()))?;
        // The job holds its slot until it ends, even if its request has been dropped.
        let done = spawn_blocking(move || {
            let _held = (slot, turn);
            job()
        });
        done.await.map_err(|panic| Error::Internal(panic.into()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use shared::edge::error::Error;
    use tokio::task::JoinSet;

    use super::ImageJobs;

    #[tokio::test]
    async fn at_most_one_job_a_core_runs_and_a_job_without_a_slot_is_refused() {
        static NOW: AtomicUsize = AtomicUsize::new(0);
        static MOST: AtomicUsize = AtomicUsize::new(0);
        let jobs: &ImageJobs = Box::leak(Box::new(ImageJobs::new(2, 3)));
        let mut all = JoinSet::new();
        for _ in 0..8 {
            all.spawn(jobs.run(|| {
                MOST.fetch_max(NOW.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(20));
                NOW.fetch_sub(1, Ordering::SeqCst);
            }));
        }
        let answers = all.join_all().await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 5);
        assert!(answers.iter().all(|answer| matches!(answer, Ok(()) | Err(Error::Unavailable(_)))));
        assert_eq!(MOST.load(Ordering::SeqCst), 2);
        jobs.run(|| ()).await.expect("a slot is free again");
    }

    #[tokio::test]
    async fn a_dropped_request_frees_its_slot_when_its_job_ends() {
        let jobs: &ImageJobs = Box::leak(Box::new(ImageJobs::new(1, 0)));
        let (leave, left) = std::sync::mpsc::channel::<()>();
        let impatient = tokio::time::timeout(Duration::from_millis(10), jobs.run(move || left.recv().ok()));
        assert!(impatient.await.is_err());
        assert!(matches!(jobs.run(|| ()).await, Err(Error::Unavailable(_))));
        drop(leave);
        while jobs.run(|| ()).await.is_err() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

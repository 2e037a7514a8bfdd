//! Where images are worked on: a few at a time, however many arrive.

use std::thread::available_parallelism;

use shared::edge::error::{Error, Result};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// How many images may wait for their turn: some seconds' work.
const WAITING: usize = 16;

/// Bounds the memory that images take: one for each core is decoded at a time, some wait, all others are sent away.
///
/// On Lambda a process has one request at a time, and nobody ever waits.
pub(crate) struct Studio {
    room: Semaphore,
    turns: Semaphore,
}

impl Default for Studio {
    fn default() -> Self {
        Studio::new(available_parallelism().map_or(1, usize::from), WAITING)
    }
}

impl Studio {
    fn new(cores: usize, waiting: usize) -> Self {
        Studio { room: Semaphore::new(cores + waiting), turns: Semaphore::new(cores) }
    }

    /// Does a job off the async threads, in its turn.
    ///
    /// # Errors
    /// 503 where too many wait already; 500 where the job panics.
    pub(crate) async fn work<T: Send + 'static>(&'static self, job: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let room = self.room.try_acquire().map_err(|_| Error::Unavailable("too many images wait already".into()))?;
        let turn = self.turns.acquire().await.map_err(|closed| Error::Internal(closed.into()))?;
        // The job holds its place to its end, even where nobody waits for it any more.
        let done = spawn_blocking(move || {
            let _held = (room, turn);
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

    use super::Studio;

    #[tokio::test]
    async fn at_most_one_image_a_core_is_worked_on_and_who_finds_no_room_is_sent_away() {
        static NOW: AtomicUsize = AtomicUsize::new(0);
        static MOST: AtomicUsize = AtomicUsize::new(0);
        let studio: &Studio = Box::leak(Box::new(Studio::new(2, 3)));
        let mut all = JoinSet::new();
        for _ in 0..8 {
            all.spawn(studio.work(|| {
                MOST.fetch_max(NOW.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(20));
                NOW.fetch_sub(1, Ordering::SeqCst);
            }));
        }
        let answers = all.join_all().await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 5);
        assert!(answers.iter().all(|answer| matches!(answer, Ok(()) | Err(Error::Unavailable(_)))));
        assert_eq!(MOST.load(Ordering::SeqCst), 2);
        studio.work(|| ()).await.expect("there is room again");
    }

    #[tokio::test]
    async fn who_goes_away_leaves_the_place_when_the_work_is_done() {
        let studio: &Studio = Box::leak(Box::new(Studio::new(1, 0)));
        let (leave, left) = std::sync::mpsc::channel::<()>();
        let impatient = tokio::time::timeout(Duration::from_millis(10), studio.work(move || left.recv().ok()));
        assert!(impatient.await.is_err());
        assert!(matches!(studio.work(|| ()).await, Err(Error::Unavailable(_))));
        drop(leave);
        while studio.work(|| ()).await.is_err() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

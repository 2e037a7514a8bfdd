//! Requests at a rate, whether the library keeps up or not; and as many as it can answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use fastrand::Rng;
use futures_util::future::join_all;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use super::crowd::{Crowd, Fate};

/// A request: when it was to be sent, since the begin, and how long after that its answer was there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    pub(super) at: Duration,
    pub(super) took: Duration,
    pub(super) fate: Fate,
}

/// Sends requests for a time, on average so many a second. Each has its moment, by chance and whether others are answered or not:
/// where the library is late, its delay counts for all that were to be sent meanwhile.
pub(super) async fn at_a_rate<F>(rate: f64, time: Duration, seed: u64, mut act: impl FnMut(u64) -> F) -> Vec<Sample>
where
    F: Future<Output = Fate> + Send + 'static,
{
    let (mut chance, begun) = (Rng::with_seed(seed), Instant::now());
    let (mut at, mut running, mut samples) = (Duration::ZERO, JoinSet::new(), Vec::new());
    loop {
        // The pauses of requests that know nothing of each other.
        at += Duration::from_secs_f64(-(1.0 - chance.f64()).ln() / rate);
        if at > time {
            break;
        }
        let due = begun + at;
        if due > Instant::now() {
            sleep_until(due).await;
        }
        let (at, act) = (at, act(chance.u64(..)));
        running.spawn(async move {
            let fate = act.await;
            Sample { at, took: due.elapsed(), fate }
        });
        while let Some(Ok(sample)) = running.try_join_next() {
            samples.push(sample);
        }
    }
    while let Some(Ok(sample)) = running.join_next().await {
        samples.push(sample);
    }
    samples
}

/// Sends requests for a time, the next one after each answer. Returns how many were answered, and how many were not.
pub(super) async fn at_most(crowd: &Arc<Crowd>, clients: usize, time: Duration, seed: u64) -> (u64, u64) {
    let (answered, others, is_over) =
        (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let clients = (0..clients as u64).map(|number| {
        let (crowd, mut chance) = (Arc::clone(crowd), Rng::with_seed(seed ^ (number + 1)));
        let (answered, others, is_over) = (Arc::clone(&answered), Arc::clone(&others), Arc::clone(&is_over));
        tokio::spawn(async move {
            while !is_over.load(Ordering::Relaxed) {
                let count = if crowd.act(&mut chance).await == Fate::Answered { &answered } else { &others };
                count.fetch_add(1, Ordering::Relaxed);
            }
        })
    });
    let clients: Vec<_> = clients.collect();
    sleep(time).await;
    is_over.store(true, Ordering::Relaxed);
    join_all(clients).await;
    (answered.load(Ordering::Relaxed), others.load(Ordering::Relaxed))
}

/// What samples say.
pub(super) struct Summary {
    pub(super) requests: usize,
    pub(super) answered: usize,
    pub(super) refused: usize,
    pub(super) wrong: Vec<u16>,
    pub(super) lost: usize,
    /// The times of those that were answered, in order.
    pub(super) times: Vec<Duration>,
}

impl Summary {
    pub(super) fn of(samples: &[Sample]) -> Self {
        let count = |fate: Fate| samples.iter().filter(|sample| sample.fate == fate).count();
        let of_wrong = |sample: &Sample| match sample.fate {
            Fate::Wrong(status) => Some(status),
            _ => None,
        };
        let mut times: Vec<Duration> =
            samples.iter().filter(|sample| sample.fate == Fate::Answered).map(|sample| sample.took).collect();
        times.sort();
        Summary {
            requests: samples.len(),
            answered: times.len(),
            refused: count(Fate::Refused),
            wrong: samples.iter().filter_map(of_wrong).collect(),
            lost: count(Fate::Lost),
            times,
        }
    }

    /// Returns the time within which so many of a thousand were answered.
    pub(super) fn within(&self, of_a_thousand: usize) -> Duration {
        let last = self.times.len().saturating_sub(1);
        self.times.get(last * of_a_thousand / 1_000).copied().unwrap_or_default()
    }

    /// Returns whether each was answered or refused, and none lost.
    pub(super) fn is_orderly(&self) -> bool {
        self.wrong.is_empty() && self.lost == 0
    }
}

impl std::fmt::Display for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Summary { requests, answered, refused, wrong, lost, .. } = self;
        let milli = |of_a_thousand| self.within(of_a_thousand).as_secs_f64() * 1_000.0;
        write!(f, "{requests} requests, {answered} answered (p50 {:.1} ms, p99 {:.1} ms, ", milli(500), milli(990))?;
        write!(f, "p99.9 {:.1} ms, most {:.1} ms), {refused} refused, {lost} lost", milli(999), milli(1_000))?;
        if wrong.is_empty() { Ok(()) } else { write!(f, ", WRONG: {wrong:?}") }
    }
}

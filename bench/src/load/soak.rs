//! A long time under load: what grows.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::crowd::Fate;
use super::server::{Has, Server};
use super::traffic::{Summary, at_a_rate};
use super::{loads, met};
use crate::bootstrap::Failure;

/// After this the memory grows by less than [`GROWTH`].
const WARM: Duration = Duration::from_secs(600);
const GROWTH: f64 = 0.05;
const MINUTE: Duration = Duration::from_secs(60);

/// Sends requests for a time. Returns whether memory, files and sockets stayed what they were.
///
/// # Errors
/// If the runner ends.
pub(super) async fn soak<F>(
    server: &Server,
    idle: Has,
    time: Duration,
    rate: f64,
    seed: u64,
    act: impl Fn(u64) -> F,
) -> Result<bool, Failure>
where
    F: Future<Output = Fate> + Send + 'static,
{
    if time.is_zero() {
        return Ok(true);
    }
    println!(
        "Soak: {rate:.0} requests a second for {:.0} minutes\n\n| minute | memory | files | sockets | p99 | refused | lost | wrong |\n|--:|--:|--:|--:|--:|--:|--:|--:|",
        time.as_secs_f64() / 60.0
    );
    let (begun, mut warm, mut last, mut is_answered) = (Instant::now(), None, idle, true);
    while begun.elapsed() < time {
        let minute = begun.elapsed().as_secs() / 60;
        let summary = Summary::of(&at_a_rate(rate, MINUTE.min(time), seed ^ minute, &act).await);
        last = server.has()?;
        is_answered &= summary.is_orderly();
        println!(
            "| {} | {:.1} MB | {} | {} | {:.1} ms | {} | {} | {:?} |",
            minute + 1,
            mega(last.memory),
            last.files,
            last.sockets,
            summary.within(990).as_secs_f64() * 1_000.0,
            summary.refused,
            summary.lost,
            summary.wrong
        );
        if begun.elapsed() >= WARM.min(time / 2) {
            warm.get_or_insert(last);
        }
    }
    let warm = warm.unwrap_or(last);
    // Clients close connections that they do not use for a while.
    sleep(Duration::from_secs(2)).await;
    let growth = last.memory as f64 / warm.memory as f64 - 1.0;
    let is_steady = growth < GROWTH && last.files == warm.files && is_answered;
    println!(
        "\nFrom {:.1} MB to {:.1} MB after the first {:.0?}: {:+.1} %; {} files, and {} in the end: {}; {}",
        mega(warm.memory),
        mega(last.memory),
        WARM.min(time / 2),
        growth * 100.0,
        warm.files,
        last.files,
        met(is_steady),
        loads()
    );
    Ok(is_steady)
}

fn mega(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

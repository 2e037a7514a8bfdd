//! Many use the library at once: `cargo run --profile runner -p bench -- load`.
//!
//! The runner is a process of its own, and is asked over HTTP. First it is asked as fast as it answers: that is its capacity. Then
//! requests come at a rate of their own: less than it can answer, three times as many, and few again.
//!
//! - [`server`]: the runner
//! - [`crowd`]: who asks, and for what; [`traffic`]: when
//! - [`monitors`]: those who watch
//! - [`soak`]: what grows in the long run
//! - [`sizes`]: `cargo run --profile runner -p bench -- sizes`: whether a large library is as quick as a small one
//! - [`requests`]: `cargo run --profile runner -p bench -- requests`: what a request costs
//! - [`beside_import`]: `cargo run --profile runner -p bench -- beside-import`: what readers feel of an import

pub(crate) mod beside_import;
mod crowd;
mod monitors;
pub(crate) mod requests;
mod server;
pub(crate) mod sizes;
mod soak;
mod traffic;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use clap::Args;
use fastrand::Rng;
use tests::{BookRow, Stock};
use tokio::time::Instant;

use self::crowd::{Crowd, Fate};
use self::server::Server;
use self::traffic::{Sample, Summary, at_a_rate, at_most};
use crate::bootstrap::Failure;
use crate::search::books;

/// Of the capacity, how much is asked for at leisure, and under overload.
const LEISURE: f64 = 0.7;
const OVERLOAD: f64 = 3.0;
/// What an answer may take at leisure at the 99th percentile.
const GOAL: Duration = Duration::from_millis(50);
/// Under overload, what is answered later than this is of no use.
const OF_USE: Duration = Duration::from_secs(1);
/// Of the capacity, what is answered under overload.
const GOODPUT: f64 = 0.8;
/// After an overload everything is as before within this.
const RECOVERY: Duration = Duration::from_secs(5);
/// How late a monitor may be told at the 99th percentile.
const TOLD: Duration = Duration::from_secs(1);

/// Uses the library as many would at once.
#[derive(Args)]
pub(crate) struct Arguments {
    /// How many minutes of requests at leisure.
    #[arg(long, default_value_t = 10.0)]
    minutes: f64,
    /// How many minutes of a soak.
    #[arg(long, default_value_t = 60.0)]
    soak: f64,
    /// How many books there are.
    #[arg(long, default_value_t = 5_000)]
    books: usize,
    /// How many readers.
    #[arg(long, default_value_t = 200)]
    readers: usize,
    /// How many monitors.
    #[arg(long, default_value_t = 100)]
    monitors: usize,
    /// How many calls of functions the runner lets run at once.
    #[arg(long, default_value_t = 64)]
    most_calls: usize,
    /// Repeats the choices of another run.
    #[arg(long)]
    seed: Option<u64>,
    /// The runner. Without it, it is built.
    #[arg(long)]
    program: Option<PathBuf>,
    /// The small form, for every change: it checks what does not depend on the machine's speed.
    #[arg(long)]
    check: bool,
}

/// How much of everything.
struct Size {
    books: usize,
    readers: usize,
    monitors: usize,
    most_calls: usize,
    measured: Duration,
    leisure: Duration,
    overload: Duration,
    after: Duration,
    watched: Duration,
    soak: Duration,
}

impl Size {
    fn of(arguments: &Arguments) -> Self {
        let seconds = Duration::from_secs;
        if arguments.check {
            let short = seconds(2);
            return Size {
                books: 60,
                readers: 6,
                monitors: 5,
                most_calls: 8,
                measured: short,
                leisure: short,
                overload: short,
                after: short,
                watched: short,
                soak: Duration::ZERO,
            };
        }
        let minutes = |minutes: f64| Duration::from_secs_f64(minutes * 60.0);
        Size {
            books: arguments.books,
            readers: arguments.readers,
            monitors: arguments.monitors,
            most_calls: arguments.most_calls,
            measured: seconds(20),
            leisure: minutes(arguments.minutes),
            overload: seconds(30),
            after: 2 * RECOVERY,
            watched: seconds(60),
            soak: minutes(arguments.soak),
        }
    }
}

/// Returns whether everything was as it must be.
pub(crate) async fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let size = Size::of(arguments);
    let seed = arguments.seed.unwrap_or_else(|| Rng::new().u64(..1 << 32));
    let server = Server::start(arguments.program.as_deref(), size.most_calls).await?;
    println!("{} books, {} readers, --seed {seed}; {}", size.books, size.readers, loads());
    let crowd = Arc::new(fill(&server, &size).await?);
    let staying = tokio::spawn({
        let crowd = Arc::clone(&crowd);
        async move { crowd.stay_signed_in().await }
    });
    // Connections are made, and what is read once is read.
    at_most(&crowd, 4, size.measured / 4, seed).await;
    let idle = server.has()?;

    let capacity = capacity(&crowd, &size, seed).await;
    let act = |chance: u64| {
        let crowd = Arc::clone(&crowd);
        async move { crowd.act(&mut Rng::with_seed(chance)).await }
    };
    let hello = hello(LEISURE * capacity, (size.leisure / 2).min(Duration::from_secs(60)), seed).await?;
    println!("A bare server of axum at the same rate as at leisure: {hello}");

    let leisure = Summary::of(&at_a_rate(LEISURE * capacity, size.leisure, seed ^ 1, act).await);
    println!("At leisure, {:.0} a second for {:.0?}: {leisure}; {}", LEISURE * capacity, size.leisure, loads());
    let is_quick = leisure.within(990) <= GOAL && leisure.refused == 0;
    println!("  p99 within {GOAL:?}, and none refused: {}", met(is_quick));

    let overload = at_a_rate(OVERLOAD * capacity, size.overload, seed ^ 2, act).await;
    let overload = Overload::of(&overload, size.overload);
    let after = at_a_rate(LEISURE * capacity, size.after, seed ^ 3, act).await;
    let recovery = recovery(&after, &leisure);
    println!("Overload, {:.0} a second for {:.0?}: {}", OVERLOAD * capacity, size.overload, overload.summary);
    let share = overload.goodput / capacity;
    println!(
        "  answered within {OF_USE:?}: {:.0} a second, {:.0} % of the capacity: {}",
        overload.goodput,
        share * 100.0,
        met(share >= GOODPUT)
    );
    println!(
        "  as before {} after it: {}; {}",
        recovery.map_or("never".into(), |time| format!("{time:.0?}")),
        met(recovery.is_some_and(|time| time <= RECOVERY)),
        loads()
    );

    let told = monitors::watch(&crowd, size.monitors, 5, size.watched).await;
    let milli = |of_a_hundred| told.within(of_a_hundred).as_secs_f64() * 1_000.0;
    println!(
        "{} monitors, {} events at 5 a second: p50 {:.0} ms, p99 {:.0} ms, most {:.0} ms; {} not got once: {}",
        size.monitors,
        told.events,
        milli(50),
        milli(99),
        milli(100),
        told.wrong,
        met(told.within(99) <= TOLD)
    );

    let is_steady = soak::soak(&server, idle, size.soak, LEISURE * capacity / 2.0, seed ^ 4, act).await?;
    staying.abort();
    let after = Summary::of(&after);
    let is_orderly = [&leisure, &overload.summary, &after].into_iter().all(Summary::is_orderly);
    let is_right = is_orderly && told.wrong == 0 && told.events > 0;
    println!(
        "{}",
        if is_right {
            "Every request was answered, or refused with Retry-After; every monitor got every event once."
        } else {
            "Something is WRONG."
        }
    );
    let is_kept = is_quick
        && share >= GOODPUT
        && recovery.is_some_and(|time| time <= RECOVERY)
        && told.within(99) <= TOLD
        && is_steady;
    Ok(is_right && (arguments.check || is_kept))
}

/// Brings books and readers.
async fn fill(server: &Server, size: &Size) -> Result<Crowd, Failure> {
    let (library, database, admin) = (server.library(), server.database()?, server.admin().await);
    let made_up = books::made_up(size.books);
    let words =
        made_up.iter().filter_map(|book| book.title.split(' ').max_by_key(|word| word.len())).map(str::to_owned);
    let words: Vec<String> = words.filter(|word| word.len() > 3).collect();
    let rows = made_up.into_iter().map(|book| BookRow {
        title: book.title,
        author: book.author,
        copies: 500,
        ..BookRow::default()
    });
    Stock::of(database, &admin).await.fill(rows).await;
    server.reindex().await?;
    let books = (0..size.books).map(Stock::id).collect();
    Ok(Crowd::of(&library, admin, size.readers, books, words).await)
}

/// Returns how many requests a second the library answers, with all that follows from them: the monitors know of the last one.
async fn capacity(crowd: &Arc<Crowd>, size: &Size, seed: u64) -> f64 {
    let mut socket = crowd.admin().watches().await;
    let begun = Instant::now();
    let (answered, others) = at_most(crowd, (size.most_calls / 4).max(2), size.measured, seed).await;
    let asked = begun.elapsed();
    let last = crowd.admin().adds("The last one", "Nobody").await;
    while socket.event().await["book"]["id"] != *last {}
    let capacity = answered as f64 / begun.elapsed().as_secs_f64();
    println!(
        "Capacity: {capacity:.0} requests a second, 80 of 100 read; {others} others; what followed was done {:.0?} later; {}",
        begun.elapsed() - asked,
        loads()
    );
    capacity
}

/// Asks a server that does nothing, in this process.
async fn hello(rate: f64, time: Duration, seed: u64) -> Result<Summary, Failure> {
    let listener = tokio::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let serving =
        tokio::spawn(async move { axum::serve(listener, Router::new().route("/", get(async || "hello"))).await });
    let http = tests::client(None);
    let samples = at_a_rate(rate, time, seed, |_| {
        let request = http.get(&url).send();
        async move {
            let Ok(answer) = request.await else { return Fate::Lost };
            if answer.bytes().await.is_ok() { Fate::Answered } else { Fate::Lost }
        }
    });
    let summary = Summary::of(&samples.await);
    serving.abort();
    Ok(summary)
}

/// What became of an overload.
struct Overload {
    summary: Summary,
    /// How many requests a second were answered in time to be of use.
    goodput: f64,
}

impl Overload {
    fn of(samples: &[Sample], time: Duration) -> Self {
        let is_in_time = |sample: &&Sample| sample.fate == Fate::Answered && sample.took <= OF_USE;
        let in_time = samples.iter().filter(is_in_time).count();
        Overload { summary: Summary::of(samples), goodput: in_time as f64 / time.as_secs_f64() }
    }
}

/// Returns after how long a whole second's requests were answered as at leisure, before the overload.
fn recovery(after: &[Sample], leisure: &Summary) -> Option<Duration> {
    (0..2 * RECOVERY.as_secs()).map(Duration::from_secs).find(|begin| {
        let of_second: Vec<Sample> = after
            .iter()
            .filter(|sample| (*begin..*begin + Duration::from_secs(1)).contains(&sample.at))
            .copied()
            .collect();
        let summary = Summary::of(&of_second);
        let share = |of: &Summary| of.answered as f64 / of.requests.max(1) as f64;
        share(&summary) >= share(leisure) && summary.within(990) <= GOAL.max(leisure.within(990))
    })
}

pub(crate) fn met(is_met: bool) -> &'static str {
    if is_met { "met" } else { "missed" }
}

/// Returns what else the machine does: how many processes wanted a core in the last minute.
fn loads() -> String {
    let loads = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    format!("load average {}", loads.split(' ').next().unwrap_or_default())
}

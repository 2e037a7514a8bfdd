//! Uses the library while its database, its stream, its mail service and its clock fail: `cargo run -p bench -- faults`.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use clap::Args;
use fastrand::Rng;
use futures_util::future::join_all;
use serde_json::json;
use tests::database::Fault;
use tests::{Library, StreamFaults};

use super::account::Account;
use super::caller::{Accounts, Caller};
use super::imports::{self, Brought, Importer};
use super::ledger::Ledger;
use super::library::{Letters, copies_are_somewhere, journal_is_complete, no_event_is_missing};
use super::{Only, monitors, shares};
use crate::bootstrap::Failure;

/// How many of a hundred calls of the database go wrong, in one library each.
const PERCENT: [u32; 3] = [1, 5, 20];
/// How often everything comes to rest in each, at least, and after how many requests at most.
const RESTS: u64 = 2;
const REQUESTS_A_REST: u64 = 4_000;
const BOOKS: usize = 12;
/// How many persons watch.
const WATCHERS: usize = 3;

/// Uses the library while what is around it fails.
#[derive(Args)]
pub(crate) struct Arguments {
    /// How many requests there are, about.
    #[arg(long, default_value_t = 100_000)]
    operations: u64,
    /// How many persons use the library at once.
    #[arg(long, default_value_t = 24)]
    persons: usize,
    /// Repeats the choices of another run, though not its races.
    #[arg(long)]
    seed: Option<u64>,
    /// Only so many of a hundred calls.
    #[arg(long)]
    percent: Option<u32>,
    /// Does nothing else.
    #[arg(long)]
    only: Option<Only>,
    /// The small form, for every change.
    #[arg(long)]
    check: bool,
}

/// Returns whether everything was right.
pub(crate) async fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let Arguments { operations, persons, percent, only, check, .. } = *arguments;
    let (operations, persons, percent) = if check { (800, 12, Some(20)) } else { (operations, persons, percent) };
    let seed = arguments.seed.unwrap_or_else(|| Rng::new().u64(..1 << 32));
    println!("{operations} requests of {persons} persons, --seed {seed}");
    // The causes of what is answered with a 500.
    let log = std::env::temp_dir().join(format!("carrel-faults-{}.log", std::process::id()));
    shared::runtime::log::log_failures_to(std::fs::File::create(&log)?);
    let all: Vec<u32> = PERCENT.into_iter().filter(|each| percent.is_none_or(|one| one == *each)).collect();
    let mut is_right = true;
    for percent in &all {
        let round = Round { percent: *percent, operations: operations / all.len() as u64, persons, only, seed };
        is_right &= round.run().await;
    }
    if is_right {
        std::fs::remove_file(log)?;
    } else {
        println!("The log of what failed is {}.", log.display());
    }
    Ok(is_right)
}

/// A library whose calls fail so often.
struct Round {
    percent: u32,
    operations: u64,
    persons: usize,
    only: Option<Only>,
    seed: u64,
}

impl Round {
    async fn run(&self) -> bool {
        let (begun, ledger) = (Instant::now(), Arc::new(Ledger::new()));
        let setup = Library::own().proxied().shards(4).everything_twice().every_row_twice().retries_at_once();
        let at_the_library = "127.0.0.0/8".parse().expect("a network");
        let library = setup.settings(|settings| settings.library_addresses = vec![at_the_library]).start().await;
        let admin = library.with_role("admin").await;
        let mut books = Vec::new();
        for number in 0..BOOKS {
            let book = json!({"title": format!("Shared {number}"), "author": "Many", "copies": 1 + number % 3});
            books.push(admin.post("/books", book).await.expect(201).string("id"));
        }
        let mut callers = Vec::new();
        let (persons, pairs) = shares(self.persons, self.only);
        for number in 0..persons {
            let (me, ward) = (library.reader().await, library.reader().await);
            let accounts = Accounts { me, ward, staff: library.with_role("admin").await };
            callers.push(Caller::new(accounts, number, self.seed, &books, &ledger));
        }
        let (mut importers, brought) = (Vec::new(), Arc::new(Mutex::new(Brought::default())));
        for number in 0..pairs as u64 {
            let (one, other) = (library.with_role("admin").await, library.with_role("admin").await);
            importers.push(Importer::new(one, other, &brought, &ledger, self.seed ^ number));
        }
        let mut watchers = Vec::new();
        for _ in 0..WATCHERS {
            watchers.push(Account::of(library.with_role("admin").await));
        }
        library.proxy().seed(self.seed);
        library.crashes().seed(self.seed);
        let mut letters = Letters::default();
        let rests = RESTS.max(self.operations / REQUESTS_A_REST);
        for rest in 1..=rests {
            self.fail(&library, rest);
            let end = self.operations * rest / rests;
            let is_over = AtomicBool::new(false);
            let act = async {
                let callers = join_all(callers.iter_mut().map(|caller| acts(caller, &ledger, end)));
                tokio::join!(callers, join_all(importers.iter_mut().map(|importer| imports(importer, &ledger, end))));
                is_over.store(true, Ordering::Relaxed);
            };
            let watch = watchers.iter_mut().map(|watcher| monitors::watches(watcher, &ledger, &is_over));
            tokio::join!(act, self.disturbs(&library, rest, &is_over), join_all(watch));
            recovers(&library).await;
            comes_to_rest(&library, &ledger).await;
            for caller in &mut callers {
                caller.rests(Some(Duration::ZERO)).await;
            }
            let files = imports::rest(&ledger, &mut importers, &brought, async || library.wait(60)).await;
            println!("{} %, after {:.0?}: {} requests; {files}", self.percent, begun.elapsed(), ledger.operations());
            library.local().drained().await;
            let admin = library.signs_in(&admin).await;
            copies_are_somewhere(&ledger, &admin, &books).await;
            no_event_is_missing(&ledger, &admin).await;
            monitors::at_rest(&library, &ledger, &admin).await;
            letters = journal_is_complete(&ledger, &library.dynamodb()).await;
            check_letters(&library, &ledger, &letters).await;
            if !ledger.is_right() {
                break;
            }
        }
        let (failed, events) = (library.proxy().failed(), no_event_is_missing(&ledger, &library.admin().await).await);
        println!(
            "\n{} %: {} requests, {failed} calls of the database went wrong, in {:.0?}; {events} events; {} letters sent, {} uncertain, {} not due or not wanted",
            self.percent,
            ledger.operations(),
            begun.elapsed(),
            letters.sent.len(),
            letters.uncertain.len(),
            letters.unsent.len()
        );
        print!("{}", ledger.answers());
        println!("{}", if ledger.is_right() { "Everything is right." } else { "Something is WRONG." });
        ledger.is_right()
    }

    /// Lets everything fail from now on.
    fn fail(&self, library: &Library, rest: u64) {
        let (proxy, share) = (library.proxy(), self.percent * 10);
        proxy.fail_with(self.percent, Fault::PASSING);
        proxy.fail_with(self.percent, &[Fault::ReasonsMixed]);
        proxy.delay(share / 20);
        proxy.stale_reads(share);
        proxy.lag(self.percent);
        proxy.hold_at_random(self.percent.min(10));
        library.crashes().end(share);
        library.post().fails(share);
        library.socket_api().fails(share);
        let late = u64::from(self.percent).min(10);
        library.stream().fail(StreamFaults { lost: 0, late, seed: self.seed ^ rest });
    }

    /// Lets late batches come, the schedule run, and the clocks of the functions differ, until it is over.
    async fn disturbs(&self, library: &Library, rest: u64, is_over: &AtomicBool) {
        let mut chance = Rng::with_seed(self.seed ^ rest);
        while !is_over.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(300)).await;
            library.stream().recover();
            self.late(library, chance.u64(..));
            match chance.u32(..6) {
                // Another instance, whose clock is wrong by two minutes.
                0 | 1 => {
                    let wrong = if chance.bool() { 120 } else { -120 };
                    library.wait(wrong);
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    library.wait(-wrong);
                }
                2 => library.wait(30),
                // If it fails, a later run does its work.
                3 => drop(library.local().run_schedule("dispatch").await),
                _ => {}
            }
        }
    }

    fn late(&self, library: &Library, seed: u64) {
        let late = u64::from(self.percent).min(10);
        library.stream().fail(StreamFaults { lost: 0, late, seed });
    }
}

/// Acts until so many requests are made by all.
async fn acts(caller: &mut Caller, ledger: &Ledger, end: u64) {
    while ledger.operations() < end && !ledger.is_hopeless() {
        caller.step().await;
    }
}

/// The same with files.
async fn imports(importer: &mut Importer, ledger: &Ledger, end: u64) {
    while ledger.operations() < end && !ledger.is_hopeless() {
        importer.step().await;
    }
}

/// Lets nothing fail from now on.
async fn recovers(library: &Library) {
    library.proxy().recover();
    library.crashes().end(0);
    library.post().fails(0);
    library.socket_api().fails(0);
    library.stream().recover();
}

/// What is parked for good: it waits for an operator.
const UNCERTAIN: &str = "it is unknown whether the letter was sent";

/// Waits until everything that follows from what was done is done.
async fn comes_to_rest(library: &Library, ledger: &Ledger) {
    let mut parked = Vec::new();
    // A letter that was not due may be about a copy for which the next letter is not due.
    for _ in 0..5 {
        // Longer than a letter waits, or the indexer has a book to itself, by a clock that was two minutes ahead.
        library.wait(300);
        library.local().drained().await;
        for _ in 0..20 {
            match library.local().run_schedule("dispatch").await {
                Ok(done) if done.iter().all(|answer| answer["done"] == 0) => break,
                Ok(_) => {}
                Err(problem) => ledger.wrong(format!("at rest: the schedule: {problem}")),
            }
            library.local().drained().await;
        }
        parked = library.parked().await;
        parked.retain(|(_, why)| why != UNCERTAIN);
        if parked.is_empty() {
            break;
        }
    }
    for (row, why) in parked {
        ledger.wrong(format!("at rest: {row} is parked: {why}"));
    }
    for letter in library.dead_letters().await {
        ledger.wrong(format!("at rest: a row is given up: {letter}"));
    }
}

/// Checks that each letter was sent once, but where a process ended between the answer of SES and the note of it.
async fn check_letters(library: &Library, ledger: &Ledger, letters: &Letters) {
    let before = library.post().accepted();
    let mut times: BTreeMap<&str, u32> = BTreeMap::new();
    before.iter().for_each(|id| *times.entry(id).or_default() += 1);
    let crashed = library.crashes().rows();
    let is_crashed = |id: &str| crashed.contains(&format!("entry#{id}"));
    let mut twice = 0;
    for (id, times) in &times {
        if *times > 1 && is_crashed(id) {
            twice += 1;
        } else if *times > 1 {
            ledger.wrong(format!("at rest: the letter {id} was sent {times} times"));
        }
        if letters.unsent.contains(*id) && !is_crashed(id) {
            ledger.wrong(format!("at rest: the letter {id} was sent, and no note says so"));
        }
    }
    for id in letters.sent.iter().filter(|id| !times.contains_key(id.as_str())) {
        ledger.wrong(format!("at rest: the letter {id} is noted as sent, and was not"));
    }
    if twice > 0 {
        println!("{twice} letters were sent twice, in batches whose process ended");
    }
    // Whoever tries them again finds no reason to send one.
    let rows: Vec<String> = letters.unsent.iter().map(|id| format!("entry#{id}")).collect();
    for rows in rows.chunks(100) {
        let redriven = library.local().call("dispatch", json!({"task": "redrive", "rows": rows})).await;
        if let Err(problem) = redriven {
            ledger.wrong(format!("at rest: trying the other letters again: {problem}"));
        }
    }
    for id in library.post().accepted().iter().skip(before.len()) {
        ledger.wrong(format!("at rest: the letter {id} was lost"));
    }
}
